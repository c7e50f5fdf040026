"""Invented rows of gold price tables, and the offers they make."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import polars as pl

from core.market.sports import SPORTS
from optimizer.prices.offers import Terms, offers
from tests.unit.optimizer.policies import AS_OF, UTC_TIME

NO_TERMS: dict[str, Terms] = {}
TOTALS = ("over_odds_dec", "under_odds_dec")
HANDICAP = ("home_odds_dec", "away_odds_dec")


def lined(
    sides: tuple[str, str], *rows: tuple[str, float, float, float] | tuple[str, float, float, float, float]
) -> pl.DataFrame:
    """Rows of fct_total_prices or fct_handicap_prices of m1: book, line, both prices, minutes old (10)."""
    full = [(*row, 10.0)[:5] for row in rows]
    schema = {
        "match_id": pl.String, "bookmaker": pl.String, "is_aggregate": pl.Boolean, "quote_kind": pl.String,
        "line": pl.Float64, "known_at_utc": UTC_TIME, sides[0]: pl.Float64, sides[1]: pl.Float64,
    }  # fmt: skip
    return pl.DataFrame(
        [("m1", book, book.startswith("market_"), "observed", line, AS_OF - timedelta(minutes=age), one, other)
         for book, line, one, other, age in full], schema=schema, orient="row",
    )  # fmt: skip


def offered(
    match_prices: pl.DataFrame,
    totals: pl.DataFrame | None = None,
    handicaps: pl.DataFrame | None = None,
    terms: dict[str, Terms] | None = None,
    **changes: Any,
) -> pl.DataFrame:
    """Offers at AS_OF of 1X2 prices as the other tests have them, and of totals and handicaps."""
    if "quote_kind" not in match_prices.columns:
        match_prices = match_prices.with_columns(pl.lit("observed").alias("quote_kind"))
    empty = (lined(TOTALS), lined(HANDICAP))
    frames = (match_prices, empty[0] if totals is None else totals, empty[1] if handicaps is None else handicaps)
    return offers(
        dict(zip(SPORTS["football"].quoted, frames, strict=True)),
        NO_TERMS if terms is None else terms,
        changes.get("as_of", AS_OF),
    )
