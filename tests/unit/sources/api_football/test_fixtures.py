"""Fixtures become vendor matches, or are refused with a reason (all payloads are invented)."""

from __future__ import annotations

from typing import Any

import pytest

from sources.api_football.plan import DIRECT
from tests.unit.sources.api_football.vendor import KICKOFF, answer, fixture, parsed
from tests.unit.sources.football_calendar import AT, at, kept, known, match_id, reasons

ENTITY = "vendor_matches"


def test_a_fixture_is_the_anchors_match_known_from_the_capture_on() -> None:
    row = kept(parsed("fixtures", answer([fixture()])), ENTITY).row(0, named=True)
    assert (row["match_id"], row["vendor_match_id"]) == (match_id("Alderwick", "Brackmoor"), "501")
    assert (row["event_at_utc"], row["known_at_utc"], row["known_at_basis"]) == (at(KICKOFF), AT, "observed")
    assert (row["state"], row["home_score"], row["venue"]) == ("scheduled", None, "Fern Park")


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("TBD", "scheduled"), ("1H", "in_play"), ("HT", "in_play"), ("SUSP", "in_play"), ("FT", "finished"),
        ("AET", "finished"), ("PEN", "finished"), ("PST", "postponed"), ("CANC", "cancelled"), ("ABD", "abandoned"),
        ("AWD", "abandoned"), ("WO", "cancelled"),
    ],
)  # fmt: skip
def test_states_are_in_our_words_and_only_a_finished_match_has_a_score(status: str, state: str) -> None:
    told = fixture(status=status, goals=(2, 1), date="2024-02-29T15:00:00+00:00")
    row = kept(parsed("fixtures", answer([told])), ENTITY).row(0, named=True)
    assert (row["state"], row["home_score"]) == (state, 2 if state == "finished" else None)


def test_a_match_after_extra_time_has_its_score_after_90_minutes() -> None:
    told = fixture(status="AET", goals=(1, 1), date="2024-02-29T15:00:00+00:00") | {"goals": {"home": 3, "away": 1}}
    row = kept(parsed("fixtures", answer([told])), ENTITY).row(0, named=True)
    assert (row["home_score"], row["away_score"]) == (1, 1)


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (fixture("Brackmoor", "Alderwick"), "sides_swapped"),
        (fixture(date="2024-03-20T15:00:00+00:00"), "off_calendar"),
        (fixture(home="Somewhere Else"), "unknown_team"),
        (fixture(away="Alderwick"), "same_team"),
        (fixture(league=2), "unknown_competition"),
        (fixture(status="??"), "unknown_state"),
        (fixture(status="FT", goals=(1, 0)), "clock_skew"),
        (fixture(date="tomorrow"), "wrong_type"),
        ({name: value for name, value in fixture().items() if name != "teams"}, "missing_field"),
        (7, "not_an_object"),
    ],
)  # fmt: skip
def test_a_fixture_with_a_fault_is_refused_and_the_others_are_kept(told: Any, reason: str) -> None:
    found = parsed("fixtures", answer([told, fixture("Corvale", "Dunmarsh", number=502)]))
    assert reasons(found, ENTITY) == [reason]
    assert kept(found, ENTITY)["vendor_match_id"].to_list() == ["502"]


def test_a_finished_match_without_a_score_is_refused() -> None:
    told = fixture(status="FT", date="2024-02-29T15:00:00+00:00")
    assert reasons(parsed("fixtures", answer([told])), ENTITY) == ["no_score"]


def test_a_match_that_the_anchor_does_not_know_yet_is_the_first_meeting() -> None:
    found = parsed("fixtures", answer([fixture("Alderwick", "Dunmarsh")]), known(("Corvale", "Dunmarsh", KICKOFF)))
    assert kept(found, ENTITY)["match_id"].to_list() == [match_id("Alderwick", "Dunmarsh")]


def test_a_refused_club_comes_with_the_line_that_would_resolve_it() -> None:
    refused = parsed("fixtures", answer([fixture(home="Aldervick Rovers")])).refused[ENTITY]
    assert "Alias: api_football,E0,Aldervick Rovers," in refused["_detail"].item()


def test_unknown_fields_break_nothing() -> None:
    told = fixture() | {"weather": {"wind": [1]}, "fixture": fixture()["fixture"] | {"attendance": 4}}
    assert len(kept(parsed("fixtures", answer([told], version=9)), ENTITY)) == 1


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        (b'{"errors": {"requests": "You have reached the request limit for the day"}}', "quota_refused"),
        (b'{"message": "You have exceeded the MONTHLY quota for Requests"}', "quota_refused"),
        (b'{"errors": {"rateLimit": "Too many requests per minute"}, "response": []}', "http_error"),
        (b'{"errors": {"token": "Error/Missing application key"}, "response": []}', "http_error"),
        (b'{"errors": ["broken"], "response": []}', "http_error"),
        (b'{"errors": [], "response": [{"fixture": ', "malformed"),
        (b"<html>Bad gateway</html>", "malformed"),
        (b'{"errors": []}', "malformed"),
        (b'{"errors": [], "response": []}', None),
    ],
)  # fmt: skip
def test_an_answer_that_is_none_is_known_at_once_and_refused_whole(body: bytes, verdict: str | None) -> None:
    assert DIRECT.terms.verdict("fixtures", body) == verdict
    found = parsed("fixtures", body)
    assert reasons(found, ENTITY) == (["malformed_payload"] if verdict else [])
