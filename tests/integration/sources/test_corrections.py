"""What changes between captures: corrected, moved, seen live first; the past stays as it was known (invented)."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from lake.storage import Lake
from tests.integration.sources.lakes import capture, fixtures, has_repeated_keys, ingest, matches, states
from tests.unit.sources.vendor import NO_RESULT, at, file, row

RIGHT = row()
WRONG = row(FTHG="3", HTHG="1")
COMING = row(NO_RESULT)
FRIDAY = "2023-08-11T16:50:00Z"
SUNDAY, MONDAY, TUESDAY = "2023-08-13T06:00:00Z", "2023-08-14T06:00:00Z", "2023-08-15T06:00:00Z"
SC0_FIRST = row(Div="SC0")
SC0_SECOND = row(Div="SC0", Date="10/02/2024", FTHG="0", FTAG="0", FTR="D", HTHG="0")
SC0_IDS = {"SC0-2023-24-alderwick-brackmoor", "SC0-2023-24-alderwick-brackmoor-2"}


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path)


def _as_of(lake: Lake, moment: str) -> tuple[int, int]:
    """The score as it was known at a moment."""
    known = matches(lake).filter((pl.col("known_at_utc") <= at(moment)) & pl.col("home_goals").is_not_null())
    row = known.sort("known_at_utc").tail(1)
    return row["home_goals"].item(), row["away_goals"].item()


def _home_price(lake: Lake) -> list[tuple[object, ...]]:
    quotes = lake.table("silver.football.odds_quotes").read().filter(selection="home", quote_kind="opening")
    return quotes.sort("known_at_utc").select("price_odds_dec", "known_at_utc", "known_at_basis").rows()


def test_a_corrected_score_is_known_from_its_capture_on_and_the_old_one_stays(lake: Lake) -> None:
    ingest(lake, capture(file(WRONG), SUNDAY))
    ingest(lake, capture(file(RIGHT), MONDAY))
    assert states(lake, "state", "home_goals", "known_at_utc", "known_at_basis")[1:] == [
        ("finished", 3, at("2023-08-12T17:00:00Z"), "rule"),
        ("corrected", 2, at(MONDAY), "observed"),
    ]
    assert (_as_of(lake, SUNDAY), _as_of(lake, MONDAY)) == ((3, 1), (2, 1))


def test_a_correction_touches_nothing_that_it_does_not_change(lake: Lake) -> None:
    ingest(lake, capture(file(WRONG, row(HomeTeam="Corvale")), SUNDAY))
    quotes = lake.table("silver.football.odds_quotes").content_hash()
    ingest(lake, capture(file(RIGHT, row(HomeTeam="Corvale")), MONDAY))
    assert lake.table("silver.football.odds_quotes").content_hash() == quotes
    assert len(matches(lake)) == 5


def test_a_correction_of_a_correction_is_another_row(lake: Lake) -> None:
    for cells, moment in ((WRONG, SUNDAY), (RIGHT, MONDAY), (row(WRONG, HS="11"), TUESDAY)):
        ingest(lake, capture(file(cells), moment))
    assert [score for _, score in states(lake, "state", "home_goals") if score is not None] == [3, 2, 3]
    assert _as_of(lake, TUESDAY) == (3, 1)


def test_a_correction_that_is_taken_back_to_the_very_same_bytes_is_seen(lake: Lake) -> None:
    for cells, moment in ((RIGHT, SUNDAY), (WRONG, MONDAY), (RIGHT, TUESDAY)):
        ingest(lake, capture(file(cells), moment))
    assert _as_of(lake, TUESDAY) == (2, 1)


def test_a_corrected_score_that_is_told_again_adds_nothing(lake: Lake) -> None:
    for cells, moment in ((WRONG, SUNDAY), (RIGHT, MONDAY), (row(B365H="2.2"), TUESDAY)):
        ingest(lake, capture(file(cells), moment))
    assert [state for state, _ in states(lake, "state", "match_id")] == ["scheduled", "finished", "corrected"]


def test_a_moved_fixture_that_is_told_again_adds_nothing(lake: Lake) -> None:
    moved = row(NO_RESULT, Date="13/08/2023")
    for cells, hour in ((COMING, "07"), (moved, "08"), (row(moved, B365H="2.2"), "09")):
        ingest(lake, fixtures(file(cells), f"2023-08-11T{hour}:00:00Z"))
    assert [state for state, _ in states(lake, "state", "match_id")] == ["scheduled", "moved"]


def test_a_corrected_statistic_and_a_corrected_price_are_known_from_their_capture_on(lake: Lake) -> None:
    ingest(lake, capture(file(RIGHT), SUNDAY))
    ingest(lake, capture(file(row(HS="12", B365H="2.2")), MONDAY))
    shots = lake.table("silver.football.team_stats").read().filter(side="home").sort("known_at_utc")
    assert shots.select("shots", "known_at_utc").rows() == [(10, at("2023-08-12T17:00:00Z")), (12, at(MONDAY))]
    assert _home_price(lake) == [
        (2.1, at("2023-08-11T16:00:00Z"), "rule"),
        (2.2, at(MONDAY), "observed"),
    ]


def test_a_fixture_and_its_result_are_one_match(lake: Lake) -> None:
    ingest(lake, fixtures(file(COMING), FRIDAY))
    ingest(lake, capture(file(RIGHT), SUNDAY))
    assert states(lake, "match_id", "state", "known_at_utc", "known_at_basis") == [
        ("E0-2023-24-alderwick-brackmoor", "scheduled", at(FRIDAY), "observed"),
        ("E0-2023-24-alderwick-brackmoor", "finished", at("2023-08-12T17:00:00Z"), "rule"),
    ]


def test_a_price_seen_on_friday_keeps_the_time_at_which_it_was_seen(lake: Lake) -> None:
    ingest(lake, fixtures(file(COMING), FRIDAY))
    ingest(lake, capture(file(RIGHT), SUNDAY))
    assert _home_price(lake) == [(2.1, at(FRIDAY), "observed")]


def test_a_price_that_moves_between_two_captures_is_known_twice(lake: Lake) -> None:
    ingest(lake, fixtures(file(COMING), "2023-08-10T07:00:00Z"))
    ingest(lake, fixtures(file(row(NO_RESULT, B365H="2.3")), FRIDAY))
    assert _home_price(lake) == [
        (2.1, at("2023-08-10T07:00:00Z"), "observed"),
        (2.3, at(FRIDAY), "observed"),
    ]


def test_a_moved_fixture_is_the_same_match_at_another_time(lake: Lake) -> None:
    ingest(lake, fixtures(file(COMING), "2023-08-10T07:00:00Z"))
    ingest(lake, fixtures(file(row(NO_RESULT, Date="13/08/2023", Time="16:30")), FRIDAY))
    assert states(lake, "match_id", "state", "event_at_utc", "known_at_utc") == [
        ("E0-2023-24-alderwick-brackmoor", "scheduled", at("2023-08-12T14:00:00Z"), at("2023-08-10T07:00:00Z")),
        ("E0-2023-24-alderwick-brackmoor", "moved", at("2023-08-13T15:30:00Z"), at(FRIDAY)),
    ]


def test_a_fixture_postponed_by_months_is_still_one_match(lake: Lake) -> None:
    ingest(lake, fixtures(file(COMING), FRIDAY))
    ingest(lake, fixtures(file(row(NO_RESULT, Date="10/01/2024")), "2024-01-09T16:50:00Z"))
    ingest(lake, capture(file(row(Date="10/01/2024")), "2024-01-11T06:00:00Z"))
    assert [state for _, state in states(lake, "match_id", "state")] == ["scheduled", "moved", "finished"]
    assert matches(lake)["match_id"].n_unique() == 1


@pytest.mark.parametrize("endpoint", ["season file", "fixtures, then season file"])
def test_two_meetings_at_one_ground_keep_their_two_ids_through_a_running_season(lake: Lake, endpoint: str) -> None:
    ingest(lake, capture(file(SC0_FIRST), SUNDAY, "SC0"))
    if endpoint != "season file":
        ingest(lake, fixtures(file(row({**SC0_SECOND, **NO_RESULT})), "2024-02-09T16:50:00Z"))
    ingest(lake, capture(file(SC0_FIRST, SC0_SECOND), "2024-02-11T06:00:00Z", "SC0"))
    assert set(matches(lake)["match_id"]) == SC0_IDS
    assert matches(lake).filter(state="finished").height == 2


def test_a_correction_in_a_finished_season_of_four_meetings_adds_one_row(lake: Lake) -> None:
    ingest(lake, capture(file(SC0_FIRST, SC0_SECOND), "2024-07-01T00:00:00Z", "SC0"))
    ingest(lake, capture(file(SC0_FIRST, row(SC0_SECOND, FTHG="1", FTR="H")), "2024-07-02T00:00:00Z", "SC0"))
    assert set(matches(lake)["match_id"]) == SC0_IDS
    assert [state for state, _ in states(lake, "state", "match_id")].count("corrected") == 1
    assert len(matches(lake)) == 5


def test_statistics_and_prices_of_a_match_carry_the_id_of_the_match(lake: Lake) -> None:
    ingest(lake, capture(file(SC0_FIRST), SUNDAY, "SC0"))
    ingest(lake, capture(file(SC0_FIRST, SC0_SECOND), "2024-02-11T06:00:00Z", "SC0"))
    known = set(matches(lake)["match_id"])
    for entity in ("team_stats", "odds_quotes"):
        assert set(lake.table(f"silver.football.{entity}").read()["match_id"]) == known
    assert has_repeated_keys(lake) == {}


def test_a_match_row_that_arrives_late_leaves_the_others_alone(lake: Lake) -> None:
    ingest(lake, capture(file(RIGHT), SUNDAY))
    ingest(lake, capture(file(RIGHT, row(HomeTeam="Corvale")), MONDAY))
    assert [state for state, _ in states(lake, "state", "match_id")].count("corrected") == 0
    assert len(matches(lake)) == 4
