"""Tests of core: one file per idea of that room."""
