"""Tests of replaying decisions."""
