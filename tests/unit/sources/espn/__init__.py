"""Tests of the room sources/espn."""
