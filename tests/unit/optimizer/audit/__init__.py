"""Tests of optimizer/audit."""
