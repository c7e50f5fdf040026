"""Tests of the room sources/balldontlie."""
