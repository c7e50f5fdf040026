"""Whose man everybody is, as known at one moment: by games played, lists of players, reports of injuries, and prices.

The latest word on a man counts, wherever it comes from: a game played for a team after the list stands above the list.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl

from models.props.company import GAMES
from models.props.history import Archive, games_ago

LIST_DAYS = 150
"""How long a list, a report or a price says that somebody is of a team: a list of July stands on an opening night."""
_TOLD = ("player_id", "team_id", "at_utc")


def members(archive: Archive, past: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """player_id, team_id: each man and the one team whose he is at `as_of`; nobody who is without one, or forgotten.

    His team is the one that the latest word gives him: the time of a game, when a list or price became known, the day
    of a dated report. He is forgotten where he took part in none of its last `company.GAMES` games and nothing but
    games has told of him there for `LIST_DAYS`. `archive`: as known at `as_of`; `past`: its rows of
    history.appearances.
    """
    played = past.select("player_id", "team_id", pl.col("event_at_utc").alias("at_utc"))
    told = pl.concat([_benched(archive), _rosters(archive), _reports(archive)])
    placed = _newest(pl.concat([told, played]).drop_nulls("team_id"))
    told = pl.concat([told, _priced(archive, placed)])
    newest = _newest(pl.concat([told, played])).drop_nulls("team_id")
    fresh = told.filter(pl.col("at_utc") >= as_of - timedelta(days=LIST_DAYS)).select(_TOLD[:2])
    kept = pl.concat([fresh, _recent(past)]).unique()
    return newest.join(kept, on=_TOLD[:2], how="semi").sort("player_id")


def _newest(told: pl.DataFrame) -> pl.DataFrame:
    """The team of each man's last word; of two at one time that of the later row, so that games go last."""
    last = told.sort("at_utc", maintain_order=True).unique("player_id", keep="last", maintain_order=True)
    return last.select("player_id", "team_id")


def _recent(past: pl.DataFrame) -> pl.DataFrame:
    """Who took part in one of the last games of a team."""
    games = past.select("match_id", "team_id", "event_at_utc").unique().sort("event_at_utc", "match_id")
    last = games.filter(games_ago("team_id") < GAMES)
    return past.join(last, on=["match_id", "team_id"], how="semi").select(_TOLD[:2])


def _benched(archive: Archive) -> pl.DataFrame:
    """Who stands in a box score and did not play."""
    rows = archive.player_stats.filter(pl.col("minutes").is_null())
    return rows.select("player_id", "team_id", pl.col("event_at_utc").alias("at_utc"))


def _rosters(archive: Archive) -> pl.DataFrame:
    """What lists of players say, without a team too; a row that was made from a box score says no more than that."""
    seen = archive.rosters.filter(pl.col("known_at_basis") == "observed")
    return seen.select("player_id", "team_id", pl.col("known_at_utc").alias("at_utc"))


def _reports(archive: Archive) -> pl.DataFrame:
    """A captured report speaks of its own time, a dated one of its day."""
    known = pl.col("known_at_utc")
    dated = pl.when(pl.col("known_at_basis") == "observed").then(known).otherwise(
        pl.min_horizontal("event_at_utc", "known_at_utc")
    )  # fmt: skip
    return archive.injuries.select("player_id", "team_id", dated.alias("at_utc")).drop_nulls(["player_id", "team_id"])


def _priced(archive: Archive, placed: pl.DataFrame) -> pl.DataFrame:
    """Who has a price of a game is of that one of its teams which is his by all else: a price names none.

    One whose team is not playing in it has left his team for nobody knows which.
    """
    own = archive.prices.join(placed, on="player_id")
    team = pl.col("team_id")
    is_his = (team == pl.col("home_team_id")) | (team == pl.col("away_team_id"))
    return own.select("player_id", pl.when(is_his).then(team), pl.col("known_at_utc").alias("at_utc"))
