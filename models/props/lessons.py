"""Lessons: what was known of every listed player, and of who played, before a past game, and what happened then.

The lessons of one moment hang on nothing but what was known then and how its games ended, so they can be made once and
kept (see `keeping`); only the chances of taking part are walked over all of them together.
"""

from __future__ import annotations

from datetime import datetime

import polars as pl

from models.kept import Kept
from models.props import plays
from models.props.absences import absent
from models.props.company import with_company
from models.props.features import features
from models.props.history import Archive, appearances, team_games
from models.props.words import COMPONENTS

MADE = tuple(f"made_{component}" for component in COMPONENTS)


def lessons(archive: Archive, games: pl.DataFrame, as_of: datetime, seed: int, threads: int = 1) -> pl.DataFrame:
    """Every lesson of `games` (rows of features.sides) that ended before `as_of`: `of_moment`, then `walked`."""
    ended = endings(archive, as_of)
    past = games.filter(pl.col("as_of_utc") <= as_of).join(ended, on="match_id", how="semi")
    made = [of_moment(archive, day, ended) for _, day in past.group_by("as_of_utc", maintain_order=True)]
    return walked(pl.concat(made, how="vertical_relaxed"), seed, threads) if made else pl.DataFrame()


def endings(archive: Archive, as_of: datetime) -> pl.DataFrame:
    """How games ended, as known at `as_of`: one row a player who took part.

    match_id, team_id, player_id; `played_minutes` and `made_twos` ...; `team_points` and `opponent_points` of the game;
    `outcome_known_at_utc`, when the last of its players was told.
    """
    points = team_games(archive.team_stats, as_of).select(
        "match_id", "team_id", pl.col("points").alias("team_points"),
        (pl.col("points") - pl.col("margin")).alias("opponent_points"),
    )  # fmt: skip
    counts = (pl.col(component).cast(pl.Float64).alias(f"made_{component}") for component in COMPONENTS)
    played = appearances(archive, as_of).select(
        "match_id", "team_id", "player_id", pl.col("minutes").alias("played_minutes"), *counts,
        pl.col("known_at_utc").max().over("match_id").alias("outcome_known_at_utc"),
    )  # fmt: skip
    return played.join(points, on=["match_id", "team_id"], maintain_order="left")


def of_moment(archive: Archive, games: pl.DataFrame, ended: pl.DataFrame) -> pl.DataFrame:
    """Features of `games` (rows of features.sides of one moment) as known then, with `has_played` and the endings.

    `ended`: rows of `endings`, of these games at least; minutes and counts are 0 where he did not play. Who played and
    was not known to be of the team has a row that is not `is_listed`: others learn nothing of him.
    """
    own = ended.join(games.select("match_id").unique(), on="match_id", how="semi", maintain_order="left")
    identity = ["match_id", "team_id", "player_id"]
    rows = features(archive, games, games["as_of_utc"][0], own.select(identity))
    whole = ["team_points", "opponent_points", "outcome_known_at_utc"]
    return (
        rows.join(own.drop(whole), on=identity, how="left", maintain_order="left")
        .join(own.select(*identity[:2], *whole).unique(), on=identity[:2], maintain_order="left")
        .with_columns(pl.col("played_minutes").is_not_null().alias("has_played"))
        .with_columns(pl.col("played_minutes", *MADE).fill_null(0.0))
    )


def walked(rows: pl.DataFrame, seed: int, threads: int = 1, kept: Kept | None = None) -> pl.DataFrame:
    """The same lessons with `plays_prob` as it stood before each game (plays.walk), and who is absent by it."""
    chances = plays.walk(rows, rows["has_played"].to_numpy(), seed, threads, kept)
    return with_company(rows.with_columns(pl.Series("plays_prob", chances)).with_columns(absent()))
