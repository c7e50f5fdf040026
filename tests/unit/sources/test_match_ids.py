"""One match has one id for ever, whichever file names it and however often it is captured (invented payloads)."""

from __future__ import annotations

import polars as pl
import pytest

from sources.base import Parsed
from tests.unit.sources.vendor import NO_RESULT, NOTHING_PLAYED, file, finished, read, row, scheduled

FIRST = row(Div="SC0", Date="12/08/2023")
SECOND = row(Div="SC0", Date="10/02/2024", FTHG="0", FTAG="0", FTR="D", HTHG="0")
FIRST_ID, SECOND_ID = "SC0-2023-24-alderwick-brackmoor", "SC0-2023-24-alderwick-brackmoor-2"


def _as_played(parsed: Parsed) -> pl.DataFrame:
    """What ingestion hands to the next parse: the finished matches that silver has by then."""
    return finished(parsed).select(NOTHING_PLAYED.columns)


def _scottish(*rows: dict[str, str], played: pl.DataFrame = NOTHING_PLAYED) -> Parsed:
    return read(file(*rows), "SC0", played=played)


def test_an_id_says_league_season_and_clubs() -> None:
    assert scheduled(read(file(row())))["match_id"].item() == "E0-2023-24-alderwick-brackmoor"


def test_the_second_meeting_at_one_ground_is_numbered() -> None:
    assert finished(_scottish(FIRST, SECOND))["match_id"].to_list() == [FIRST_ID, SECOND_ID]


def test_meetings_are_numbered_by_date_and_not_by_their_place_in_the_file() -> None:
    assert finished(_scottish(SECOND, FIRST))["match_id"].to_list() == [SECOND_ID, FIRST_ID]


def test_home_and_away_are_two_first_meetings() -> None:
    back = row(FIRST, HomeTeam="Brackmoor", AwayTeam="Alderwick", Date="11/11/2023")
    assert finished(_scottish(FIRST, back))["match_id"].to_list() == [FIRST_ID, "SC0-2023-24-brackmoor-alderwick"]


@pytest.mark.parametrize("rows", [(FIRST,), (FIRST, SECOND)], ids=["after the first", "after both"])
def test_a_season_file_read_again_later_gives_the_same_ids(rows: tuple[dict[str, str], ...]) -> None:
    played = _as_played(_scottish(*rows))
    assert finished(_scottish(FIRST, SECOND, played=played))["match_id"].to_list() == [FIRST_ID, SECOND_ID]


def test_a_fixture_and_its_row_in_the_season_file_have_one_id() -> None:
    coming = read(file(row(NO_RESULT)), endpoint="fixtures", captured="2023-08-11T16:50:00Z")
    assert scheduled(coming)["match_id"].to_list() == finished(read(file(row())))["match_id"].to_list()


def test_the_fixture_of_a_second_meeting_has_the_id_that_the_season_file_will_give() -> None:
    played = _as_played(_scottish(FIRST))
    coming = read(
        file(row({**SECOND, **NO_RESULT})), endpoint="fixtures", captured="2024-02-09T16:50:00Z", played=played
    )
    assert scheduled(coming)["match_id"].to_list() == [SECOND_ID]


def test_the_fixture_of_a_match_that_is_over_by_now_keeps_its_id() -> None:
    played = _as_played(_scottish(FIRST))
    coming = read(
        file(row({**FIRST, **NO_RESULT})), endpoint="fixtures", captured="2023-08-11T16:50:00Z", played=played
    )
    assert scheduled(coming)["match_id"].to_list() == [FIRST_ID]


def test_a_refused_first_meeting_does_not_rename_the_second() -> None:
    before = finished(_scottish(row(FIRST, FTR="A"), SECOND))["match_id"].to_list()
    after = finished(_scottish(FIRST, SECOND))["match_id"].to_list()
    assert before == after[1:]


def test_clubs_of_one_name_in_two_countries_have_two_ids() -> None:
    both = read(file(row(NO_RESULT), row(NO_RESULT, Div="SP1")), endpoint="fixtures", captured="2023-08-11T16:50:00Z")
    assert set(scheduled(both)["home_team_id"]) == {"eng-alderwick", "esp-alderwick"}


@pytest.mark.parametrize("spelling", ["ALDERWICK", "Aldérwick", "Alderwick."])
def test_a_club_under_two_spellings_cannot_play_itself(spelling: str) -> None:
    assert scheduled(read(file(row(HomeTeam="Alderwick", AwayTeam=spelling)))).is_empty()
