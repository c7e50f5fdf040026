"""Grounds of clubs, by the name that the anchor gives each: no name is guessed."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from lake.entities.teams import team_id
from lake.keys import slug
from sources.known import Known
from sources.placing import refuse, unjudged
from sources.sheets import number, whole

_COUNTRIES = {"England": "ENG", "Scotland": "SCO", "France": "FRA", "Germany": "DEU", "Spain": "ESP", "Italy": "ITA"}


def venues(rows: pl.DataFrame, captured_at: datetime, known: Known) -> pl.DataFrame:
    """Rows for silver with `_reason` and `_detail`, known from the capture on."""
    country = pl.col("Country").replace_strict(_COUNTRIES, default=None, return_dtype=pl.String)
    club = team_id(country, pl.col("FDCOUK").map_elements(slug, return_dtype=pl.String))
    read = unjudged(rows).with_columns(
        club.alias("team_id"),
        pl.col("Stadium").alias("venue"),
        number("Latitude").alias("latitude"),
        number("Longitude").alias("longitude"),
        whole("Capacity").alias("capacity"),
        pl.lit("all").alias("competition_id"),
        pl.lit("all").alias("season_code"),
        pl.lit(captured_at).alias("known_at_utc"),
        pl.lit("observed").alias("known_at_basis"),
    )
    ours = known.teams["team_id"].unique().to_list()
    said = pl.format(
        "The anchor has no club '{}' of {}.", pl.col("FDCOUK").fill_null(""), pl.col("Country").fill_null("")
    )
    return refuse(read, [("unknown_team", pl.col("team_id").is_null() | ~pl.col("team_id").is_in(ours), said)])
