"""What is asked of the league, in which order, and how long an answer is good."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sources.base import Request
from sources.known import Known
from sources.stats_nba_com.plan import TERMS
from sources.stats_nba_com.source import StatsNbaCom
from tests.unit.sources.nba import LEAGUES, NOBODY, knowing

NOON = datetime(2023, 11, 2, 16, tzinfo=UTC)
LAST_FINAL = datetime(2023, 6, 12, 23, tzinfo=UTC)
LAST_NIGHT = datetime(2023, 11, 1, 23, tzinfo=UTC)


def planned(known: Known = NOBODY, at: datetime = NOON) -> list[Request]:
    return list(StatsNbaCom().plan(LEAGUES, at, known))


def addresses(endpoint: str, known: Known = NOBODY, at: datetime = NOON) -> list[str]:
    return [request.url for request in planned(known, at) if request.endpoint == endpoint]


def told(number: str, tipoff: datetime, state: str = "finished") -> dict[str, object]:
    row: dict[str, object] = {"source": "stats_nba_com", "vendor_match_id": number, "event_at_utc": tipoff}
    row |= {"known_at_utc": tipoff + timedelta(hours=8)}
    return row | {"state": state, "competition_id": "NBA", "season_code": "2023-24"}


def test_a_plan_is_the_same_twice_and_asks_nothing_twice() -> None:
    first = planned()
    assert first == planned()
    assert len({request.url for request in first}) == len(first)
    assert {request.sport for request in first} == {"basketball"}


def test_today_comes_first_then_the_days_ahead_then_those_gone() -> None:
    days = [url.split("GameDate=")[1][:10] for url in addresses("scoreboard")]
    assert days[:2] == ["2023-11-02", "2023-11-03"]
    assert days[-2:] == ["2023-11-01", "2023-10-31"]
    assert planned()[0].endpoint == "scoreboard"


def test_addresses_are_those_of_the_archive() -> None:
    root = "https://stats.nba.com/stats/leaguegamelog?Counter=0&Direction=ASC&LeagueID=00&PlayerOrTeam=T&Season=2022-23"
    assert f"{root}&SeasonType=Regular+Season&Sorter=DATE" in addresses("team_game_log")
    assert f"{root}&SeasonType=PlayIn&Sorter=DATE" in addresses("team_game_log")


def logs(season: str, part: str, at: datetime, known: Known = NOBODY) -> int:
    asked = addresses("team_game_log", known, at)
    return len([url for url in asked if f"Season={season}&SeasonType={part}&" in url])


@pytest.mark.parametrize(
    ("part", "before", "opening"),
    [("Regular+Season", (2023, 9, 28), (2023, 10, 24)), ("PlayIn", (2024, 4, 5), (2024, 4, 16)),
     ("Playoffs", (2024, 4, 9), (2024, 4, 20))],
)  # fmt: skip
def test_a_log_is_asked_for_from_before_the_first_game_is_coming(part: str, before: Any, opening: Any) -> None:
    """Files that were captured later tell the games to come; three days ahead is as far as a night looks."""
    assert logs("2023-24", part, datetime(*before, 16, tzinfo=UTC)) == 0
    assert logs("2023-24", part, datetime(*opening, 16, tzinfo=UTC) - timedelta(days=3)) == 1


def test_there_was_no_play_in_before_2019_20() -> None:
    assert (logs("2018-19", "PlayIn", NOON), logs("2019-20", "PlayIn", NOON)) == (0, 1)


def test_box_scores_are_asked_for_late_games_and_then_no_players_log() -> None:
    known = knowing(
        vendor_matches=[told("0022300900", LAST_NIGHT), told("0022300800", LAST_NIGHT - timedelta(days=9)),
                        told("0022300999", LAST_NIGHT + timedelta(days=1), "scheduled")]
    )  # fmt: skip
    assert addresses("box_score", known) == [
        "https://stats.nba.com/stats/boxscoretraditionalv3"
        "?EndPeriod=0&EndRange=0&GameID=0022300900&RangeType=0&StartPeriod=0&StartRange=0"
    ]
    assert [url for url in addresses("player_game_log") if "2023-24" in url]
    assert not [url for url in addresses("player_game_log", known) if "2023-24" in url]


def test_after_days_on_which_nobody_asked_they_and_their_box_scores_are_asked_for() -> None:
    last_seen = told("0022300060", NOON - timedelta(days=8, hours=16))
    known = knowing(vendor_matches=[last_seen, told("0042200405", LAST_FINAL) | {"season_code": "2022-23"}])
    days = [url.split("GameDate=")[1][:10] for url in addresses("scoreboard", known)]
    assert days[8:] == ["2023-11-01", "2023-10-31", *(f"2023-10-{day}" for day in range(30, 23, -1))]
    late = told("0022300070", NOON - timedelta(days=7)) | {"known_at_utc": NOON}
    unread = knowing(vendor_matches=[late, told("0022300061", NOON - timedelta(days=7))])
    assert [url.split("GameID=")[1][:10] for url in addresses("box_score", unread)] == ["0022300070"]


def test_summer_is_no_gap() -> None:
    known = knowing(vendor_matches=[told("0042200405", LAST_FINAL) | {"season_code": "2022-23"}])
    assert len(addresses("scoreboard", known)) == len(addresses("scoreboard"))


def test_finished_seasons_and_settled_days_are_never_asked_again() -> None:
    source, years_later = StatsNbaCom(), datetime(2026, 1, 1, tzinfo=UTC)
    by_url = {request.url: request for request in planned()}
    old = next(request for url, request in by_url.items() if "2021-22" in url)
    now = next(request for url, request in by_url.items() if "2023-24" in url and "Log" not in url and "log?" in url)
    assert source.is_fresh(old, datetime(2022, 8, 2, tzinfo=UTC), years_later)
    assert not source.is_fresh(now, NOON, NOON + timedelta(hours=2))
    board = next(request for request in planned() if "GameDate=2023-11-01" in request.url)
    assert source.is_fresh(board, datetime(2023, 11, 3, 12, tzinfo=UTC), years_later)
    assert not source.is_fresh(board, NOON, NOON + timedelta(hours=2))


def test_the_vendor_is_asked_as_a_browser_would_and_slowly() -> None:
    assert {"Referer", "Origin", "User-Agent", "x-nba-stats-origin", "x-nba-stats-token"} <= set(TERMS.headers)
    assert TERMS.spacing_seconds >= 0.6
    assert {request.endpoint for request in planned()} <= set(TERMS.lives)
