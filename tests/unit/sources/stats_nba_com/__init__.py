"""Tests of the room sources/stats_nba_com."""
