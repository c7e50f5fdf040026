"""The game's fixtures and running weeks (all payloads are invented, in the vendor's shape)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lake.competitions import competitions
from lake.contracts.model import contract
from sources.base import Parsed, Payload
from sources.fantasy_premier_league import plan
from sources.fantasy_premier_league.source import FantasyPremierLeague
from sources.known import Known
from tests.unit.sources.football_calendar import (
    AT,
    LEAGUES,
    SEASON,
    accounted,
    at,
    club,
    kept,
    known,
    match_id,
    reasons,
    told,
)  # fmt: skip

KICKOFF = "2024-02-29T20:00:00Z"
PLAYED = told(plan.SOURCE, (f"{SEASON}-261", "Alderwick", "Brackmoor", KICKOFF))


def people() -> pl.DataFrame:
    listed = [("11", "al-fern", "Alderwick"), ("12", "bo-gale", "Brackmoor"), ("13", "cy-hale", "Alderwick")]
    rows = [
        {"player_id": slug, "player_id_fpl": number, "player_name": slug, "team_id": club(side), "position": "MID"}
        | {"season_code": SEASON, "competition_id": "E0", "known_at_utc": at("2024-02-01T00:00:00Z")}
        for number, slug, side in listed
    ]
    return pl.DataFrame(rows, schema=contract("silver.football.players").schema)


NOW = known(("Alderwick", "Brackmoor", KICKOFF), told=PLAYED, players=people())


def fixture(number: int = 261, home: int = 1, away: int = 2, **changes: Any) -> dict[str, Any]:
    deeds = [
        {"identifier": "goals_scored", "h": [{"value": 2, "element": 11}], "a": [{"value": 1, "element": 12}]},
        {"identifier": "own_goals", "h": [], "a": [{"value": 1, "element": 13}]},
    ]
    return {
        "id": number, "event": 27, "kickoff_time": KICKOFF, "team_h": home, "team_a": away, "team_h_score": 2,
        "team_a_score": 1, "started": True, "finished": True, "stats": deeds,
    } | changes  # fmt: skip


def player(number: int = 11, fixtures: tuple[int, ...] = (261,), **stats: Any) -> dict[str, Any]:
    counted = {"minutes": 90, "goals_scored": 2, "assists": 0, "starts": 1, "threat": "31.0", "expected_goals": "0.75"}
    return {"id": number, "stats": counted | stats, "explain": [{"fixture": n, "stats": []} for n in fixtures]}


def parsed(endpoint: str, document: Any, now: Known = NOW, captured: Any = AT) -> Parsed:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return FantasyPremierLeague().parse(
        Payload("https://x", endpoint, "E0", None, captured, "0" * 64, body), LEAGUES, now
    )


def test_a_fixtures_clubs_are_those_of_the_players_on_its_sides() -> None:
    row = kept(parsed("fixtures", [fixture()]), "vendor_matches").row(0, named=True)
    assert (row["match_id"], row["vendor_match_id"]) == (match_id("Alderwick", "Brackmoor"), f"{SEASON}-261")
    assert (row["home_name"], row["state"], row["home_score"], row["known_at_utc"]) == ("Alderwick", "finished", 2, AT)


def test_a_coming_fixture_has_no_score_and_its_clubs_from_fixtures_played() -> None:
    coming = fixture(
        271, 2, 1, kickoff_time="2024-04-29T20:00:00Z", started=False, finished=False, stats=[], team_h_score=None
    )
    row = kept(parsed("fixtures", [fixture(), coming]), "vendor_matches").row(1, named=True)
    assert (row["match_id"], row["state"], row["home_score"]) == (match_id("Brackmoor", "Alderwick"), "scheduled", None)


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (fixture(9, 3, 4, stats=[]), "unknown_team"), (fixture(9, kickoff_time=None), "missing_field"),
        (fixture(9, 2, 1, stats=[]), "sides_swapped"), (fixture(9, finished="yes"), "wrong_type"), (4, "not_an_object"),
    ],
)  # fmt: skip
def test_a_fixture_with_a_fault_is_refused_and_the_others_are_kept(told: Any, reason: str) -> None:
    found = parsed("fixtures", [told, fixture()])
    assert reasons(found, "vendor_matches") == [reason]
    assert len(kept(found, "vendor_matches")) == 1


def test_two_numbers_that_claim_one_club_are_nobodys() -> None:
    wrong = fixture(262, 5, 2, stats=[{"identifier": "saves", "h": [{"value": 1, "element": 11}], "a": []}])
    assert reasons(parsed("fixtures", [fixture(), wrong]), "vendor_matches") == ["unknown_team"] * 2


def test_a_players_match_is_known_from_the_capture_on() -> None:
    row = kept(parsed("live", {"elements": [player()]}), "player_stats").row(0, named=True)
    assert (row["match_id"], row["player_id"], row["team_id"]) == (
        match_id("Alderwick", "Brackmoor"), "al-fern", club("Alderwick"),
    )  # fmt: skip
    assert (row["minutes"], row["goals"], row["has_started"], row["threat"]) == (90, 2, True, 31.0)
    assert (row["known_at_utc"], row["known_at_basis"], row["event_at_utc"]) == (AT, "observed", at(KICKOFF))


def test_a_match_under_way_and_a_player_without_one_are_no_candidates() -> None:
    early = at(KICKOFF) + timedelta(hours=1)
    assert accounted(parsed("live", {"elements": [player()]}, captured=early)) == 0
    assert accounted(parsed("live", {"elements": [player(fixtures=())]})) == 0


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (player(fixtures=(261, 262)), "two_matches"), (player(99), "unknown_player"),
        (player(fixtures=(999,)), "unknown_match"), (player(minutes="many"), "wrong_type"), (7, "not_an_object"),
    ],
)  # fmt: skip
def test_a_player_with_a_fault_is_refused_and_the_others_are_kept(told: Any, reason: str) -> None:
    found = parsed("live", {"elements": [told, player(12)]})
    assert reasons(found, "player_stats") == [reason]
    assert kept(found, "player_stats")["player_id"].to_list() == ["bo-gale"]


def test_the_weeks_of_the_last_two_days_are_asked_for() -> None:
    asked = FantasyPremierLeague().plan(competitions("football", ["E0"]), AT, NOW)
    root = "https://fantasy.premierleague.com/api"
    assert [r.url for r in asked if r.endpoint != plan.GAME_WEEK] == [
        f"{root}/bootstrap-static/", f"{root}/fixtures/", f"{root}/event/27/live/",
    ]  # fmt: skip


TREES = st.recursive(
    st.none() | st.integers() | st.text(max_size=3),
    lambda inside: (
        st.lists(inside, max_size=3)
        | st.dictionaries(
            st.sampled_from(["elements", "explain", "stats", "id", "fixture", "h", "team_h"]), inside, max_size=3
        )
    ),
)


@pytest.mark.parametrize("endpoint", ["live", "fixtures"])
@given(body=st.binary(max_size=60) | TREES.map(lambda tree: json.dumps(tree).encode()))
@settings(max_examples=80, deadline=None)
def test_any_bytes_are_refused_or_read(endpoint: str, body: bytes) -> None:
    assert accounted(parsed(endpoint, body)) >= 0
