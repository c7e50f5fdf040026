"""From events and scores to the fixtures as this vendor reports them: its numbers, states and final scores."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from sources.rows import accepted_of, refused_of

_SHOWN = ("event_id", "sport_key", "commence_time", "home_team", "away_team", "completed", "home_score", "away_score")


def fixtures(events: pl.DataFrame, captured_at: datetime) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows of silver vendor_matches, and refused ones.

    `events` has the columns of `reading.EVENT`, canonical ids, `_reason` and `_detail`. A match that is over and one
    that has begun are told apart by `completed` alone; a score is taken only once it is final.
    """
    done = pl.col("completed").fill_null(False)
    state = (
        pl.when(done).then(pl.lit("finished"))
        .when(pl.col("commence_time") > captured_at).then(pl.lit("scheduled"))
        .otherwise(pl.lit("in_play"))
    )  # fmt: skip
    rows = accepted_of(events).with_columns(
        pl.col("event_id").alias("vendor_match_id"),
        pl.col("home_team").alias("home_name"),
        pl.col("away_team").alias("away_name"),
        pl.col("commence_time").alias("event_at_utc"),
        state.alias("state"),
        pl.when(done).then("home_score"),
        pl.when(done).then("away_score"),
        pl.lit(None, pl.String).alias("venue"),
        pl.lit(captured_at, pl.Datetime("us", "UTC")).alias("known_at_utc"),
        pl.lit("observed").alias("known_at_basis"),
    )
    return rows.select(_SILVER), refused_of(events.rename({"event": "row_number"}), _SHOWN)


_SILVER = (
    "match_id", "competition_id", "season_code", "event_at_utc", "known_at_utc", "known_at_basis", "vendor_match_id",
    "home_team_id", "away_team_id", "home_name", "away_name", "state", "home_score", "away_score", "venue",
)  # fmt: skip
