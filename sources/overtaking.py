"""Prices of which a newer one was seen: the slower of two vendors says nothing new."""

from __future__ import annotations

import polars as pl

from sources.kinds import Kind

_STILL_TRADED_SHARE = 0.95
"""Bets that are voided, and currencies, may make a total of what was traded a little smaller."""


def overtaken(kind: Kind, seen_at: pl.Expr, seen_volume: pl.Expr, is_stream: bool) -> pl.Expr:
    """Whether a row is older than what was seen of its fact; never null.

    A price without a time is older than one of which more had been traded, since a total only grows. `seen_at` and
    `seen_volume`: the time and the total of what was seen, null where there is none.
    """
    late = (pl.col("quoted_at_utc") < seen_at).fill_null(False)
    if is_stream or not kind.has_volume:
        return late
    fell = pl.col("traded_volume") < _STILL_TRADED_SHARE * seen_volume
    return late | (pl.col("quoted_at_utc").is_null() & fell).fill_null(False)


def not_overtaken(kind: Kind, good: pl.DataFrame, standing: pl.DataFrame, is_stream: bool) -> pl.DataFrame:
    """Rows of one payload but those that are older than the newest that stands."""
    newest = standing.sort("known_at_utc").unique(kind.fact, keep="last")
    volume = pl.col("traded_volume") if kind.has_volume else pl.lit(None, pl.Float64)
    seen = newest.select(*kind.fact, pl.col("quoted_at_utc").alias("_seen_at"), volume.alias("_seen_volume"))
    joined = good.join(seen, on=kind.fact, how="left", nulls_equal=True, maintain_order="left")
    late = overtaken(kind, pl.col("_seen_at"), pl.col("_seen_volume"), is_stream)
    return joined.filter(~late).drop("_seen_at", "_seen_volume")
