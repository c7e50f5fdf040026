"""Everything that is known of a listed player before his game: one row a match and player, at its decision moment.

Form, absences, reports, opponents and the calendar are joined here and computed elsewhere.
"""

from __future__ import annotations

from datetime import datetime

import polars as pl

from core.frames import with_nulls
from models.props import absences, company
from models.props.form import form
from models.props.history import Archive, appearances, games_ago, team_games
from models.props.listing import members
from models.props.opponents import allowances, role

_PACE_HALF_LIFE = 15.0
_DAY_MINUTES = 1440.0
SIDES = ("match_id", "as_of_utc", "event_at_utc", "team_id", "opponent_team_id", "is_home")


def sides(matches: pl.DataFrame) -> pl.DataFrame:
    """Both teams of each match: the columns of `SIDES`, `expected_margin` (of this team) and `expected_total`, points.

    `matches`: match_id, as_of_utc, event_at_utc, home_team_id, away_team_id and, where a model of the game believes
    something, expected_margin (home less away) and expected_total; without these both are null.
    """
    games = with_nulls(matches, dict.fromkeys(_EXPECTED, pl.Float64))
    home = games.select(*_common(), pl.col("home_team_id").alias("team_id"),
                        pl.col("away_team_id").alias("opponent_team_id"), pl.lit(True).alias("is_home"),
                        "expected_margin", "expected_total")  # fmt: skip
    away = games.select(*_common(), pl.col("away_team_id").alias("team_id"),
                        pl.col("home_team_id").alias("opponent_team_id"), pl.lit(False).alias("is_home"),
                        -pl.col("expected_margin"), "expected_total")  # fmt: skip
    return pl.concat([home, away]).sort("event_at_utc", "match_id", "team_id")


_EXPECTED = ("expected_margin", "expected_total")


def _common() -> tuple[str, ...]:
    return SIDES[:3]


def features(
    archive: Archive, games: pl.DataFrame, as_of: datetime, others: pl.DataFrame | None = None
) -> pl.DataFrame:
    """One row a match and listed player of `games` (rows of `sides`), from what was known at `as_of`.

    Listed (`is_listed`) is whoever was known to be of the team then (see `listing`). `others` (match_id, team_id,
    player_id) get a row besides, as not listed: nothing of any listed man hangs on them. `has_past` tells who has
    played before; without a past everything of the player is null.
    """
    seen = archive.at(as_of)
    past = appearances(seen, as_of)
    of_team = members(seen, past, as_of)
    squads = absences.squads(past, of_team)
    known = form(past).with_columns(role())
    by_team, by_role = allowances(past, known)
    calendar = _calendar(team_games(seen.team_stats, as_of), as_of)
    theirs = calendar.select(pl.col("team_id").alias("opponent_team_id"), pl.col("pace").alias("opponent_pace"))
    return (
        _listing(games, of_team, others)
        .join(known, on="player_id", how="left", maintain_order="left")
        .join(squads.presence, on="player_id", how="left", maintain_order="left")
        .join(squads.usual, on=["player_id", "team_id"], how="left", maintain_order="left")
        .join(squads.departed, on="team_id", how="left", maintain_order="left")
        .join(company.records(past, of_team), on=["player_id", "team_id"], how="left", maintain_order="left")
        .join(absences.reports(seen.injuries, as_of), on="player_id", how="left", maintain_order="left")
        .join(absences.listed(seen.injuries, as_of), on="player_id", how="left", maintain_order="left")
        .join(by_team, on="opponent_team_id", how="left", maintain_order="left")
        .join(by_role, on=["opponent_team_id", "role"], how="left", maintain_order="left")
        .join(calendar, on="team_id", how="left", maintain_order="left")
        .join(theirs, on="opponent_team_id", how="left", maintain_order="left")
        .with_columns(*_derived())
    )


def _listing(games: pl.DataFrame, of_team: pl.DataFrame, others: pl.DataFrame | None) -> pl.DataFrame:
    identity = ["match_id", "team_id", "player_id"]
    rows = games.join(of_team, on="team_id").select(*identity, pl.lit(True).alias("is_listed"))
    if others is not None:
        more = others.join(rows, on=identity, how="anti").select(*identity, pl.lit(False).alias("is_listed"))
        rows = pl.concat([rows, more])
    return games.join(rows, on=["match_id", "team_id"]).sort("event_at_utc", "match_id", "team_id", "player_id")


def _calendar(games: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """Each team's last game, games in the last four days, and its pace (half-life of 15 games)."""
    weight = 0.5 ** (games_ago("team_id") / _PACE_HALF_LIFE)
    at = pl.col("event_at_utc")
    return (
        games.with_columns(weight.alias("weight"))
        .group_by("team_id")
        .agg(
            at.max().alias("last_game_at_utc"),
            (at > as_of - pl.duration(days=4)).sum().alias("games_in_4_days"),
            ((pl.col("weight") * pl.col("pace")).sum() / pl.col("weight").sum()).alias("pace"),
        )
    )


def _derived() -> list[pl.Expr]:
    reported = pl.col("reported_at_utc") > pl.col("last_played_at_utc")
    return [
        pl.col("games_played").is_not_null().alias("has_past"),
        pl.col(*absences.DEPARTED).fill_null(0.0),
        _days("last_game_at_utc").round().alias("rest_days"),
        _days("last_played_at_utc").alias("days_since_played"),
        _days("reported_at_utc").alias("days_since_report"),
        reported.fill_null(False).alias("is_reported_since"),
        pl.when(pl.col("report_status") != "available").then(_days_after_game()).alias("report_after_game_days"),
        (pl.col("report_status") == "out").fill_null(False).alias("is_reported_out"),
        pl.col("report_status").is_in(["questionable", "doubtful"]).fill_null(False).alias("is_reported_doubtful"),
    ]


def _days_after_game() -> pl.Expr:
    """From the team's last game to the last report; what came after that game speaks of the one to come."""
    return (pl.col("reported_at_utc") - pl.col("last_game_at_utc")).dt.total_minutes() / _DAY_MINUTES


def _days(since: str) -> pl.Expr:
    days = (pl.col("event_at_utc") - pl.col(since)).dt.total_minutes() / _DAY_MINUTES
    return days.clip(0.0, None)
