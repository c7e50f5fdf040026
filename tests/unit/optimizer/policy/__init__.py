"""Tests of optimizer/policy."""
