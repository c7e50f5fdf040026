"""The thirty invented franchises, in the order of `teams.csv`; other files number them by it."""

from __future__ import annotations

from functools import cache
from importlib import resources

import polars as pl


@cache
def teams() -> pl.DataFrame:
    """Return the franchises in the columns of `Universe.nba_teams`."""
    source = resources.files("sandbox.nba").joinpath("teams.csv").read_bytes()
    return pl.read_csv(source).select(
        "team_id",
        "abbreviation",
        "city",
        "nickname",
        "conference",
        "division",
        "arena",
        "latitude_deg",
        "longitude_deg",
        "time_zone",
    )


def team_ids() -> pl.Series:
    """Return the ids in the order of the file."""
    return teams()["team_id"]
