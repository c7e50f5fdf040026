"""Finished games as market memory sees them: each once, with its closing lines and its result."""

from __future__ import annotations

import polars as pl

CONSENSUS = "consensus"
"""The average of books that counts before other averages; named books count before all of them."""
HOME, OVER = "home_odds_dec", "over_odds_dec"
_EVEN = 2.0
_IDENTITY = (
    "match_id", "season_code", "season_type", "event_at_utc", "known_at_utc", "home_team_id", "away_team_id",
    "is_neutral",
)  # fmt: skip


def seen_games(results: pl.DataFrame, spreads: pl.DataFrame, totals: pl.DataFrame) -> pl.DataFrame:
    """One row a finished game as its first result became known, in that order: what `memory.signals` asks of `seen`.

    `results`: gold fct_results of basketball. `spreads`, `totals`: gold fct_handicap_prices and fct_total_prices.
    `closing_margin` is minus the home line; it and `closing_total` are null without one. Points are whole numbers.
    """
    versions = results.select(*_IDENTITY, "home_points", "away_points").sort("known_at_utc")
    first = versions.unique("match_id", keep="first", maintain_order=True)
    told = {"closing_margin": -pl.col("line"), "closing_total": pl.col("line")}
    for (name, line), (quotes, odds) in zip(told.items(), ((spreads, HOME), (totals, OVER)), strict=True):
        lines = _closing(first, quotes, odds).select("match_id", line.alias(name))
        first = first.join(lines, on="match_id", how="left", maintain_order="left")
    home, away = pl.col("home_points"), pl.col("away_points")
    found = first.select(*_IDENTITY, *told, (home - away).alias("margin"), (home + away).alias("total"))
    return found.sort("known_at_utc", "match_id")


def _closing(games: pl.DataFrame, quotes: pl.DataFrame, odds: str) -> pl.DataFrame:
    """The line at which the market of each game closed, as dbt's stg_closing_lines has it: match_id, line.

    Of each book the line that it told last, of several at once the most even one; the middle of the best books' lines.
    A closing line counts that was known no later than the result, and where there is none, what was last seen before
    tip-off.
    """
    is_closing, at = pl.col("quote_kind") == "closing", pl.col("known_at_utc")
    moments = games.select("match_id", at.alias("over_at_utc"), pl.col("event_at_utc").alias("begins_at_utc"))
    known = quotes.join(moments, on="match_id").filter(
        at <= pl.when(is_closing).then("over_at_utc").otherwise("begins_at_utc")
    )
    unevenness = (pl.col(odds).fill_null(_EVEN) - _EVEN).abs()
    last = known.sort(~is_closing, -at.dt.epoch("us"), unevenness, "line").unique(
        ["match_id", "bookmaker"], keep="first"
    )
    other = pl.col("is_aggregate") & (pl.col("bookmaker") != CONSENSUS)
    rank = 4 * (~is_closing).cast(pl.Int8) + 2 * pl.col("is_aggregate").cast(pl.Int8) + other.cast(pl.Int8)
    best = last.filter(rank == rank.min().over("match_id"))
    return best.group_by("match_id").agg(pl.col("line").median()).sort("match_id")
