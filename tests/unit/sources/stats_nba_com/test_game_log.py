"""Logs of seasons: what becomes of a game, and what is refused (payloads are invented)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from sources.base import Parsed
from sources.known import Known
from sources.stats_nba_com.reading import PLAYER_LOG, TEAM_LOG
from sources.stats_nba_com.source import StatsNbaCom
from tests.unit.sources.nba import LEAGUES, NOBODY, game, knowing, payload, reasons, silver
from tests.unit.sources.stats_nba_com.vendor import AWAY, HOME, PLAYER, TEAM_HEADERS, log, player_log

NEXT_MORNING = datetime(2023, 11, 2, 6, tzinfo=UTC)
NOMINAL = datetime(2023, 11, 1, 23, 30, tzinfo=UTC)
TOLD = datetime(2023, 11, 1, 23, 0, tzinfo=UTC)


def teams(*rows: dict[str, Any], known: Known = NOBODY) -> Parsed:
    return StatsNbaCom().parse(payload(TEAM_LOG, log(*rows)), LEAGUES, known)


def players(*rows: dict[str, Any], known: Known = NOBODY) -> Parsed:
    return StatsNbaCom().parse(payload(PLAYER_LOG, player_log(*rows)), LEAGUES, known)


def test_two_rows_of_a_game_are_one_match_scheduled_by_rule_and_known_the_morning_after() -> None:
    found = silver(teams(HOME, AWAY), "matches").sort("known_at_utc")
    assert found["match_id"].unique().to_list() == ["NBA-2023-24-20231101-bos-nyk"]
    assert found["state"].to_list() == ["scheduled", "finished"]
    assert found["known_at_basis"].to_list() == ["rule", "date_only"]
    assert found["event_at_utc"].to_list() == [NOMINAL, NOMINAL]
    assert found["known_at_utc"][1] == NEXT_MORNING
    assert found.row(1, named=True) | {"home_points": 110, "away_points": 100, "overtime_periods": 0} == found.row(
        1, named=True
    )
    assert found["home_points"][0] is None


def test_a_tip_off_that_a_scoreboard_told_stands_and_needs_no_rule() -> None:
    found = silver(teams(HOME, AWAY, known=knowing(game("bos", "nyk", TOLD))), "matches")
    assert found.select("state", "event_at_utc").rows() == [("finished", TOLD)]


def test_overtimes_are_told_by_the_minutes_of_five_players() -> None:
    longer = {"MIN": 266}
    assert silver(teams(HOME | longer, AWAY | longer), "matches")["overtime_periods"].to_list() == [None, 1]
    assert silver(teams(HOME | {"MIN": 250}, AWAY), "matches")["overtime_periods"].to_list() == [None, None]


def test_both_clubs_have_their_statistics() -> None:
    found = silver(teams(HOME, AWAY), "team_stats")
    assert found.select("side", "team_id", "points", "rebounds", "threes_made").rows() == [
        ("home", "nba-bos", 110, 40, 10),
        ("away", "nba-nyk", 100, 40, 10),
    ]


@pytest.mark.parametrize("prefix", ["1", "3"])
def test_pre_season_and_all_star_games_are_left_out(prefix: str) -> None:
    found = teams(HOME | {"SEASON_ID": f"{prefix}2023"}, AWAY | {"SEASON_ID": f"{prefix}2023"}, HOME, AWAY)
    assert len(found.rows["matches"]) == 2
    assert found.refused["matches"].is_empty()


@pytest.mark.parametrize(("prefix", "part"), [("2", "regular"), ("4", "playoffs"), ("5", "play_in"), ("6", "cup")])
def test_the_season_number_says_which_part_it_is(prefix: str, part: str) -> None:
    found = silver(teams(HOME | {"SEASON_ID": f"{prefix}2023"}, AWAY | {"SEASON_ID": f"{prefix}2023"}), "matches")
    assert set(found["season_type"]) == {part}


FAULTS: list[tuple[str, dict[str, Any], str]] = [
    ("one row of two", {}, "one_sided_game"),
    ("shifted shots", {"FGM": 44}, "points_contradict"),
    ("shifted rebounds", {"DREB": 31}, "rebounds_contradict"),
    ("more made than tried", {"FGA": 39}, "shots_contradict"),
    ("another club's game", {"MATCHUP": "PHI @ BOS"}, "bad_matchup"),
    ("no side", {"MATCHUP": "NYK - BOS"}, "bad_matchup"),
    ("both at home", {"MATCHUP": "NYK vs. BOS"}, "sides_unclear"),
    ("another day", {"GAME_DATE": "2023-11-02"}, "two_days"),
    ("a day of next season", {"GAME_DATE": "2024-11-01"}, "out_of_season"),
    ("both won", {"WL": "W"}, "result_contradicts"),
    ("still in play", {"WL": None}, "not_final"),
    ("another season", {"SEASON_ID": "22022", "GAME_DATE": "2022-11-01"}, "other_season"),
    ("no part of a season", {"SEASON_ID": "92023"}, "unknown_season"),
    ("text for points", {"PTS": "many"}, "wrong_type"),
    ("no points", {"PTS": None}, "missing_field"),
]


@pytest.mark.parametrize(("change", "reason"), [case[1:] for case in FAULTS], ids=[case[0] for case in FAULTS])
def test_a_broken_row_costs_its_game_and_no_other(change: dict[str, Any], reason: str) -> None:
    broken = [HOME] if reason == "one_sided_game" else [HOME, AWAY | change]
    other = {"GAME_ID": "0022300901", "GAME_DATE": "2023-10-30"}
    found = teams(*broken, HOME | other, AWAY | other)
    assert reason in reasons(found, "matches")
    assert len(found.refused["matches"]) == len(broken)
    assert set(silver(found, "matches")["match_id"]) == {"NBA-2023-24-20231030-bos-nyk"}


def test_a_game_the_other_way_round_in_the_calendar_is_refused() -> None:
    found = teams(HOME, AWAY, known=knowing(game("nyk", "bos", TOLD)))
    assert reasons(found, "matches") == ["sides_swapped", "sides_swapped"]
    assert found.rows["matches"].is_empty()


def test_the_same_row_again_is_harmless_and_a_different_one_is_not() -> None:
    again = teams(HOME, AWAY, AWAY)
    assert again.refused["matches"].is_empty()
    assert len(again.rows["matches"]) == 2
    other = teams(HOME, AWAY, AWAY | {"AST": 21})
    assert reasons(other, "matches") == ["other_side_refused", "contradicting_rows", "contradicting_rows"]


def test_a_row_of_another_width_is_refused() -> None:
    body = log(HOME, AWAY).replace(b", 1], [", b"], [")
    found = StatsNbaCom().parse(payload(TEAM_LOG, body), LEAGUES, NOBODY)
    assert reasons(found, "matches") == ["wrong_width", "one_sided_game"]


@pytest.mark.parametrize(
    "body",
    [
        log(HOME, AWAY, headers=tuple(name.replace("PTS", "POINTS") for name in TEAM_HEADERS)),
        log(HOME, AWAY)[:-200],
        b"<html>Access denied</html>",
        b'{"Message": "An error has occurred."}',
        b"",
    ],
    ids=["renamed", "truncated", "html", "error", "nothing"],
)
def test_what_is_no_log_is_refused_whole_and_known_to_the_transport(body: bytes) -> None:
    found = StatsNbaCom().parse(payload(TEAM_LOG, body), LEAGUES, NOBODY)
    assert reasons(found, "matches") == ["malformed_payload"]
    assert StatsNbaCom().terms.verdict(TEAM_LOG, body) in ("malformed", "http_error")
    assert StatsNbaCom().terms.verdict(TEAM_LOG, log(HOME, AWAY)) is None


def test_a_season_mints_provisional_clubs_until_thirty_have_met() -> None:
    minted = teams(HOME, AWAY).teams
    assert minted.select("team_id", "team_name", "status", "matches_listed").rows() == [
        ("nba-bos", "Boston Celtics", "provisional", 1),
        ("nba-nyk", "New York Knicks", "provisional", 1),
    ]
    playoffs = {"SEASON_ID": "42023"}
    assert teams(HOME | playoffs, AWAY | playoffs).teams.is_empty()


def test_players_have_their_statistics_and_are_listed_where_no_list_is() -> None:
    found = players(PLAYER, PLAYER | {"GAME_DATE": "2023-10-30", "GAME_ID": "0022300901"})
    stats = silver(found, "player_stats")
    assert (
        stats.select("player_id", "team_id", "points", "minutes").rows()
        == [("ansel-brightwater", "nba-bos", 21, 31.0)] * 2
    )
    assert stats["known_at_utc"][0] == NEXT_MORNING
    listed = silver(found, "players")
    assert listed.select("player_id", "team_id", "known_at_utc").rows() == [
        ("ansel-brightwater", "nba-bos", datetime(2023, 10, 31, 6, tzinfo=UTC))
    ]


def test_a_player_keeps_the_id_that_he_has_and_is_not_listed_twice() -> None:
    row = {"player_id": "a-brightwater", "player_id_nba": "9900001", "season_code": "2023-24", "competition_id": "NBA"}
    found = players(PLAYER, known=knowing(players=[row]))
    assert found.rows["player_stats"]["player_id"].to_list() == ["a-brightwater"]
    assert found.rows["players"].is_empty()


def test_namesakes_carry_their_number_whichever_is_read_first() -> None:
    first = players(PLAYER | {"PLAYER_NAME": "Chris Johnson", "PLAYER_ID": 202419})
    assert first.rows["player_stats"]["player_id"].to_list() == ["chris-johnson-202419"]
    fresh = players(PLAYER, PLAYER | {"PLAYER_ID": 9900002, "MIN": 20})
    assert sorted(fresh.rows["player_stats"]["player_id"]) == [
        "ansel-brightwater-9900001",
        "ansel-brightwater-9900002",
    ]


def test_two_rows_of_one_player_that_differ_are_refused() -> None:
    found = players(PLAYER, PLAYER | {"AST": 3})
    assert reasons(found, "player_stats") == ["contradicting_rows"] * 2


def test_unknown_columns_change_nothing() -> None:
    wider = log(HOME | {"NEW": 1}, AWAY | {"NEW": None}, headers=(*TEAM_HEADERS, "NEW"))
    found = StatsNbaCom().parse(payload(TEAM_LOG, wider), LEAGUES, NOBODY)
    plain = teams(HOME, AWAY)
    shared = [name for name in plain.rows["matches"].columns if name != "row_text"]
    assert found.rows["matches"].select(shared).equals(plain.rows["matches"].select(shared))


@pytest.mark.parametrize(("endpoint", "body"), [(TEAM_LOG, log()), (PLAYER_LOG, player_log())])
@pytest.mark.parametrize(
    ("day", "is_fault"),
    [((2023, 10, 3), False), ((2023, 10, 27), False), ((2023, 10, 29), True), ((2024, 2, 1), True)],
)
def test_a_log_without_a_row_is_a_fault_once_the_season_must_have_games(
    endpoint: str, body: bytes, day: tuple[int, int, int], is_fault: bool
) -> None:
    url = "https://stats.nba.com/stats/leaguegamelog?Season=2023-24&SeasonType=Regular+Season"
    captured = payload(endpoint, body, at=datetime(*day, 16, tzinfo=UTC), url=url)
    found = StatsNbaCom().parse(captured, LEAGUES, NOBODY)
    entity = "matches" if endpoint == TEAM_LOG else "player_stats"
    assert reasons(found, entity) == (["malformed_payload"] if is_fault else [])
