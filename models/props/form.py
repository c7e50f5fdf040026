"""A player's form: minutes and rates per minute over several memories, from his past games only.

A memory of half-life h weighs a game that lies g of his games back by 0.5 ** (g / h).
"""

from __future__ import annotations

import polars as pl

from models.props.history import games_ago
from models.props.words import COMPONENTS, VALUES

MINUTE_MEMORIES = (1.0, 3.0, 8.0, 25.0)
RATE_MEMORIES = (6.0, 20.0, 60.0)
LONG = RATE_MEMORIES[-1]
"""The memory that a player's own level is read from; the others tell how he differs from it of late."""
PRIOR_MINUTES = 30.0
"""Minutes at the league's rate that are added to every rate."""
_SPREAD_MEMORY = 8.0
_COUNTED = (*COMPONENTS, *(f"{shot}_attempted" for shot in VALUES))
_MAKES = {"twos": 300.0, "threes": 800.0, "free_throws": 160.0}
"""Attempts at the league's percentage that are added to a player's own."""


def named(what: str, half_life: float) -> str:
    """The column of a memory, such as `even_minutes_h3`."""
    return f"{what}_h{half_life:g}"


def rate(component: str, half_life: float = LONG) -> str:
    """The column of a rate per minute, such as `threes_per_minute_h60`."""
    return named(f"{component}_per_minute", half_life)


def form(past: pl.DataFrame) -> pl.DataFrame:
    """One row a player of `past` (rows of history.appearances, in its order).

    player_id; `last_team_id`; `last_played_at_utc`; `games_played`; `games_with_team`; `points_mean`, `minutes_mean` of
    all his games; memories of minutes (`even_minutes_h1`, ...), the last, most and least of them, and their spread;
    rates per minute of every component (`rate`), drawn to the league's; rates that his shots tried would give
    at his own long percentages (`tried_twos_per_minute_h6`, ...); `bigness` (see opponents).
    """
    league = past.select(pl.col(*_COUNTED).sum() / pl.col("minutes").sum().clip(1.0)).row(0, named=True)
    made = {shot: float(past[shot].sum()) / max(float(past[f"{shot}_attempted"].sum()), 1.0) for shot in VALUES}
    by_player = _weighed(past).group_by("player_id", maintain_order=True)
    found = by_player.agg(*_standing(), *_minutes(), *_rates(league), *_percentages(made), _bigness()).collect()
    return found.with_columns(
        (pl.col(rate(f"{shot}_attempted", h)) * pl.col(f"{shot}_percentage")).alias(rate(f"tried_{shot}", h))
        for shot in VALUES for h in RATE_MEMORIES
    )  # fmt: skip


def _weighed(past: pl.DataFrame) -> pl.LazyFrame:
    """The same games with their weight in every memory (`weight_h6`, ...), and what is summed over it.

    These are columns before they are grouped: the same products inside each group take three times as long.
    """
    weight = {h: 0.5 ** (games_ago("player_id") / h) for h in sorted({*MINUTE_MEMORIES, *RATE_MEMORIES})}
    even = pl.col("even_minutes")
    return (
        past.lazy()
        .with_columns(each.alias(named("weight", h)) for h, each in weight.items())
        .with_columns(
            *(_product(each, h) for h in RATE_MEMORIES for each in (*_COUNTED, "minutes")),
            *(_product("even_minutes", h) for h in MINUTE_MEMORIES),
            (pl.col(named("weight", _SPREAD_MEMORY)) * even**2).alias("weighed_square"),
        )
    )


def _product(what: str, half_life: float) -> pl.Expr:
    return (pl.col(named("weight", half_life)) * pl.col(what)).alias(named(f"weighed_{what}", half_life))


def _standing() -> list[pl.Expr]:
    team = pl.col("team_id")
    return [
        team.last().alias("last_team_id"),
        pl.col("event_at_utc").last().alias("last_played_at_utc"),
        pl.len().alias("games_played"),
        (team == team.last()).sum().alias("games_with_team"),
        pl.col("points").mean().alias("points_mean"),
        pl.col("minutes").mean().alias("minutes_mean"),
    ]


def _minutes() -> list[pl.Expr]:
    even, recent = pl.col("even_minutes"), pl.col("even_minutes").tail(10)
    square = pl.col("weighed_square").sum() / pl.col(named("weight", _SPREAD_MEMORY)).sum()
    return [
        *(_mean("even_minutes", h).alias(named("even_minutes", h)) for h in MINUTE_MEMORIES),
        even.last().alias("even_minutes_last"),
        recent.max().alias("even_minutes_most"),
        recent.min().alias("even_minutes_least"),
        (square - _mean("even_minutes", _SPREAD_MEMORY) ** 2).clip(0.0).sqrt().alias("even_minutes_spread"),
    ]


def _mean(what: str, half_life: float) -> pl.Expr:
    return _sum(what, half_life) / pl.col(named("weight", half_life)).sum()


def _sum(what: str, half_life: float) -> pl.Expr:
    return pl.col(named(f"weighed_{what}", half_life)).sum()


def _rates(league: dict[str, float]) -> list[pl.Expr]:
    return [
        ((_sum(each, h) + PRIOR_MINUTES * league[each]) / (_sum("minutes", h) + PRIOR_MINUTES)).alias(rate(each, h))
        for h in RATE_MEMORIES for each in _COUNTED
    ]  # fmt: skip


def _percentages(made: dict[str, float]) -> list[pl.Expr]:
    return [
        ((pl.col(shot).sum() + worth * made[shot]) / (pl.col(f"{shot}_attempted").sum() + worth)).alias(
            f"{shot}_percentage"
        )
        for shot, worth in _MAKES.items()
    ]


def _bigness() -> pl.Expr:
    work = pl.col("rebounds").sum() + 2.0 * pl.col("blocks").sum() - 1.2 * pl.col("assists").sum()
    return (work / (pl.col("minutes").sum() + 30.0)).alias("bigness")
