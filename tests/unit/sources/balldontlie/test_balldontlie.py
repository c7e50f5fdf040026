"""Games and injured players in the shape of balldontlie, with INVENTED values; pages; what is asked for."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.balldontlie.plan import DAYS
from sources.balldontlie.reading import CLUBS, GAMES, INJURIES
from sources.balldontlie.source import Balldontlie
from sources.base import Parsed
from sources.known import Known
from tests.unit.sources.nba import CAPTURED, LEAGUES, NOBODY, game, is_accounted, knowing, payload, reasons, silver

GAME: dict[str, Any] = {
    "id": 90001, "date": "2023-11-01", "season": 2023, "status": "Final", "period": 4, "time": "Final",
    "postseason": False, "home_team_score": 110, "visitor_team_score": 100, "datetime": "2023-11-01T23:00:00.000Z",
    "home_team": {"id": 2, "full_name": "Boston Celtics", "abbreviation": "BOS"},
    "visitor_team": {"id": 20, "full_name": "New York Knicks", "abbreviation": "NYK"},
}  # fmt: skip
REPORT: dict[str, Any] = {
    "player": {"id": 434, "first_name": "Ansel", "last_name": "Brightwater", "team_id": 2}, "return_date": "Nov 17",
    "description": "He is listed.", "status": "Out",
}  # fmt: skip
ENTITIES = {GAMES: "vendor_matches", INJURIES: "injuries"}
TIPOFF = datetime(2023, 11, 1, 23, tzinfo=UTC)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner))


def read(endpoint: str, *found: object, known: Known = NOBODY, cursor: object = None) -> Parsed:
    body = json.dumps({"data": list(found), "meta": {"per_page": 100, "next_cursor": cursor}}).encode()
    return Balldontlie().parse(payload(endpoint, body), LEAGUES, known)


def test_a_final_game_is_one_row_known_when_it_was_seen() -> None:
    row = silver(read(GAMES, GAME), "vendor_matches").row(0, named=True)
    assert (row["match_id"], row["state"]) == ("NBA-2023-24-20231101-bos-nyk", "finished")
    assert (row["home_score"], row["away_score"], row["known_at_utc"]) == (110, 100, CAPTURED)
    assert row["event_at_utc"] == TIPOFF


def test_without_a_time_the_day_stands_and_the_tip_off_is_nominal() -> None:
    row = silver(read(GAMES, GAME | {"datetime": None, "date": "2023-11-01T00:00:00.000Z"}), "vendor_matches")
    assert row["event_at_utc"].to_list() == [datetime(2023, 11, 1, 23, 30, tzinfo=UTC)]


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({"status": "2023-11-01T23:00:00Z"}, "scheduled"),
        ({"status": "7:00 pm ET"}, "scheduled"),
        ({"status": "3rd Qtr"}, "in_play"),
        ({"status": "Halftime"}, "in_play"),
        ({"status": "Postponed"}, "postponed"),
        ({"status": "7:00 pm ET", "postponed": True}, "postponed"),
    ],
)
def test_a_game_that_is_not_over_has_no_score(change: dict[str, Any], state: str) -> None:
    rows = silver(read(GAMES, GAME | change), "vendor_matches")
    assert rows.select("state", "home_score").rows() == [(state, None)]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"status": "Unsure"}, "unknown_state"),
        ({"home_team_score": 100}, "result_contradicts"),
        ({"home_team_score": None}, "no_score"),
        ({"home_team_score": "many"}, "wrong_type"),
        ({"datetime": "2023-11-03T23:00:00Z"}, "bad_tipoff"),
        ({"date": "2023-11-03", "datetime": None}, "clock_skew"),
        ({"home_team": {"full_name": "Team Nowhere"}}, "unknown_team"),
        ({"home_team": {"name": "Celtics"}}, "missing_field"),
        ({"home_team": {"full_name": "New York Knicks"}}, "same_team"),
    ],
)
def test_a_broken_game_is_refused_and_the_others_are_kept(change: dict[str, Any], reason: str) -> None:
    found = read(GAMES, GAME | change, GAME | {"id": 90002})
    assert reasons(found, "vendor_matches") == [reason]
    assert found.rows["vendor_matches"]["vendor_match_id"].to_list() == ["90002"]


def test_the_anchors_calendar_is_heeded() -> None:
    assert reasons(read(GAMES, GAME, known=knowing(game("nyk", "bos", TIPOFF))), "vendor_matches") == ["sides_swapped"]
    assert reasons(read(GAMES, GAME, known=knowing(game("den", "lal", TIPOFF))), "vendor_matches") == ["off_calendar"]


def test_a_report_has_club_status_and_words() -> None:
    row = silver(read(INJURIES, REPORT), "injuries").row(0, named=True)
    assert (row["player_name"], row["team_id"], row["status"]) == ("Ansel Brightwater", "nba-bos", "out")
    assert (row["vendor_player_id"], row["reason"], row["player_id"]) == ("434", "He is listed.", None)


def test_where_the_anchor_has_other_clubs_a_number_is_told_by_two_of_its_players() -> None:
    names = ("Ansel", "Dorian", "Rufus")
    clubs = ("nba-aaa", "nba-aaa", "nba-bbb")
    shared = {"competition_id": "NBA", "season_code": "2023-24"}
    roster = [
        shared
        | {"player_id": f"{name.lower()}-vale", "player_name": f"{name} Vale", "player_id_nba": name, "team_id": team}
        for name, team in zip(names, clubs, strict=True)
    ]
    known = knowing(players=roster, teams=[shared | {"team_id": "nba-aaa", "team_name": "Town As"}])
    reports = [
        REPORT | {"player": {"id": place, "first_name": name, "last_name": "Vale", "team_id": number}}
        for place, (name, number) in enumerate(zip(names, (1, 1, 2), strict=True))
    ]
    found = read(INJURIES, *reports, known=known)
    assert found.rows["injuries"].select("player_id", "team_id").rows() == [
        ("ansel-vale", "nba-aaa"), ("dorian-vale", "nba-aaa"),
    ]  # fmt: skip
    assert reasons(found, "injuries") == ["unknown_team"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"status": "Fine"}, "unknown_status"),
        ({"player": {"id": 1, "last_name": "X", "team_id": 31}}, "unknown_team"),
        ({"player": {"id": 1, "last_name": "X"}}, "missing_field"),
        ({"player": 3}, "missing_field"),
    ],
)
def test_a_broken_report_is_refused_and_the_others_are_kept(change: dict[str, Any], reason: str) -> None:
    found = read(INJURIES, REPORT | change, REPORT)
    assert reasons(found, "injuries") == [reason]
    assert len(found.rows["injuries"]) == 1


def test_a_page_that_has_a_next_one_is_noticed() -> None:
    assert reasons(read(GAMES, GAME, cursor=90001), "vendor_matches") == ["page_cut"]
    assert reasons(read(GAMES, GAME), "vendor_matches") == []


@pytest.mark.parametrize("endpoint", list(ENTITIES))
@pytest.mark.parametrize(
    "body", [b"", b"Unauthorized", b"<html/>", b'{"error": "no"}', b'{"games": []}', b'{"data": [{"id']
)
def test_what_is_no_answer_is_refused_whole_and_known_to_the_transport(endpoint: str, body: bytes) -> None:
    found = Balldontlie().parse(payload(endpoint, body), LEAGUES, NOBODY)
    assert reasons(found, ENTITIES[endpoint]) == ["malformed_payload"]
    assert Balldontlie().terms.verdict(endpoint, body) in ("malformed", "http_error")


@pytest.mark.parametrize("endpoint", list(ENTITIES))
@given(body=st.binary(max_size=60) | JSON.map(lambda found: json.dumps(found).encode()), item=JSON)
@settings(max_examples=40, deadline=None)
def test_any_bytes_and_any_items_are_read_or_refused(endpoint: str, body: bytes, item: Any) -> None:
    assert is_accounted(Balldontlie(), Balldontlie().parse(payload(endpoint, body), LEAGUES, NOBODY))
    assert is_accounted(Balldontlie(), read(endpoint, item, GAME | {"date": item}, REPORT | {"status": item}))


def test_requests_are_small_enough_for_one_page_and_injuries_stand_behind_espns() -> None:
    noon = datetime(2023, 11, 2, 16, tzinfo=UTC)
    requests = Balldontlie().plan(LEAGUES, noon, NOBODY)
    assert requests == Balldontlie().plan(LEAGUES, noon, NOBODY)
    hurt = [request for request in requests if request.endpoint == INJURIES]
    assert {request.backup_of for request in hurt} == {"espn/injuries"}
    assert sum(request.url.count("team_ids[]") for request in hurt) == len(CLUBS) == 30
    queries = [request.url.split("?")[1].split("&") for request in requests if request.endpoint == GAMES]
    days = [part[8:] for query in queries for part in query if "dates" in part]
    assert days == [(date(2023, 11, 2) + timedelta(days=day)).isoformat() for day in DAYS]
    assert all("Authorization" not in request.url for request in requests)
    assert Balldontlie().is_fresh(hurt[0], noon, noon + timedelta(minutes=59))
