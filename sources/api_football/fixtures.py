"""From the vendor's fixtures to vendor matches: states, final scores, and which match of ours each is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import polars as pl

from lake.competitions import Competition
from sources.api_football.plan import SOURCE
from sources.known import Known
from sources.placing import in_calendar, in_competitions, refuse, season_codes, unjudged, with_clubs

SKEW = timedelta(minutes=10)
_STATES = {
    "TBD": "scheduled", "NS": "scheduled", "1H": "in_play", "HT": "in_play", "2H": "in_play", "ET": "in_play",
    "BT": "in_play", "P": "in_play", "SUSP": "in_play", "INT": "in_play", "LIVE": "in_play", "FT": "finished",
    "AET": "finished", "PEN": "finished", "PST": "postponed", "CANC": "cancelled", "ABD": "abandoned",
    "AWD": "abandoned", "WO": "cancelled",
}  # fmt: skip
"""A match awarded at the green table was not played to its end: it has no score that settles a bet."""

_SIDES = {"home_name": "home_team_id", "away_name": "away_team_id"}


def vendor_matches(
    rows: pl.DataFrame, captured_at: datetime, leagues: Mapping[str, Competition], known: Known
) -> pl.DataFrame:
    """Rows for silver with `_reason` and `_detail`; `rows` as `reading.read_fixtures` gives them.

    The score is that after 90 minutes, which is what bets on a match are settled by.
    """
    over = pl.col("state") == "finished"
    scores = {
        f"{side}_score": pl.when(over).then(pl.coalesce(f"{side}_goals_full_time", f"{side}_goals"))
        for side in ("home", "away")
    }
    read = unjudged(rows).with_columns(
        season_codes(pl.col("season")).alias("season_code"),
        pl.col("status").replace_strict(_STATES, default=None, return_dtype=pl.String).alias("state"),
    )
    scored = read.with_columns(value.alias(name) for name, value in scores.items())
    named = with_clubs(in_competitions(_judged(scored, captured_at), leagues, SOURCE, "league"), known, SOURCE, _SIDES)
    return in_calendar(named, known).with_columns(
        pl.lit(captured_at).alias("known_at_utc"), pl.lit("observed").alias("known_at_basis")
    )


def _judged(rows: pl.DataFrame, captured_at: datetime) -> pl.DataFrame:
    began = pl.col("state").is_in(["in_play", "finished"])
    ahead = pl.col("event_at_utc") > captured_at + SKEW
    unscored = pl.col("home_score").is_null() | pl.col("away_score").is_null()
    itself = pl.col("home_name") == pl.col("away_name")
    return refuse(
        rows,
        [
            ("unknown_state", pl.col("state").is_null(), pl.format("'{}' is no state that we know.", "status")),
            ("same_team", itself, pl.format("'{}' cannot play itself.", "home_name")),
            ("clock_skew", began & ahead, pl.format("It is '{}' before its kick-off at {}.", "status", "event_at_utc")),
            ("no_score", (pl.col("state") == "finished") & unscored, pl.lit("It is over and has no score.")),
        ],
    )
