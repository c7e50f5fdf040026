"""Injuries, news, what is asked for, and bodies that are no answer (payloads are invented)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.base import Parsed
from sources.espn.reading import INJURIES, NEWS, SCOREBOARD
from sources.espn.source import Espn
from sources.known import Known
from tests.unit.sources.espn.vendor import NESTED, article, board, event, injuries, injury, news
from tests.unit.sources.nba import CAPTURED, LEAGUES, NOBODY, game, is_accounted, knowing, payload, reasons, silver

LISTED = knowing(
    players=[{"player_id": "ansel-brightwater", "player_id_nba": "9900001", "player_name": "Ansel Brightwater",
              "competition_id": "NBA", "season_code": "2023-24", "team_id": "nba-bos"}]
)  # fmt: skip
ENTITIES = {SCOREBOARD: "vendor_matches", INJURIES: "injuries", NEWS: "news"}
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner))


def read(endpoint: str, body: bytes, known: Known = NOBODY) -> Parsed:
    return Espn().parse(payload(endpoint, body), LEAGUES, known)


def test_a_report_names_player_club_status_and_what_hurts() -> None:
    found = silver(read(INJURIES, injuries(("Boston Celtics", [injury()])), LISTED), "injuries").row(0, named=True)
    assert (found["player_id"], found["team_id"], found["status"]) == ("ansel-brightwater", "nba-bos", "questionable")
    assert (found["vendor_player_id"], found["report_id"], found["reason"]) == ("9900001", "5551", "Right Knee")
    assert (found["known_at_utc"], found["event_at_utc"]) == (CAPTURED, datetime(2023, 11, 1, 20, 10, tzinfo=UTC))


def test_a_player_whom_nobody_knows_is_kept_without_an_id() -> None:
    assert silver(read(INJURIES, injuries(("Boston Celtics", [injury()]))), "injuries")["player_id"].to_list() == [None]


@pytest.mark.parametrize(
    ("club", "change", "reason"),
    [
        ("Nowhere", {}, "unknown_team"),
        ("Boston Celtics", {"status": "Fine, thanks"}, "unknown_status"),
        ("Boston Celtics", {"date": "2023-11-02T12:11Z"}, "clock_skew"),
        ("Boston Celtics", {"athlete": {}}, "missing_field"),
        ("Boston Celtics", {"status": 7.5}, "unknown_status"),
        ("Boston Celtics", {"date": "then"}, "wrong_type"),
    ],
)
def test_a_broken_report_is_refused_and_the_others_are_kept(club: str, change: dict[str, Any], reason: str) -> None:
    found = read(INJURIES, injuries((club, [injury(**change)]), ("LA Clippers", [injury(id="5552")])))
    assert reasons(found, "injuries") == [reason]
    assert found.rows["injuries"]["report_id"].to_list() == ["5552"]


def test_a_club_whose_list_was_renamed_is_noticed() -> None:
    body = json.dumps({"injuries": [{"displayName": "Boston Celtics", "reports": [injury()]}]}).encode()
    assert reasons(read(INJURIES, body), "injuries") == ["missing_field"]


def test_an_article_is_one_row_for_each_club_and_player_that_it_names() -> None:
    found = silver(read(NEWS, news(article(), article(id=7002, categories=[])), LISTED), "news")
    assert found.select("news_id", "subject", "competition_id").rows() == [
        ("7001", "team:nba-bos", "NBA"),
        ("7001", "player:ansel-brightwater", "NBA"),
        ("7002", "none", "all"),
    ]


def test_an_article_without_a_number_is_told_by_its_link_and_one_of_tomorrow_is_refused() -> None:
    again = read(NEWS, news(article(id=None), article(published="2023-11-03T10:00:00Z"), article(headline=None)))
    assert reasons(again, "news") == ["clock_skew", "missing_field"]
    assert len(set(again.rows["news"]["news_id"])) == 1


@pytest.mark.parametrize("endpoint", list(ENTITIES))
@pytest.mark.parametrize(
    "body", [b"", b"<html/>", b'{"code": 404, "message": "no"}', b'{"events": 3}', board(event())[:90]]
)
def test_what_is_no_answer_is_refused_whole_and_known_to_the_transport(endpoint: str, body: bytes) -> None:
    assert reasons(read(endpoint, body), ENTITIES[endpoint]) == ["malformed_payload"]
    assert Espn().terms.verdict(endpoint, body) in ("malformed", "http_error")


@pytest.mark.parametrize("endpoint", list(ENTITIES))
@given(body=st.binary(max_size=60) | JSON.map(lambda found: json.dumps(found).encode()))
@settings(max_examples=40, deadline=None)
def test_any_bytes_are_refused_whole(endpoint: str, body: bytes) -> None:
    assert is_accounted(Espn(), read(endpoint, body))


@given(odds=JSON, change=st.dictionaries(st.sampled_from(["id", "date", "name", "season", "competitions"]), JSON))
@settings(max_examples=60, deadline=None)
def test_any_game_and_any_prices_are_read_or_refused(odds: Any, change: dict[str, Any]) -> None:
    wild = {**NESTED, "moneyline": odds, "pointSpread": {"home": {"close": odds}}, "overUnder": odds}
    found = read(SCOREBOARD, board(event(odds=[wild, odds]), event(**change)))
    assert is_accounted(Espn(), found)


@given(change=st.dictionaries(st.sampled_from(sorted(injury())), JSON, min_size=1), item=JSON)
@settings(max_examples=40, deadline=None)
def test_any_report_and_any_article_is_read_or_refused(change: dict[str, Any], item: Any) -> None:
    assert is_accounted(Espn(), read(INJURIES, injuries(("Boston Celtics", [injury(**change), item]))))
    assert is_accounted(Espn(), read(NEWS, news(article(categories=item), article(links=item), item)))


def test_today_is_closing_while_a_game_is_about_to_begin() -> None:
    noon = datetime(2023, 11, 2, 16, tzinfo=UTC)
    soon = knowing(game("bos", "nyk", noon + timedelta(minutes=74)))
    later = knowing(game("bos", "nyk", noon + timedelta(minutes=76)))
    first = Espn().plan(LEAGUES, noon, soon)
    assert first == Espn().plan(LEAGUES, noon, soon)
    assert [request.url.rsplit("/", 1)[1] for request in first] == [
        "scoreboard?dates=20231102", "injuries", "scoreboard?dates=20231103", "scoreboard?dates=20231104",
        "scoreboard?dates=20231101", "news?limit=50",
    ]  # fmt: skip
    assert [request.is_closing for request in first] == [True, False, False, False, False, False]
    assert not any(request.is_closing for request in Espn().plan(LEAGUES, noon, later))
    assert not Espn().is_fresh(first[0], noon, noon + timedelta(minutes=5))
    assert Espn().is_fresh(first[1], noon, noon + timedelta(minutes=29))
