"""Clubs: the anchor vendor's season mints their ids; a name that hardly plays in a season is a stray one."""

from __future__ import annotations

import polars as pl

_ENOUGH_MATCHES = 10
_STRAY_SHARE = 0.25


def team_id(country: pl.Expr, name_slug: pl.Expr) -> pl.Expr:
    """`eng-man-united`: country and name, so that two countries' clubs of one name stay apart."""
    return pl.format("{}-{}", country.str.to_lowercase(), name_slug)


def appearances(rows: pl.DataFrame) -> pl.DataFrame:
    """How often each name stands in a season file: competition_id, season_code, team_name, matches_listed."""
    season = ["competition_id", "season_code"]
    sides = [rows.select(*season, pl.col(side).alias("team_name")) for side in ("HomeTeam", "AwayTeam")]
    listed = pl.concat(sides).drop_nulls()
    return listed.group_by(*season, "team_name").agg(pl.len().cast(pl.Int64).alias("matches_listed"))


def stray_names(rows: pl.DataFrame) -> list[str]:
    """Names that play at most a quarter of the season's median once that median is 10 matches: never a real club."""
    counted = appearances(rows).with_columns(
        pl.col("matches_listed").median().over("competition_id", "season_code").alias("usual")
    )
    rare = (pl.col("usual") >= _ENOUGH_MATCHES) & (pl.col("matches_listed") <= _STRAY_SHARE * pl.col("usual"))
    return counted.filter(rare)["team_name"].to_list()


def minted(rows: pl.DataFrame) -> pl.DataFrame:
    """The clubs of a season file as rows of silver teams.

    `rows` has HomeTeam, AwayTeam, home_team_id, away_team_id, country, competition_id and season_code. A season is
    structurally complete when each club meets each other club of it at home at least once.
    """
    season = ["competition_id", "season_code"]
    columns = [*season, "country", "team_id", "team_name"]
    home = rows.rename({"home_team_id": "team_id", "HomeTeam": "team_name"}).select(columns)
    away = rows.rename({"away_team_id": "team_id", "AwayTeam": "team_name"}).select(columns)
    club = [name for name in columns if name != "team_name"]
    counts = (pl.len().cast(pl.Int64).alias("matches_listed"), pl.col("team_name").sort().mode().first())
    clubs = pl.concat([home, away]).group_by(club).agg(*counts)
    real = rows.filter(pl.col("home_team_id") != pl.col("away_team_id"))
    pairs = real.group_by(season).agg(pl.struct("home_team_id", "away_team_id").n_unique().alias("pairs"))
    complete = pl.col("pairs") >= pl.len().over(season) * (pl.len().over(season) - 1)
    status = pl.when(complete).then(pl.lit("confirmed")).otherwise(pl.lit("provisional"))
    return clubs.join(pairs, on=season, how="left").with_columns(status.alias("status")).drop("pairs")
