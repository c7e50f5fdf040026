"""Who is named as somebody's man besides box scores and reports: lists of players, and books' prices of them."""

from __future__ import annotations

import polars as pl

from lake.storage import Lake
from models.props.history import PRICES, ROSTERS


def rosters(lake: Lake, sport: str, where: pl.Expr) -> pl.DataFrame:
    """Rows of silver players as history.Archive has them."""
    return lake.table(f"silver.{sport}.players").read(where).select(*ROSTERS)


def prices(lake: Lake, sport: str, where: pl.Expr) -> pl.DataFrame:
    """Who had a price of which game, and since when, as history.Archive has it.

    A match's teams never change, so that it does not matter when they became known.
    """
    priced = lake.table(f"silver.{sport}.prop_quotes").scan().filter(where)
    first = priced.group_by("match_id", "player_id").agg(pl.col("known_at_utc").min()).collect()
    matches = lake.table(f"silver.{sport}.matches").read(pl.col("match_id").is_in(first["match_id"].unique().implode()))
    teams = matches.select("match_id", "home_team_id", "away_team_id").unique("match_id")
    return first.join(teams, on="match_id").select(*PRICES).sort("known_at_utc", "player_id", "home_team_id")
