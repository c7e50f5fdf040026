"""Offers and standings with invented values."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import polars as pl

from optimizer.controls import Standing

AS_OF = datetime(2026, 3, 4, 12, tzinfo=UTC)
GOOD: dict[str, Any] = {
    "match_id": "m1", "competition_id": "E0", "market": "1x2", "selection": "home", "line": None,
    "bookmaker": "bet365", "price_odds_dec": 2.2, "price_age_minutes": 30.0, "edge": 0.1,
    "previous_price_odds_dec": None, "stake_limit": None, "previous_stake_limit": None,
}  # fmt: skip
TYPES = {
    "line": pl.Float64, "previous_price_odds_dec": pl.Float64, "stake_limit": pl.Float64,
    "previous_stake_limit": pl.Float64,
}  # fmt: skip


def offers(*changes: dict[str, Any]) -> pl.DataFrame:
    """One offer that every rule allows for each of these changes to it."""
    return pl.DataFrame([GOOD | change for change in changes], schema_overrides=TYPES)


def at(bankroll: int = 100_000, **changes: Any) -> Standing:
    """A standing of a bettor who opened with 1,000.00 and did nothing yet, but for these changes."""
    nothing = {"day": 0, "week": 0, "month": 0}
    usual: dict[str, Any] = {
        "as_of": AS_OF, "opening_minor": 100_000, "bankroll_minor": bankroll, "peak_minor": max(bankroll, 100_000),
        "staked_minor": nothing, "lost_minor": nothing, "open_minor": 0,
    }  # fmt: skip
    return Standing(**(usual | changes))
