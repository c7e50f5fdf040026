"""Where a game of the NBA stands in the calendar: its canonical id, its tip-off, and whether the anchor contradicts.

A game is its local day and its two clubs, so every vendor that knows these three finds the same one.
"""

from __future__ import annotations

import polars as pl

from lake.competitions import Competition
from lake.entities.matches import with_match_ids
from sources.stats_nba_com import seasons

_GAME = ["competition_id", "season_code", "home_team_id", "away_team_id", "_day"]


def placed(games: pl.DataFrame, calendar: pl.DataFrame, league: Competition) -> pl.DataFrame:
    """Add `match_id`, `is_known` (the calendar has the game) and `is_swapped` (it has it the other way round).

    `games` has competition_id, season_code, both clubs and event_at_utc. `calendar`: known matches, columns of
    `sources.known.MATCH`. Where the calendar has the game, `_told_at_utc` is its tip-off.
    """
    told = calendar.with_columns(seasons.day_of(pl.col("event_at_utc")).alias("_day"))
    told = told.select(*_GAME, pl.col("event_at_utc").alias("_told_at_utc")).unique(_GAME)
    turned = told.rename({"home_team_id": "away_team_id", "away_team_id": "home_team_id"})
    reverse = turned.select(*_GAME, pl.lit(True).alias("_reverse"))
    dated = games.with_columns(seasons.day_of(pl.col("event_at_utc")).alias("_day"))
    joined = dated.join(told, on=_GAME, how="left", maintain_order="left")
    joined = joined.join(reverse, on=_GAME, how="left", maintain_order="left")
    is_known = pl.col("_told_at_utc").is_not_null()
    judged = joined.with_columns(
        is_known.alias("is_known"), (~is_known & pl.col("_reverse").is_not_null()).alias("is_swapped")
    )
    return with_match_ids(judged.drop("_day", "_reverse"), calendar, {league.id: league.timezone})
