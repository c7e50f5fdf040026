"""The one set of terms of all local sets: files that stand in an archive and that nobody is asked for."""

from __future__ import annotations

from datetime import timedelta

from sources.terms import Terms

SOURCE = "local_sets"
ENDPOINTS = (
    "understat_shots", "footystats", "football_injuries", "venues", "nba_schedule", "nba_odds", "nba_injuries",
)  # fmt: skip
TERMS = Terms(SOURCE, hosts=ENDPOINTS, lives=dict.fromkeys(ENDPOINTS, timedelta.max))
