"""The order in which captures arrive, are landed or read again leaves no trace where it says nothing (invented)."""

from __future__ import annotations

from pathlib import Path

import pytest

from lake.storage import Lake
from sources.base import Capture
from tests.integration.sources.lakes import (
    capture,
    content,
    fixtures,
    has_repeated_keys,
    ingest,
    matches,
    rebuild,
    states,
)
from tests.unit.sources.vendor import ABROAD, NO_RESULT, at, file, row

FRIDAY, SUNDAY, MONDAY = "2023-08-11T16:50:00Z", "2023-08-13T06:00:00Z", "2023-08-14T06:00:00Z"
SEASONS = [
    capture(file(row(FTHG="3", HTHG="1")), SUNDAY),
    capture(file(row(), row(HomeTeam="Corvale", B365H="0")), MONDAY),
    capture(file(row(Div="E1", FTR="A"), row(Div="E1", HomeTeam="Corvale")), SUNDAY, "E1"),
    capture(file(row(base=ABROAD)), MONDAY, "USA", endpoint="extra_file"),
]
COMING = fixtures(file(row(NO_RESULT)), FRIDAY)


def _one_by_one(root: Path, captures: list[Capture]) -> Lake:
    lake = Lake(root)
    for one in captures:
        ingest(lake, one)
    return lake


def _at_once(root: Path, captures: list[Capture]) -> Lake:
    lake = Lake(root)
    ingest(lake, *captures)
    return lake


def test_the_order_in_which_captures_are_landed_does_not_matter(tmp_path: Path) -> None:
    forward = _at_once(tmp_path / "forward", [*SEASONS, COMING])
    assert content(_at_once(tmp_path / "backward", [COMING, *reversed(SEASONS)])) == content(forward)


def test_season_files_of_different_leagues_and_seasons_may_come_in_any_order(tmp_path: Path) -> None:
    apart = SEASONS[1:4]
    there, back = _one_by_one(tmp_path / "there", apart), _one_by_one(tmp_path / "back", apart[::-1])
    assert content(there) == content(back)


def test_a_league_asked_for_later_gives_what_it_would_have_given_at_once(tmp_path: Path) -> None:
    later = Lake(tmp_path / "later")
    ingest(later, *SEASONS, leagues=("E0",))
    ingest(later)
    assert content(later) == content(_at_once(tmp_path / "all", SEASONS))


def test_fixtures_read_for_one_league_are_read_for_a_league_asked_for_later(tmp_path: Path) -> None:
    both = fixtures(file(row(NO_RESULT), row(NO_RESULT, Div="E1")), FRIDAY)
    later = Lake(tmp_path / "later")
    ingest(later, both, leagues=("E0",))
    ingest(later, leagues=("E0", "E1"))
    assert sorted(matches(later)["competition_id"]) == ["E0", "E1"]
    assert has_repeated_keys(later) == {}


def test_silver_rebuilt_from_bronze_equals_silver_that_grew_capture_by_capture(tmp_path: Path) -> None:
    lake = _one_by_one(tmp_path, sorted(SEASONS, key=lambda one: one.captured_at_utc))
    before = content(lake)
    rebuild(lake)
    assert content(lake) == before


def test_silver_rebuilt_from_bronze_equals_silver_that_saw_the_fixtures_first(tmp_path: Path) -> None:
    lake = _one_by_one(tmp_path, [COMING, SEASONS[0], SEASONS[1]])
    before = content(lake)
    rebuild(lake)
    assert content(lake) == before


def test_rebuilding_four_meetings_gives_the_ids_that_a_running_season_gave(tmp_path: Path) -> None:
    first, second = row(Div="SC0"), row(Div="SC0", Date="10/02/2024")
    captures = [capture(file(first), SUNDAY, "SC0"), capture(file(first, second), "2024-02-11T06:00:00Z", "SC0")]
    lake = _one_by_one(tmp_path, captures)
    before = content(lake)
    rebuild(lake)
    assert content(lake) == before


@pytest.mark.parametrize("grown", [True, False], ids=["capture by capture", "at once"])
def test_what_the_fixtures_showed_on_friday_was_known_on_friday_however_it_is_read(tmp_path: Path, grown: bool) -> None:
    """An observed row beats a rule row for the same fact, in a rebuild too."""
    lake = (_one_by_one if grown else _at_once)(tmp_path, [COMING, SEASONS[0]])
    scheduled = [found for found in states(lake, "state", "known_at_utc", "known_at_basis") if found[0] == "scheduled"]
    assert scheduled == [("scheduled", at(FRIDAY), "observed")]


@pytest.mark.parametrize("grown", [True, False], ids=["capture by capture", "at once"])
def test_a_fixture_that_was_moved_ends_at_the_day_on_which_it_was_played(tmp_path: Path, grown: bool) -> None:
    coming = fixtures(file(row(NO_RESULT, Date="13/08/2023")), FRIDAY)
    lake = (_one_by_one if grown else _at_once)(tmp_path, [coming, SEASONS[0]])
    before = matches(lake).filter(matches(lake)["home_goals"].is_null()).sort("known_at_utc")
    assert before["event_at_utc"].to_list()[-1] == at("2023-08-12T14:00:00Z")


def test_several_captures_of_the_fixtures_are_read_in_the_order_of_their_times(tmp_path: Path) -> None:
    hours = [fixtures(file(row(NO_RESULT, B365H=f"2.{hour}")), f"2023-08-11T0{hour}:00:00Z") for hour in (1, 2, 3)]
    lake = _at_once(tmp_path, list(reversed(hours)))
    quotes = lake.table("silver.football.odds_quotes").read().filter(selection="home").sort("known_at_utc")
    assert quotes["price_odds_dec"].to_list() == [2.1, 2.2, 2.3]
    assert quotes["known_at_utc"].to_list() == [at(f"2023-08-11T0{hour}:00:00Z") for hour in (1, 2, 3)]
