"""StatsBomb's open data: matches and shots (all payloads are invented, in the vendor's shape)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lake.competitions import competitions
from sources.base import Parsed, Payload
from sources.known import Known
from sources.statsbomb.plan import ROOT, SOURCE
from sources.statsbomb.source import StatsBomb
from tests.unit.sources.football_calendar import AT, LEAGUES, accounted, at, club, kept, known, match_id, reasons, told

KICKOFF = "2024-02-24T15:00:00Z"
TOLD = told(SOURCE, ("77", "Alderwick", "Brackmoor", KICKOFF))
NOW = known(("Alderwick", "Brackmoor", KICKOFF), state="finished", told=TOLD)
EVENTS = f"{ROOT}/events/77.json"


def match(home: str = "Alderwick", away: str = "Brackmoor", **changes: Any) -> dict[str, Any]:
    return {
        "match_id": 77, "match_date": "2024-02-24", "kick_off": "17:00:00.000", "match_status": "available",
        "competition": {"competition_id": 2, "country_name": "England", "competition_name": "Premier League"},
        "season": {"season_id": 281, "season_name": "2023/2024"}, "home_team": {"home_team_name": home},
        "away_team": {"away_team_name": away}, "home_score": 2, "away_score": 1, "stadium": {"name": "Fern Park"},
    } | changes  # fmt: skip


def shot(period: int = 1, team: str = "Brackmoor", **changes: Any) -> dict[str, Any]:
    detail = {"statsbomb_xg": 0.25, "outcome": {"name": "Goal"}, "type": {"name": "Open Play"}, "freeze_frame": [1]}
    return {
        "id": "ab-1", "period": period, "minute": 31, "type": {"id": 16, "name": "Shot"}, "team": {"name": team},
        "player": {"name": "Al Fern"}, "play_pattern": {"name": "From Corner"}, "shot": detail | changes,
    }  # fmt: skip


def parsed(document: Any, endpoint: str = "matches", url: str = ROOT, now: Known = NOW) -> Parsed:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return StatsBomb().parse(Payload(url, endpoint, "E0", None, AT, "0" * 64, body), LEAGUES, now)


def test_a_match_has_the_anchors_kick_off_and_is_known_from_the_capture_on() -> None:
    row = kept(parsed([match()]), "vendor_matches").row(0, named=True)
    assert (row["match_id"], row["event_at_utc"]) == (match_id("Alderwick", "Brackmoor"), at(KICKOFF))
    assert (row["home_score"], row["state"], row["known_at_utc"]) == (2, "finished", AT)


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (match("Brackmoor", "Alderwick"), "sides_swapped"),
        (match("Corvale", "Dunmarsh"), "unknown_match"),
        (match(match_date="2023-11-24"), "off_calendar"),
        (match(home="Elsewhere"), "unknown_team"),
        (match(competition={"competition_id": 43}), "unknown_competition"),
        (match(season={"season_name": "2018"}), "bad_season"),
        (match(match_date="soon"), "bad_date"),
        (match(match_status="deleted"), "unknown_state"),
        (match(home_score=None), "no_score"),
        (match(home_team=3), "missing_field"),
    ],
)
def test_a_match_with_a_fault_is_refused_and_the_others_are_kept(told: Any, reason: str) -> None:
    found = parsed([told, match(match_id=78)])
    assert reasons(found, "vendor_matches") == [reason]
    assert kept(found, "vendor_matches")["vendor_match_id"].to_list() == ["78"]


def test_a_shot_has_its_side_its_chance_and_how_it_came() -> None:
    events = [{"id": "p", "type": {"name": "Pass"}}, shot(), shot(period=5)]
    row = kept(parsed(events, "events", EVENTS), "shots").row(0, named=True)
    assert (row["match_id"], row["side"], row["team_id"]) == (
        match_id("Alderwick", "Brackmoor"),
        "away",
        club("Brackmoor"),
    )
    assert (row["minute"], row["expected_goals"], row["is_goal"], row["is_penalty"]) == (31, 0.25, True, False)
    assert (row["situation"], row["player_name"]) == ("From Corner", "Al Fern")


def test_a_penalty_in_play_is_a_shot_and_one_of_a_shoot_out_is_none() -> None:
    events = [shot(type={"name": "Penalty"}), shot(period=5, type={"name": "Penalty"})]
    rows = kept(parsed(events, "events", EVENTS), "shots")
    assert rows.select("is_penalty", "situation").rows() == [(True, "Penalty")]


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (shot(team="Corvale"), "unknown_team"), (shot(statsbomb_xg="much"), "wrong_type"),
        (shot(outcome=None), "missing_field"), (shot() | {"shot": None}, "missing_field"),
    ],
)  # fmt: skip
def test_a_shot_with_a_fault_is_refused_and_the_others_are_kept(event: Any, reason: str) -> None:
    found = parsed([event, shot()], "events", EVENTS)
    assert reasons(found, "shots") == [reason]
    assert len(kept(found, "shots")) == 1


def test_shots_of_a_match_that_nobody_told_of_are_refused() -> None:
    assert reasons(parsed([shot()], "events", f"{ROOT}/events/999.json"), "shots") == ["unknown_match"]
    assert reasons(parsed([shot()], "events", f"{ROOT}/events/all"), "shots") == ["malformed_payload"]


def test_events_are_asked_for_of_matches_of_late_only() -> None:
    leagues = competitions("football", ["E0"])
    lately, long_after = (StatsBomb().plan(leagues, at(KICKOFF) + timedelta(days=days), NOW) for days in (10, 500))
    assert [r.url for r in lately if r.endpoint == "events"] == [EVENTS]
    assert [r.url for r in long_after] == [
        f"{ROOT}/competitions.json",
        f"{ROOT}/matches/2/27.json",
        f"{ROOT}/matches/2/44.json",
    ]
    assert StatsBomb().plan(competitions("football", ["E1"]), AT, NOW) == []


@pytest.mark.parametrize("endpoint", ["competitions", "matches", "events"])
@given(
    body=st.binary(max_size=60)
    | st.lists(
        st.none()
        | st.integers()
        | st.dictionaries(
            st.sampled_from(["type", "shot", "match_id"]),
            st.dictionaries(st.just("name"), st.sampled_from(["Shot", ""])),
        ),
        max_size=3,
    ).map(lambda d: json.dumps(d).encode())
)
@settings(max_examples=80, deadline=None)
def test_any_bytes_are_refused_or_read(endpoint: str, body: bytes) -> None:
    assert accounted(parsed(body, endpoint, EVENTS)) >= 0
