"""Football's local sets (all payloads are invented, in the shape of the files)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lake.competitions import competitions
from sources.base import Parsed, Payload
from sources.known import Known
from sources.local_sets.football.source import LocalFootballSets
from tests.unit.sources.football_calendar import AT, LEAGUES, accounted, at, club, kept, known, match_id, reasons

KICKOFF = "2024-02-24T15:00:00Z"
NOW = known(("Alderwick", "Brackmoor", KICKOFF), ("Corvale", "Dunmarsh", KICKOFF), state="finished")
URLS = {
    "understat_shots": "local://understat_shots/epl_2023-24.csv",
    "footystats": "local://footystats/E0_2324.csv",
    "football_injuries": "local://football_injuries/x.csv",
    "venues": "local://venues/x.csv",
}
SHOT = {
    "id": "9.0", "minute": "31.0", "result": "Goal", "xG": "0.25", "player": "Al Fern", "h_a": "a",
    "situation": "Penalty", "match_id": "5", "h_team": "Alderwick", "a_team": "Brackmoor", "h_goals": "2.0",
    "a_goals": "1.0", "date": "2024-02-24 18:00:00",
}  # fmt: skip
MATCH = {
    "Date": "2024-02-24", "Time": "12:00:00", "HomeTeam": "Alderwick", "AwayTeam": "Brackmoor", "FTHG": "2.0",
    "FTAG": "1.0", "HomeXG": "1.8", "AwayXG": "0.9", "B365H": "2.0",
}  # fmt: skip
ABSENCE = {
    "player_name": '"\n  #1  \n Al Fern "', "season_injured": "23/24", "injury": "Knock", "injured_since": "2024-01-05",
    "injured_until": "2024-02-01", "club": "Alderwick",
}  # fmt: skip
GROUND = {
    "Team": "Alderwick Rovers", "FDCOUK": "Alderwick", "City": "Alderwick", "Stadium": "Fern Park", "Capacity": "20000",
    "Latitude": "51.5", "Longitude": "-0.1", "Country": "England",
}  # fmt: skip
ROWS = {"understat_shots": SHOT, "footystats": MATCH, "football_injuries": ABSENCE, "venues": GROUND}
ENTITIES = {
    "understat_shots": "shots",
    "footystats": "vendor_matches",
    "football_injuries": "injuries",
    "venues": "venues",
}


def parsed(endpoint: str, *changes: dict[str, str], now: Known = NOW) -> Parsed:
    """What the source reads from a file whose rows are the endpoint's own with these changes."""
    rows = [ROWS[endpoint] | change for change in changes or ({},)]
    lines = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
    return read(endpoint, "\n".join(lines).encode(), now)


def read(endpoint: str, body: bytes, now: Known = NOW) -> Parsed:
    return LocalFootballSets().parse(Payload(URLS[endpoint], endpoint, None, None, AT, "0" * 64, body), LEAGUES, now)


def test_a_shot_is_of_the_anchors_match_and_known_the_next_morning() -> None:
    row = kept(parsed("understat_shots"), "shots").row(0, named=True)
    assert (row["match_id"], row["event_at_utc"]) == (match_id("Alderwick", "Brackmoor"), at(KICKOFF))
    assert (row["known_at_utc"], row["known_at_basis"]) == (at("2024-02-25T06:00:00Z"), "rule")
    assert (row["side"], row["team_id"], row["vendor_shot_id"], row["minute"]) == ("away", club("Brackmoor"), "9", 31)
    assert (row["expected_goals"], row["is_goal"], row["is_penalty"]) == (0.25, True, True)


def test_an_own_goal_is_no_shot() -> None:
    assert accounted(parsed("understat_shots", {"result": "OwnGoal"})) == 0


def test_a_match_of_footystats_has_its_result_and_expected_goals_and_no_price() -> None:
    found = parsed("footystats")
    row = kept(found, "vendor_matches").row(0, named=True)
    assert (row["event_at_utc"], row["known_at_utc"]) == (at(KICKOFF), at("2024-02-25T06:00:00Z"))
    assert (row["home_score"], row["away_score"], row["state"]) == (2, 1, "finished")
    told = kept(found, "match_statistics").select("side", "statistic", "value").rows()
    assert told == [("home", "expected_goals", 1.8), ("away", "expected_goals", 0.9)]
    assert "odds_quotes" not in found.rows


def test_a_footystats_match_without_expected_goals_has_none() -> None:
    assert kept(parsed("footystats", {"HomeXG": ""}), "match_statistics")["side"].to_list() == ["away"]


def test_an_absence_recorded_afterwards_is_known_from_the_capture_on_and_has_no_end() -> None:
    row = kept(parsed("football_injuries"), "injuries").row(0, named=True)
    assert (row["known_at_utc"], row["known_at_basis"]) == (AT, "observed")
    assert (row["player_name"], row["team_id"], row["competition_id"]) == ("Al Fern", club("Alderwick"), "E0")
    assert (row["season_code"], row["event_at_utc"]) == ("2023-24", datetime(2024, 1, 5, tzinfo=UTC))
    assert (row["report_id"], row["status"]) == ("al-fern-knock-2024-01-05", "out")


def test_a_season_may_be_written_in_full() -> None:
    assert (
        kept(parsed("football_injuries", {"season_injured": "2023-2024"}), "injuries")["season_code"].item()
        == "2023-24"
    )


def test_a_ground_is_the_club_of_the_anchors_own_name() -> None:
    row = kept(parsed("venues"), "venues").row(0, named=True)
    assert (row["team_id"], row["venue"], row["capacity"], row["latitude"]) == (
        club("Alderwick"),
        "Fern Park",
        20000,
        51.5,
    )


@pytest.mark.parametrize(
    ("endpoint", "change", "reason"),
    [
        ("understat_shots", {"result": "Header"}, "unknown_result"),
        ("understat_shots", {"xG": "much"}, "unreadable_number"),
        ("understat_shots", {"minute": "3.5"}, "unreadable_number"),
        ("understat_shots", {"h_a": "x"}, "unknown_side"),
        ("understat_shots", {"h_team": "Elsewhere"}, "unknown_team"),
        ("understat_shots", {"h_team": "Brackmoor", "a_team": "Alderwick"}, "sides_swapped"),
        ("understat_shots", {"h_team": "Alderwick", "a_team": "Dunmarsh"}, "unknown_match"),
        ("understat_shots", {"date": "2023-11-24 18:00:00"}, "off_calendar"),
        ("understat_shots", {"date": "soon"}, "unknown_match"),
        ("understat_shots", {"date": "2024-02-24,18:00:00"}, "wrong_cells"),
        ("footystats", {"Date": "24/02/2024"}, "bad_kickoff"),
        ("footystats", {"FTHG": ""}, "no_score"),
        ("footystats", {"AwayTeam": "Elsewhere"}, "unknown_team"),
        ("footystats", {"HomeTeam": "Brackmoor", "AwayTeam": "Alderwick"}, "sides_swapped"),
        ("football_injuries", {"club": "FC Elsewhere"}, "unknown_team"),
        ("football_injuries", {"season_injured": "spring"}, "bad_season"),
        ("football_injuries", {"injured_since": "soon"}, "bad_date"),
        ("football_injuries", {"player_name": ""}, "no_name"),
        ("venues", {"FDCOUK": "Elsewhere"}, "unknown_team"),
        ("venues", {"Country": "Atlantis"}, "unknown_team"),
    ],
)
def test_a_row_with_a_fault_is_refused_and_the_others_are_kept(
    endpoint: str, change: dict[str, str], reason: str
) -> None:
    found = parsed(endpoint, {}, change)
    assert reasons(found, ENTITIES[endpoint]) == [reason]
    assert len(kept(found, ENTITIES[endpoint])) == 1


@pytest.mark.parametrize("endpoint", list(URLS))
@pytest.mark.parametrize("body", [b"", b"<html>", b"a,b\n1,2\n"])
def test_what_is_no_such_file_is_refused_whole(endpoint: str, body: bytes) -> None:
    assert reasons(read(endpoint, body), ENTITIES[endpoint]) == ["malformed_payload"]


def test_every_season_that_had_begun_is_asked_for_and_no_later_one() -> None:
    asked = LocalFootballSets().plan(competitions("football", ["E0"]), datetime(2021, 8, 1, tzinfo=UTC), NOW)
    assert [request.url for request in asked if request.endpoint == "footystats"] == [
        "local://footystats/E0_2021.csv", "local://footystats/E0_2122.csv",
    ]  # fmt: skip
    assert [request.season_code for request in asked][:2] == ["2017-18", "2018-19"]
    assert len(asked) == 5 + 2 + 3


CELLS = st.sampled_from(
    ["", "x", "-1", "1e400", "nan", "Alderwick", "2024-02-24", "h", "23/24", "999999999999999999999"]
)


@pytest.mark.parametrize("endpoint", list(URLS))
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_every_row_is_read_or_refused(endpoint: str, data: Any) -> None:
    cells = st.dictionaries(st.sampled_from(sorted(ROWS[endpoint])), CELLS)
    changes = data.draw(st.lists(cells, min_size=1, max_size=3))
    found = parsed(endpoint, *changes)
    assert len(found.rows[ENTITIES[endpoint]]) + len(found.refused[ENTITIES[endpoint]]) == len(changes)


@pytest.mark.parametrize("endpoint", list(URLS))
@given(body=st.binary(max_size=80) | st.text(max_size=60).map(str.encode))
@settings(max_examples=40, deadline=None)
def test_any_bytes_are_refused_or_read(endpoint: str, body: bytes) -> None:
    assert accounted(read(endpoint, body)) >= 1
