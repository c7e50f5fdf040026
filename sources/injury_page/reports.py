"""From a page's reports to injuries of silver, and whether the page as a whole can be right."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl

from lake.conform import DETAIL, REASON
from lake.entities.resolve import with_player_ids, with_team_ids
from lake.keys import slug
from sources.base import Payload
from sources.known import Known
from sources.markup import LayoutDrift
from sources.placing import refuse, season_codes, unjudged
from sources.rows import ROW, accepted_of, refused_of

SKEW = timedelta(minutes=10)
STATUS = ("out", "doubtful", "questionable", "probable", "available", "suspended")
_TELLING = ("unknown_status", "no_time", "missing_field")
_SEASON_STARTS_IN_MONTH = 7
_CLUB, _PLAYER = {"team_name": "team_id"}, {"player_name": "player_id"}
_SHOWN = ("team_name", "player_name", "status", "reason", "updated")
_WAY_OUT = "Look at its picture, and correct the reader of its layout."


def injuries(
    reports: pl.DataFrame, league: str, source: str, payload: Payload, known: Known
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows for silver and refused rows; `reports` as `reading.read` gives them.

    A player whom silver does not know surely keeps his name, without `player_id`. Raises LayoutDrift where most
    reports have a fault that a changed layout makes.
    """
    reviewed = known.aliases
    judged = _judged(reports, league, payload.captured_at_utc)
    found = _once(with_team_ids(judged, known.teams, reviewed, source, _CLUB))
    telling = found.filter(pl.col(REASON).is_in(_TELLING))
    if 2 * len(telling) > len(found):
        said = f"{len(telling)} of {len(found)} reports cannot be right, such as: {telling[DETAIL][0]}"
        raise LayoutDrift(said, _WAY_OUT)
    people = with_player_ids(accepted_of(found), known.players, reviewed, source, _PLAYER, ["team_id"])
    observed = (pl.lit(payload.captured_at_utc).alias("known_at_utc"), pl.lit("observed").alias("known_at_basis"))
    return people.drop(REASON, DETAIL).with_columns(_report_id(), *observed), refused_of(found, _SHOWN)


def _judged(reports: pl.DataFrame, league: str, captured_at: datetime) -> pl.DataFrame:
    word = pl.col("status").str.to_lowercase()
    banned = pl.col("reason").str.contains("(?i)suspen") & (word == "out")
    player = pl.col("player_name")
    start = captured_at.year - (captured_at.month < _SEASON_STARTS_IN_MONTH)
    faults = [
        ("missing_field", (player == "") | (pl.col("team_name") == ""), pl.lit("A report without a player or club.")),
        ("unknown_status", ~word.is_in(STATUS), pl.format("{}: '{}' is no status.", player, "status")),
        ("no_time", pl.col("event_at_utc").is_null(), pl.format("{}: '{}' is no time.", player, "updated")),
        (
            "clock_skew",
            pl.col("event_at_utc") > captured_at + SKEW,
            pl.format("{} was listed at {}, which was still to come.", player, "updated"),
        ),
    ]
    told = reports.with_columns(
        pl.lit(league).alias("competition_id"),
        season_codes(pl.lit(start)).alias("season_code"),
        player.alias("vendor_player_id"),
        pl.lit(None, pl.String).alias("match_id"),
    )
    judged = refuse(unjudged(told), faults)
    return judged.with_columns(
        pl.when(banned).then(pl.lit("suspended")).otherwise(word).alias("status"),
        pl.when(pl.col("reason") != "").then("reason").alias("reason"),
    )


def _once(named: pl.DataFrame) -> pl.DataFrame:
    """Refuse a second report of one player and day that says something else; word for word it is a duplicate."""
    one = (pl.col("team_name"), pl.col("player_name"), pl.col("event_at_utc").dt.date())
    said = ("status", "reason", "event_at_utc")
    differs = pl.any_horizontal(pl.col(name).ne_missing(pl.col(name).first().over(*one)) for name in said)
    detail = pl.format("{} of {} is listed twice.", "player_name", "team_name")
    return refuse(named, [("two_reports", differs, detail)]).sort(ROW)


def _report_id() -> pl.Expr:
    """Club, player and day."""
    person = pl.col("player_name").map_elements(slug, return_dtype=pl.String)
    return pl.format("{}-{}-{}", "team_id", person, pl.col("event_at_utc").dt.strftime("%Y%m%d")).alias("report_id")
