"""Tests of the room sources/local_sets/nba."""
