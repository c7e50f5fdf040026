"""Tests of the point-in-time join and of the one door to Feast."""
