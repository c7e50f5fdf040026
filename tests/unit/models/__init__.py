"""Tests of the beliefs."""
