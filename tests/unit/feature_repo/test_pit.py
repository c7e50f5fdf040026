"""The features of a club as they stood at a decision, and never later."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl

from feature_repo.pit import as_of_join

TIME = pl.Datetime("us", "UTC")
NOON = datetime(2024, 5, 10, 12, tzinfo=UTC)


def spine(*decisions: tuple[str | None, datetime | None]) -> pl.DataFrame:
    schema = {"home_team_id": pl.String, "as_of_utc": TIME, "match_id": pl.String}
    rows = [(club, moment, f"match {number}") for number, (club, moment) in enumerate(decisions)]
    return pl.DataFrame(rows, schema=schema, orient="row")


def form(*known: tuple[str, datetime, float]) -> pl.DataFrame:
    schema = {"home_team_id": pl.String, "known_at_utc": TIME, "points_l5": pl.Float64}
    return pl.DataFrame(known, schema=schema, orient="row")


def points(spine: pl.DataFrame, form: pl.DataFrame) -> list[float | None]:
    return as_of_join(spine, form, "home_team_id", "as_of_utc", "known_at_utc")["points_l5"].to_list()


def test_a_result_known_at_the_very_moment_counts_and_one_known_a_microsecond_later_does_not() -> None:
    known = form(("leeds", NOON, 1.0), ("leeds", NOON + timedelta(microseconds=1), 2.0))
    assert points(spine(("leeds", NOON)), known) == [1.0]
    assert points(spine(("leeds", NOON + timedelta(microseconds=1))), known) == [2.0]


def test_a_decision_before_the_first_result_finds_nothing() -> None:
    assert points(spine(("leeds", NOON - timedelta(microseconds=1))), form(("leeds", NOON, 1.0))) == [None]


def test_a_club_without_history_finds_nothing_and_borrows_from_nobody() -> None:
    assert points(spine(("luton", NOON), ("leeds", NOON)), form(("leeds", NOON, 1.0))) == [None, 1.0]


def test_a_spine_row_without_a_club_or_a_moment_is_kept_without_features() -> None:
    assert points(spine((None, NOON), ("leeds", None)), form(("leeds", NOON, 1.0))) == [None, None]


def test_rows_keep_their_order_their_columns_and_their_types() -> None:
    decisions = spine(*[("leeds", NOON + timedelta(hours=hour)) for hour in (5, 1, 3, 1)])
    known = form(*[("leeds", NOON + timedelta(hours=hour), float(hour)) for hour in (4, 0, 2)])
    found = as_of_join(decisions, known, "home_team_id", "as_of_utc", "known_at_utc")
    assert found.drop("points_l5").equals(decisions)
    assert found["points_l5"].to_list() == [4.0, 0.0, 2.0, 0.0]
    assert dict(found.schema) == dict(decisions.schema) | {"points_l5": pl.Float64()}


def test_a_value_that_was_missing_when_known_stays_missing() -> None:
    known = pl.concat(
        [form(("leeds", NOON - timedelta(days=7), 3.0)), form(("leeds", NOON, 1.0)).with_columns(points_l5=None)]
    )
    assert points(spine(("leeds", NOON)), known) == [None]


def test_no_decisions_and_no_features_are_no_rows_and_no_values() -> None:
    assert points(spine(), form(("leeds", NOON, 1.0))) == []
    assert points(spine(("leeds", NOON)), form()) == [None]


def test_one_moment_in_two_zones_is_one_moment() -> None:
    local = spine(("leeds", NOON)).with_columns(pl.col("as_of_utc").dt.convert_time_zone("Asia/Tokyo"))
    known = form(("leeds", NOON, 1.0), ("leeds", NOON + timedelta(hours=1), 2.0))
    assert points(local, known) == [1.0]
