"""Tests of the simulated vendor."""
