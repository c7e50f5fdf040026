"""Tests of the simulated vendors, as documents."""
