"""Tests of optimizer/controls."""
