"""Invented rows of gold value_bets, as far as candidates read them."""

from __future__ import annotations

from typing import Any

import polars as pl

TYPES = {"line": pl.Float64, "push_share": pl.Float64, "net_odds_dec": pl.Float64}


def leg(match: str, prob: float = 0.5, odds: float = 2.2, **other: Any) -> dict[str, Any]:
    """One accepted home win at bet365."""
    usual = {
        "match_id": match, "market": "1x2", "selection": "home", "line": None, "bookmaker": "bet365", "prob": prob,
        "push_share": None, "price_odds_dec": odds, "net_odds_dec": None, "verdict": "accepted",
    }  # fmt: skip
    return usual | other


def frame(*legs: dict[str, Any]) -> pl.DataFrame:
    """Legs in the order given."""
    return pl.DataFrame(list(legs) or [leg("m")], schema_overrides=TYPES).head(len(legs))
