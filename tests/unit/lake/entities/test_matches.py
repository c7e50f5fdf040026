"""Invented fixtures: whose id a row bears, and what the anchor says against it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl

from lake.entities.matches import off_calendar, sides_swapped, with_match_ids

KICK_OFF = datetime(2024, 3, 2, 15, tzinfo=UTC)
SCHEMA = {
    "competition_id": pl.String, "season_code": pl.String, "home_team_id": pl.String, "away_team_id": pl.String,
    "event_at_utc": pl.Datetime("us", "UTC"),
}  # fmt: skip


def rows(*games: tuple[str, str, float], league: str = "E0", country: str = "eng") -> pl.DataFrame:
    """Games as home, away and days after the first kick-off."""
    told = [(league, "2023-24", f"{country}-{h}", f"{country}-{a}", KICK_OFF + timedelta(days=d)) for h, a, d in games]
    return pl.DataFrame(told, schema=SCHEMA, orient="row")


def ids(told: pl.DataFrame, known: pl.DataFrame, **dated: str) -> list[str | None]:
    return with_match_ids(told, known, dated)["match_id"].to_list()


NOTHING = rows().with_columns(pl.lit(None, pl.String).alias("match_id"))
KNOWN = with_match_ids(rows(("ash", "barton", 0), ("ash", "barton", 60)), NOTHING)


def test_a_first_meeting_bears_no_number_and_the_next_one_does() -> None:
    assert KNOWN["match_id"].to_list() == ["E0-2023-24-ash-barton", "E0-2023-24-ash-barton-2"]


def test_a_row_bears_the_id_of_the_meeting_nearest_to_it() -> None:
    told = rows(("ash", "barton", 61), ("ash", "barton", -3), ("ash", "barton", 30), ("barton", "ash", 0))
    assert ids(told, KNOWN) == [
        "E0-2023-24-ash-barton-2", "E0-2023-24-ash-barton", "E0-2023-24-ash-barton-3", "E0-2023-24-barton-ash",
    ]  # fmt: skip


def test_two_rows_of_one_meeting_bear_one_id() -> None:
    assert len(set(ids(rows(("ash", "barton", 0), ("ash", "barton", 1)), NOTHING))) == 1


def test_a_dated_league_counts_days_of_its_own_zone() -> None:
    late = rows(("lal", "den", 0.5), ("lal", "den", 1.5), league="NBA", country="nba")
    assert ids(late, NOTHING, NBA="America/New_York") == [
        "NBA-2023-24-20240302-lal-den", "NBA-2023-24-20240303-lal-den",
    ]  # fmt: skip


def test_a_tip_off_that_moves_by_hours_stays_the_same_game_and_the_next_day_is_another() -> None:
    known = with_match_ids(rows(("lal", "den", 0.5), league="NBA", country="nba"), NOTHING, {"NBA": "America/New_York"})
    later = rows(("lal", "den", 0.75), ("lal", "den", 1.5), league="NBA", country="nba")
    assert ids(later, known, NBA="America/New_York") == ["NBA-2023-24-20240302-lal-den", "NBA-2023-24-20240303-lal-den"]


def test_a_row_with_an_unknown_club_has_no_id_and_rows_keep_their_order() -> None:
    told = rows(("ash", "barton", 0), ("ash", "cove", 0)).with_columns(
        pl.Series("away_team_id", [None, "eng-cove"], pl.String)
    )
    assert ids(told, KNOWN) == [None, "E0-2023-24-ash-cove"]


def test_sides_are_swapped_where_the_anchor_has_the_reverse_fixture_on_that_weekend() -> None:
    told = rows(("barton", "ash", 1), ("ash", "barton", 1), ("barton", "ash", 20), ("ash", "cove", 0))
    assert sides_swapped(told, KNOWN).to_list() == [True, False, False, False]


def test_a_pair_that_the_anchor_has_on_another_day_is_off_the_calendar() -> None:
    told = rows(("ash", "barton", 1), ("ash", "barton", 20), ("ash", "cove", 20))
    assert off_calendar(told, KNOWN).to_list() == [False, True, False]
