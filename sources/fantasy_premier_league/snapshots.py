"""From a snapshot of the game to players: club, position, and who the vendor says can play."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from lake.competitions import Competition
from lake.conform import DETAIL, REASON
from sources.fantasy_premier_league import clubs, people
from sources.fantasy_premier_league.plan import season_code, season_start_year
from sources.fantasy_premier_league.positions import POSITIONS
from sources.known import Known

_POSITIONS = {str(number): position for number, position in enumerate(POSITIONS, start=1)}
_STATUS = {
    "a": "available", "d": "doubtful", "i": "injured", "s": "suspended", "u": "unavailable", "n": "ineligible",
}  # fmt: skip
_CAN_PLAY = {"a": 1.0, "d": None, "i": 0.0, "s": 0.0, "u": 0.0, "n": 0.0}
"""What a status says of the next round where the vendor gives no chance."""


def players(
    elements: pl.DataFrame, club_names: dict[str, str], captured_at: datetime, league: Competition, known: Known
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows for silver and refused rows, the latter with `_reason` and `_detail`, as observed at the capture.

    `elements` and `club_names` as `reading.read_snapshot` gives them. A club is the one of its name: before a season's
    first match the anchor does not know the promoted ones.
    """
    chance = pl.col("chance_of_playing_next_round").cast(pl.Float64, strict=False) / 100
    by_status = pl.col("status").replace_strict(_CAN_PLAY, default=None, return_dtype=pl.Float64)
    rows = elements.with_columns(
        pl.lit(league.id).alias("competition_id"),
        pl.lit(season_code(season_start_year(captured_at))).alias("season_code"),
        pl.lit(captured_at).alias("known_at_utc"),
        pl.lit("observed").alias("known_at_basis"),
        pl.concat_str("first_name", "second_name", separator=" ", ignore_nulls=True).alias("name"),
        pl.col("id").alias("element"),
        pl.col("team").replace_strict(club_names, default=None, return_dtype=pl.String).alias("_club"),
        pl.col("element_type").replace_strict(_POSITIONS, default=None, return_dtype=pl.String).alias("position"),
        chance.fill_null(by_status).alias("available_prob"),
        pl.col("status").replace_strict(_STATUS, default=None, return_dtype=pl.String),
    )
    found = clubs.ids(rows["_club"], league, season_code(season_start_year(captured_at)), known)
    placed = rows.join(found, left_on="_club", right_on="name", how="left", maintain_order="left")
    judged = _judged(people.with_ids(placed))
    refused = judged.filter(pl.col(REASON).is_not_null())
    return judged.filter(pl.col(REASON).is_null()).drop(REASON, DETAIL), refused


def _judged(rows: pl.DataFrame) -> pl.DataFrame:
    """Add `_reason` and `_detail` of each row's first fault, null where it has none."""
    faults = {
        "unknown_club": (
            pl.col("team_id").is_null(),
            pl.format("There is no club '{}'.", pl.col("team").fill_null("?")),
        ),
        "two_players": (
            pl.col("player_id").is_duplicated(),
            pl.format("Two players of a club are called '{}'.", "name"),
        ),
    }
    reason = pl.coalesce(pl.when(broken).then(pl.lit(word)) for word, (broken, _) in faults.items())
    detail = pl.coalesce(pl.when(broken).then(said) for broken, said in faults.values())
    return rows.with_columns(reason.alias(REASON), detail.alias(DETAIL))
