"""Finished games as market memory sees them: each once, with its closing lines and its result."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

BENCHMARKS = ("consensus",)
"""Bookmakers whose closing lines count before all others', the first first; else the median of all."""
_IDENTITY = (
    "match_id", "season_code", "season_type", "event_at_utc", "known_at_utc", "home_team_id", "away_team_id",
    "is_neutral",
)  # fmt: skip


def seen_games(
    results: pl.DataFrame, spreads: pl.DataFrame, totals: pl.DataFrame, benchmarks: Sequence[str] = BENCHMARKS
) -> pl.DataFrame:
    """One row a finished game as its first result became known, in that order: what `memory.signals` asks of `seen`.

    `results`: gold fct_results of basketball. `spreads`, `totals`: gold fct_handicap_prices and fct_total_prices:
    match_id, bookmaker, quote_kind, line, known_at_utc. Only closing lines known no later than the result count.
    `closing_margin` is minus the home line; it and `closing_total` are null without one. Points are whole numbers.
    """
    versions = results.select(*_IDENTITY, "home_points", "away_points").sort("known_at_utc")
    first = versions.unique("match_id", keep="first", maintain_order=True)
    told = {"closing_margin": -pl.col("line"), "closing_total": pl.col("line")}
    for (name, line), quotes in zip(told.items(), (spreads, totals), strict=True):
        lines = _closing(first, quotes, benchmarks).select("match_id", line.alias(name))
        first = first.join(lines, on="match_id", how="left", maintain_order="left")
    home, away = pl.col("home_points"), pl.col("away_points")
    found = first.select(*_IDENTITY, *told, (home - away).alias("margin"), (home + away).alias("total"))
    return found.sort("known_at_utc", "match_id")


def _closing(games: pl.DataFrame, quotes: pl.DataFrame, benchmarks: Sequence[str]) -> pl.DataFrame:
    """The closing line of each game that has one: match_id, line."""
    known = quotes.filter(pl.col("quote_kind") == "closing").join(
        games.select("match_id", pl.col("known_at_utc").alias("over_at_utc")), on="match_id"
    )
    by_then = known.filter(pl.col("known_at_utc") <= pl.col("over_at_utc"))
    ranks = {bookmaker: rank for rank, bookmaker in enumerate(benchmarks)}
    ranked = by_then.with_columns(
        pl.col("bookmaker").replace_strict(ranks, default=len(ranks), return_dtype=pl.Int64).alias("rank")
    )
    best = ranked.filter(pl.col("rank") == pl.col("rank").min().over("match_id"))
    return best.group_by("match_id").agg(pl.col("line").median()).sort("match_id")
