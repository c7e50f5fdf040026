"""Understat's shots: each with its chance of a goal.

The zone of the file's times differs between seasons, so a shot's match and kick-off are the anchor's; own goals, which
the file lists among shots, are none.
"""

from __future__ import annotations

import polars as pl

from lake.conform import DETAIL, REASON
from sources.known import Known
from sources.local_sets.football.reading import LeagueSeason
from sources.placing import at_the_anchors_time, in_calendar, refuse, taken_over, unjudged, with_clubs
from sources.sheets import number, whole

SOURCE = "local_sets"
_RESULTS = ("MissedShots", "BlockedShot", "SavedShot", "Goal", "ShotOnPost")
_OWN_GOAL = "OwnGoal"
_OF_MATCH = ("competition_id", "season_code", "h_team", "a_team", "date")


def shots(rows: pl.DataFrame, season: LeagueSeason, known: Known) -> pl.DataFrame:
    """Rows for silver with `_reason` and `_detail`, known at 06:00 UTC of the day after the match, by rule."""
    read = unjudged(rows.filter(pl.col("result").ne_missing(_OWN_GOAL))).with_columns(
        pl.lit(season.competition_id).alias("competition_id"),
        pl.lit(season.season_code).alias("season_code"),
        whole("id").cast(pl.String).alias("vendor_shot_id"),
        whole("minute").alias("minute"),
        number("xG").alias("expected_goals"),
        (pl.col("result") == "Goal").alias("is_goal"),
        (pl.col("situation") == "Penalty").alias("is_penalty"),
        pl.col("player").alias("player_name"),
        pl.col("h_a").replace_strict({"h": "home", "a": "away"}, default=None, return_dtype=pl.String).alias("side"),
    )
    placed = _placed(_judged(read), known)
    own = pl.when(pl.col("side") == "home").then("home_team_id").when(pl.col("side") == "away").then("away_team_id")
    return placed.with_columns(own.alias("team_id"), *known_next_morning())


def known_next_morning() -> tuple[pl.Expr, pl.Expr]:
    """`known_at_utc` and `known_at_basis` of what is published after a match."""
    morning = pl.col("event_at_utc").dt.truncate("1d") + pl.duration(days=1, hours=6)
    return morning.alias("known_at_utc"), pl.lit("rule").alias("known_at_basis")


def _judged(rows: pl.DataFrame) -> pl.DataFrame:
    unread = pl.any_horizontal(pl.col(name).is_null() for name in ("vendor_shot_id", "minute", "expected_goals"))
    shown = pl.format("'{}', '{}', '{}'", *(pl.col(name).fill_null("") for name in ("id", "xG", "h_a")))
    return refuse(
        rows,
        [
            ("unknown_result", ~pl.col("result").is_in(_RESULTS), pl.format("'{}' is no result of a shot.", "result")),
            ("unreadable_number", unread, pl.format("Number, minute or chance cannot be read: {}.", shown)),
            ("unknown_side", pl.col("side").is_null(), pl.format("Home or away cannot be read: {}.", shown)),
        ],
    )


def _placed(rows: pl.DataFrame, known: Known) -> pl.DataFrame:
    """The anchor's match of each shot; one that the anchor does not have is refused."""
    match = [*_OF_MATCH]
    seen = unjudged(rows.select(match).unique(maintain_order=True)).with_columns(
        pl.col("h_team").alias("home_name"),
        pl.col("a_team").alias("away_name"),
        pl.col("date").str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us", time_zone="UTC", strict=False)
        .alias("event_at_utc"),
    )  # fmt: skip
    named = with_clubs(seen, known, SOURCE, {"home_name": "home_team_id", "away_name": "away_team_id"})
    judged = at_the_anchors_time(in_calendar(named, known), known)
    told = judged.rename({REASON: "_new_reason", DETAIL: "_new_detail"})
    return taken_over(rows.join(told, on=match, how="left", nulls_equal=True, maintain_order="left"))
