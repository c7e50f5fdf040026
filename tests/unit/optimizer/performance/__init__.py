"""Tests of how tickets did."""
