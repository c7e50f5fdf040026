"""Scoreboards, box scores and the list of players (payloads are invented)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sources.base import Parsed
from sources.known import Known
from sources.stats_nba_com.reading import BOX_SCORE, PLAYERS, SCOREBOARD, minutes
from sources.stats_nba_com.source import StatsNbaCom
from tests.unit.sources.nba import CAPTURED, LEAGUES, NOBODY, game, knowing, payload, reasons, silver
from tests.unit.sources.stats_nba_com.vendor import GAME, board, box, boxed, people, side

TOLD = datetime(2023, 11, 1, 23, tzinfo=UTC)
NUMBERED = knowing(
    game("bos", "nyk", TOLD),
    vendor_matches=[{"source": "stats_nba_com", "vendor_match_id": "0022300900",
                     "match_id": "NBA-2023-24-20231101-bos-nyk"}],
)  # fmt: skip


def day(*games: object, known: Known = NOBODY, at: datetime = CAPTURED) -> Parsed:
    return StatsNbaCom().parse(payload(SCOREBOARD, board(*games), at=at), LEAGUES, known)


def test_a_final_game_has_points_overtimes_and_the_moment_it_was_seen() -> None:
    found = day(GAME)
    state = silver(found, "matches").row(0, named=True)
    assert state["match_id"] == "NBA-2023-24-20231101-bos-nyk"
    assert (state["state"], state["home_points"], state["away_points"], state["overtime_periods"]) == (
        "finished", 110, 100, 1,
    )  # fmt: skip
    assert (state["event_at_utc"], state["known_at_utc"], state["known_at_basis"]) == (TOLD, CAPTURED, "observed")
    assert silver(found, "vendor_matches")["vendor_match_id"].to_list() == ["0022300900"]


@pytest.mark.parametrize(
    ("status", "text", "state"),
    [
        (1, "7:00 pm ET", "scheduled"),
        (2, "Q3 5:00", "scheduled"),
        (1, "PPD", "postponed"),
        (1, "Cancelled", "cancelled"),
    ],
)
def test_a_game_that_is_not_over_has_no_points(status: int, text: str, state: str) -> None:
    found = silver(day(GAME | {"gameStatus": status, "gameStatusText": text}), "matches")
    assert found.select("state", "home_points", "overtime_periods").rows() == [(state, None, None)]


def test_a_late_game_is_dated_by_the_eastern_day() -> None:
    late = GAME | {"gameTimeUTC": "2023-11-02T03:30:00Z"}
    assert day(late).rows["matches"]["match_id"].to_list() == ["NBA-2023-24-20231101-bos-nyk"]


FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"gameCode": "20231101/BOSNYK"}, "sides_swapped"),
    ({"gameCode": "20231103/NYKBOS"}, "bad_tipoff"),
    ({"gameId": "0022200900"}, "out_of_season"),
    ({"gameId": "0092300900"}, "unknown_season"),
    ({"gameStatus": 7}, "unknown_state"),
    ({"gameStatus": None}, "missing_field"),
    ({"gameTimeUTC": "2023-11-01 TBD"}, "wrong_type"),
    ({"homeTeam": side(1610612738, "BOS", "Boston", "Celtics", 100)}, "result_contradicts"),
    ({"homeTeam": {"teamId": 0, "teamTricode": "TBD?"}}, "unknown_team"),
    ({"homeTeam": {"teamId": 1610612738}}, "missing_field"),
]


@pytest.mark.parametrize(("change", "reason"), FAULTS)
def test_a_broken_game_is_refused_and_the_others_are_kept(change: dict[str, Any], reason: str) -> None:
    other = GAME | {"gameId": "0022300901", "gameCode": "20231101/LALDEN",
                    "homeTeam": side(1610612743, "DEN", "Denver", "Nuggets", 99),
                    "awayTeam": side(1610612747, "LAL", "Los Angeles", "Lakers", 98)}  # fmt: skip
    found = day(GAME | change, other)
    assert reasons(found, "matches") == [reason]
    assert found.rows["matches"]["match_id"].to_list() == ["NBA-2023-24-20231101-den-lal"]


def test_a_result_before_tip_off_is_a_clock_that_is_wrong() -> None:
    assert reasons(day(GAME, at=TOLD - timedelta(hours=1)), "matches") == ["clock_skew"]


def test_a_game_the_other_way_round_in_the_calendar_is_refused() -> None:
    assert reasons(day(GAME, known=knowing(game("nyk", "bos", TOLD))), "matches") == ["sides_swapped"]


def test_pre_season_games_are_left_out() -> None:
    found = day(GAME | {"gameId": "0012300900"})
    assert found.rows["matches"].is_empty()
    assert found.refused["matches"].is_empty()


def boxes(home: Sequence[object], away: Sequence[object], known: Known = NUMBERED) -> Parsed:
    return StatsNbaCom().parse(payload(BOX_SCORE, box(home, away)), LEAGUES, known)


def test_a_box_score_says_who_started_how_long_he_played_and_why_he_did_not() -> None:
    found = boxes(
        [boxed(9900001, "30:49", "F"), boxed(9900002, "", comment="DNP - Rest")], [boxed(9900003, "PT12M30.00S")]
    )
    rows = silver(found, "player_stats").sort("player_id_nba")
    assert rows["has_started"].to_list() == [True, False, False]
    assert rows["minutes"].to_list() == [pytest.approx(30 + 49 / 60), None, 12.5]
    assert rows["comment"].to_list() == [None, "DNP - Rest", None]
    assert rows["team_id"].to_list() == ["nba-bos", "nba-bos", "nba-nyk"]
    assert set(rows["match_id"]) == {"NBA-2023-24-20231101-bos-nyk"}


def test_without_its_number_a_box_score_is_the_one_recent_meeting_of_its_clubs() -> None:
    home, away = [boxed(9900001, "30:49")], [boxed(9900002, "12:00")]
    recent = knowing(game("bos", "nyk", TOLD))
    assert len(boxes(home, away, recent).rows["player_stats"]) == 2
    old = knowing(game("bos", "nyk", TOLD - timedelta(days=5)))
    assert reasons(boxes(home, away, old), "player_stats") == ["off_calendar"] * 2


def test_a_box_score_with_its_sides_swapped_is_refused() -> None:
    turned = knowing(
        game("nyk", "bos", TOLD),
        vendor_matches=[{"source": "stats_nba_com", "vendor_match_id": "0022300900",
                         "match_id": "NBA-2023-24-20231101-nyk-bos"}],
    )  # fmt: skip
    found = boxes([boxed(9900001, "30:49")], [boxed(9900002, "12:00")], turned)
    assert reasons(found, "player_stats") == ["sides_swapped"] * 2


def test_a_player_twice_and_one_who_cannot_be_read_are_refused_alone() -> None:
    twice = boxed(9900001, "30:49")
    other = boxed(9900001, "30:50")
    broken = {**boxed(9900002, "1:00"), "statistics": {"points": "many"}}
    found = boxes([twice, other, broken, 7], [boxed(9900003, "12:00")])
    assert sorted(reasons(found, "player_stats")) == [
        "contradicting_rows", "contradicting_rows", "missing_field", "wrong_type",
    ]  # fmt: skip
    assert len(found.rows["player_stats"]) == 1


def test_nobody_in_a_box_score_is_no_answer() -> None:
    assert reasons(boxes([], []), "player_stats") == ["malformed_payload"]
    assert StatsNbaCom().terms.verdict(BOX_SCORE, box([], [])) == "malformed"


@pytest.mark.parametrize(
    ("said", "meant"),
    [("PT30M49.00S", 30 + 49 / 60), ("30:49", 30 + 49 / 60), ("PT1H02M", 62.0), (31, 31.0), ("PT", None), ("x", None)],
)
def test_minutes_are_read_in_every_form(said: object, meant: float | None) -> None:
    found = minutes(said)
    assert found is None if meant is None else found == pytest.approx(meant)


def test_the_list_of_players_has_clubs_of_those_on_a_roster() -> None:
    body = people(
        (9900001, "Ansel Brightwater", 1, "2019", "2023", 1610612738, "BOS"),
        (9900002, "Dorian Vale", 0, "1990", "1994", 0, ""),
    )
    found = silver(StatsNbaCom().parse(payload(PLAYERS, body), LEAGUES, NOBODY), "players")
    assert found.select("player_id", "team_id", "first_season", "last_season", "season_code").rows() == [
        ("ansel-brightwater", "nba-bos", 2019, 2023, "2023-24"),
        ("dorian-vale", None, 1990, 1994, "2023-24"),
    ]
    assert set(found["known_at_utc"]) == {CAPTURED}


def test_one_number_of_two_players_is_refused() -> None:
    body = people(
        (9900001, "Ansel Brightwater", 0, "2019", "2023", 0, ""), (9900001, "Dorian Vale", 0, "1990", "1994", 0, "")
    )
    found = StatsNbaCom().parse(payload(PLAYERS, body), LEAGUES, NOBODY)
    assert reasons(found, "players") == ["contradicting_rows"] * 2
