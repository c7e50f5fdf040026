"""football-data.org: fixtures, results and tables (payloads are invented but for the archive's sample)."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lake.competitions import competitions
from sources.base import Parsed, Payload
from sources.football_data_org.plan import TERMS
from sources.football_data_org.reading import read
from sources.football_data_org.source import FootballDataOrg
from sources.known import Known
from tests.unit.sources.football_calendar import (
    AT,
    LEAGUES,
    accounted,
    archived,
    at,
    club,
    filed,
    kept,
    known,
    match_id,
    reasons,
)  # fmt: skip

KICKOFF = "2024-03-02T15:00:00Z"
NOW = known(("Alderwick", "Brackmoor", KICKOFF), ("Corvale", "Dunmarsh", KICKOFF))
SAMPLE = "sample://football_data_org/SHAPE_ONLY_v4_team_matches.json"
ENTITY = "vendor_matches"


def match(home: str = "Alderwick", away: str = "Brackmoor", status: str = "TIMED", **changes: Any) -> dict[str, Any]:
    return {
        "id": 91, "utcDate": KICKOFF, "status": status, "competition": {"id": 1, "code": "PL"},
        "season": {"startDate": "2023-08-11"}, "homeTeam": {"id": 1, "name": home}, "awayTeam": {"name": away},
        "score": {"winner": None, "duration": "REGULAR", "fullTime": {"home": None, "away": None}},
    } | changes  # fmt: skip


def parsed(document: Any, endpoint: str = "matches", now: Known = NOW) -> Parsed:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return FootballDataOrg().parse(Payload("https://x", endpoint, None, None, AT, "0" * 64, body), LEAGUES, now)


def test_the_sample_is_one_fixture_of_which_nothing_has_been_played(archive: Path) -> None:
    payload = filed(archive, SAMPLE, "matches")
    rows, refused = read("matches", payload.body)
    assert (len(rows), refused) == (1, [])
    row = rows.row(0, named=True)
    assert (row["vendor_match_id"], row["home_name"], row["away_name"]) == ("497855", "FC Barcelona", "Real Madrid CF")
    assert (row["event_at_utc"], row["status"], row["league"]) == (at("2026-08-29T19:00:00Z"), "SCHEDULED", "PD")
    found = kept(FootballDataOrg().parse(payload, LEAGUES, archived(archive, ["SP1"], ["2023-24"])), ENTITY)
    assert found["match_id"].to_list() == ["SP1-2026-27-barcelona-real-madrid"]
    assert found.select("state", "home_score").row(0) == ("scheduled", None)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("SCHEDULED", "scheduled"), ("IN_PLAY", "in_play"), ("PAUSED", "in_play"), ("POSTPONED", "postponed"),
        ("CANCELLED", "cancelled"), ("AWARDED", "abandoned"), ("FINISHED", "finished"),
    ],
)  # fmt: skip
def test_states_are_in_our_words_and_only_a_finished_match_has_a_score(status: str, state: str) -> None:
    score = {"duration": "PENALTIES", "fullTime": {"home": 5, "away": 4}, "regularTime": {"home": 1, "away": 1}}
    told = match(status=status, utcDate="2024-02-29T15:00:00Z", score=score)
    row = kept(parsed({"matches": [told]}), ENTITY).row(0, named=True)
    assert (row["state"], row["home_score"]) == (state, 1 if state == "finished" else None)
    assert row["match_id"] == match_id("Alderwick", "Brackmoor")


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (match("Brackmoor", "Alderwick"), "sides_swapped"),
        (match(utcDate="2024-03-20T15:00:00Z"), "off_calendar"),
        (match(home="Elsewhere"), "unknown_team"),
        (match(away="Alderwick"), "same_team"),
        (match(competition={"code": "CL"}), "unknown_competition"),
        (match(status="DREAMT"), "unknown_state"),
        (match(status="FINISHED", utcDate="2024-02-29T15:00:00Z"), "no_score"),
        (match(status="IN_PLAY"), "clock_skew"),
        (match(utcDate=5), "wrong_type"),
        (match(homeTeam=None), "missing_field"),
        (None, "not_an_object"),
    ],
)
def test_a_match_with_a_fault_is_refused_and_the_others_are_kept(told: Any, reason: str) -> None:
    found = parsed({"matches": [told, match("Corvale", "Dunmarsh", id=92, extra={})]})
    assert reasons(found, ENTITY) == [reason]
    assert kept(found, ENTITY)["vendor_match_id"].to_list() == ["92"]


def test_one_leagues_answer_has_its_league_above_the_matches() -> None:
    told = {name: value for name, value in match().items() if name != "competition"}
    assert len(kept(parsed({"competition": {"code": "PL"}, "matches": [told]}), ENTITY)) == 1


def test_a_table_is_the_whole_seasons() -> None:
    row = {
        "position": 1, "team": {"name": "Alderwick"}, "playedGames": 27, "won": 19, "draw": 3, "lost": 5, "points": 60,
        "goalsFor": 55, "goalsAgainst": 20,
    }  # fmt: skip
    tables = [{"type": "TOTAL", "table": [row]}, {"type": "HOME", "table": [row]}]
    told = {"competition": {"code": "PL"}, "season": {"startDate": "2023-08-11"}, "standings": tables}
    found = kept(parsed(told, "standings"), "standings")
    assert found.select("team_id", "season_code", "points", "drawn").rows() == [(club("Alderwick"), "2023-24", 60, 3)]


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        (b'{"message": "Your API token is invalid.", "errorCode": 400}', "http_error"),
        (b'{"matches": 7}', "malformed"), (b'{"matches": [', "malformed"), (b"<html>", "malformed"),
        (b'{"matches": []}', None),
    ],
)  # fmt: skip
def test_an_answer_that_is_none_is_known_at_once_and_refused_whole(body: bytes, verdict: str | None) -> None:
    assert TERMS.verdict("matches", body) == verdict
    assert reasons(parsed(body), ENTITY) == (["malformed_payload"] if verdict else [])


def test_all_leagues_matches_are_one_request() -> None:
    asked = FootballDataOrg().plan(competitions("football", ["E0", "D1", "EC"]), AT, NOW)
    root = "https://api.football-data.org/v4"
    assert [request.url for request in asked] == [
        f"{root}/matches?competitions=BL1,PL&dateFrom=2024-02-28&dateTo=2024-03-08",
        f"{root}/competitions/BL1/standings", f"{root}/competitions/PL/standings",
    ]  # fmt: skip
    assert FootballDataOrg().plan(competitions("football", ["EC"]), AT, NOW) == []
    assert FootballDataOrg().is_fresh(asked[0], AT, AT + timedelta(hours=5))
    assert not FootballDataOrg().is_fresh(asked[0], AT, AT + timedelta(hours=6))


@pytest.mark.parametrize("endpoint", ["matches", "standings"])
@given(
    body=st.binary(max_size=60)
    | st.dictionaries(
        st.sampled_from(["matches", "standings", "message"]),
        st.none()
        | st.lists(
            st.integers()
            | st.dictionaries(st.sampled_from(["id", "type", "table"]), st.lists(st.integers(), max_size=2)),
            max_size=2,
        ),
    ).map(lambda d: json.dumps(d).encode())
)
@settings(max_examples=80, deadline=None)
def test_any_bytes_are_refused_or_read(endpoint: str, body: bytes) -> None:
    assert accounted(parsed(body, endpoint)) >= 0
