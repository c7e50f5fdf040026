"""Absences, line-ups, statistics and tables (all payloads are invented)."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from lake.contracts.model import contract
from sources.api_football.plan import SOURCE
from tests.unit.sources.api_football.vendor import KICKOFF, TOLD, answer, fixture, parsed
from tests.unit.sources.football_calendar import at, club, kept, known, match_id, reasons

PLAYERS = pl.DataFrame(
    [
        {"player_id": "al-fern", "competition_id": "E0", "season_code": "2023-24", "player_name": "Al Fern"}
        | {"team_id": club("Alderwick"), "known_at_utc": at("2023-08-01T00:00:00Z")}
    ],
    schema=contract("silver.football.players").schema,
)
NOW = known(("Alderwick", "Brackmoor", KICKOFF), told=TOLD, players=PLAYERS)


def absence(reason: str = "Knee Injury", type: str = "Missing Fixture", **changes: Any) -> dict[str, Any]:
    return {
        "player": {"id": 11, "name": "Al Fern", "type": type, "reason": reason},
        "team": {"id": 1, "name": "Alderwick"},
        "fixture": {"id": 501, "date": "2024-03-02T15:00:00+00:00"},
        "league": {"id": 39, "season": 2023},
    } | changes


def test_an_absence_names_player_club_and_match() -> None:
    row = kept(parsed("injuries", answer([absence()]), NOW), "injuries").row(0, named=True)
    assert (row["player_id"], row["team_id"], row["match_id"]) == (
        "al-fern", club("Alderwick"), match_id("Alderwick", "Brackmoor"),
    )  # fmt: skip
    assert (row["report_id"], row["status"], row["reason"]) == ("501-11", "out", "Knee Injury")


@pytest.mark.parametrize(
    ("type", "reason", "status"),
    [
        ("Missing Fixture", "Suspended", "suspended"), ("Missing Fixture", "Red Card", "suspended"),
        ("Missing Fixture", "Yellow Cards", "suspended"), ("Questionable", "Knock", "questionable"),
        ("Missing Fixture", "", "out"),
    ],
)  # fmt: skip
def test_the_status_comes_of_type_and_reason(type: str, reason: str, status: str) -> None:
    assert kept(parsed("injuries", answer([absence(reason, type)])), "injuries")["status"].to_list() == [status]


def test_an_absence_from_a_match_that_we_do_not_know_stays_without_one() -> None:
    told = absence(fixture={"id": 999, "date": "2024-03-09T15:00:00+00:00"})
    assert kept(parsed("injuries", answer([told])), "injuries")["match_id"].to_list() == [None]


def test_absences_with_a_fault_are_refused() -> None:
    elsewhere = absence(league={"id": 2, "season": 2023})
    found = [absence(type="Resting"), absence(team={"name": "Nowhere"}), elsewhere, absence(player={})]
    refused = reasons(parsed("injuries", answer(found)), "injuries")
    assert refused == ["unknown_status", "unknown_team", "unknown_competition", "missing_field"]


def side(name: str = "Alderwick") -> dict[str, Any]:
    starter = {"player": {"id": 11, "name": "Al Fern", "number": 7, "pos": "F", "grid": "1:1"}}
    bench = {"player": {"id": 0, "name": "Bo Gale", "number": None, "pos": None, "grid": None}}
    return {"team": {"id": 1, "name": name}, "formation": "4-3-3", "startXI": [starter], "substitutes": [bench]}


def test_a_line_up_has_starters_and_bench_of_the_fixture_asked_for() -> None:
    rows = kept(parsed("lineups", answer([side()]), NOW), "lineups").sort("is_starter")
    assert rows["vendor_player_id"].to_list() == ["Bo Gale", "11"]
    starter = rows.row(1, named=True)
    assert (starter["match_id"], starter["player_id"], starter["position"], starter["formation"]) == (
        match_id("Alderwick", "Brackmoor"), "al-fern", "FWD", "4-3-3",
    )  # fmt: skip


def test_the_fixture_of_a_line_up_may_stand_in_the_address_only() -> None:
    body, url = answer([side()], parameters=[]), "https://v3.football.api-sports.io/fixtures/lineups?fixture=501"
    assert len(kept(parsed("lineups", body, NOW, url), "lineups")) == 2
    assert reasons(parsed("lineups", body, NOW), "lineups") == ["missing_field"] * 2


def test_a_side_that_does_not_play_in_the_match_is_refused() -> None:
    assert reasons(parsed("lineups", answer([side("Corvale")]), NOW), "lineups") == ["unknown_team"] * 2


def test_statistics_are_named_by_what_they_count() -> None:
    counted = [
        ("Shots on Goal", 4), ("Ball Possession", "61%"), ("Passes %", "80%"), ("expected_goals", "1.17"),
        ("Offsides", None), ("Fouls", "many"),
    ]  # fmt: skip
    told = {"team": {"name": "Brackmoor"}, "statistics": [{"type": t, "value": v} for t, v in counted]}
    found = parsed("statistics", answer([told]))
    rows = kept(found, "match_statistics")
    assert dict(rows.select("statistic", "value").iter_rows()) == {
        "shots_on_goal": 4.0, "ball_possession_pct": 61.0, "passes_pct": 80.0, "expected_goals": 1.17,
    }  # fmt: skip
    assert set(rows["side"]) == {"away"}
    assert reasons(found, "match_statistics") == ["unreadable_value"]


def test_reports_inside_an_answer_on_one_fixture_are_read_with_it() -> None:
    told = fixture("Corvale", "Dunmarsh", number=777) | {
        "statistics": [{"team": {"name": "Dunmarsh"}, "statistics": [{"type": "Fouls", "value": 9}]}],
        "lineups": [side("Corvale")],
    }
    found = parsed("fixtures", answer([told]), NOW)
    assert kept(found, "match_statistics").select("match_id", "value").row(0) == (match_id("Corvale", "Dunmarsh"), 9.0)
    assert len(kept(found, "lineups")) == 2


def test_a_table_has_a_row_a_club_and_a_second_one_is_refused() -> None:
    row = {
        "rank": 1, "team": {"name": "Alderwick"}, "points": 60, "group": "x",
        "all": {"played": 27, "win": 19, "draw": 3, "lose": 5, "goals": {"for": 55, "against": 20}},
    }  # fmt: skip
    told = {"league": {"id": 39, "season": 2023, "standings": [[row], [row | {"rank": 2}]]}}
    found = parsed("standings", answer([told]))
    assert kept(found, "standings").select("team_id", "rank", "points", "goals_for").row(0) == (
        club("Alderwick"), 1, 60, 55,
    )  # fmt: skip
    assert reasons(found, "standings") == ["second_table"]


def test_both_doors_share_the_numbers_of_fixtures() -> None:
    other = known(told=TOLD.with_columns(source=pl.lit(f"{SOURCE}_rapid")))
    assert len(kept(parsed("lineups", answer([side()]), other), "lineups")) == 2
