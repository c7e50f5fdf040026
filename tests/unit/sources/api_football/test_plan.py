"""What is asked for, in which order, and that an allowance of 100 a day is never overdrawn."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from lake.competitions import competitions
from sources.api_football import plan
from sources.api_football.source import ApiFootball
from sources.known import MATCH, Known
from tests.unit.sources.football_calendar import LEAGUES, at, known, told

NOON = at("2024-03-02T14:00:00Z")
SOON, LATER, OVER = "2024-03-02T15:00:00Z", "2024-03-04T20:00:00Z", "2024-03-01T20:00:00Z"
TOLD = told(plan.BACKUP, ("501", "Alderwick", "Brackmoor", SOON), ("503", "Dunmarsh", "Alderwick", OVER))
E0 = competitions("football", ["E0"])


def calendar() -> Known:
    return known(
        ("Alderwick", "Brackmoor", SOON), ("Corvale", "Dunmarsh", LATER), ("Dunmarsh", "Alderwick", OVER), told=TOLD
    )


def test_closing_prices_come_first_then_line_ups_fixtures_and_the_rest() -> None:
    asked = ApiFootball().plan(E0, NOON, calendar())
    assert [request.endpoint for request in asked] == [
        "odds", "lineups", "fixtures", "injuries", "odds", "statistics", "standings",
    ]  # fmt: skip
    assert [request.is_closing for request in asked] == [True] + [False] * 6
    root = "https://v3.football.api-sports.io"
    assert asked[0].url == f"{root}/odds?date=2024-03-02&league=39&page=1&season=2023"
    assert asked[1].url == f"{root}/fixtures/lineups?fixture=501"
    assert asked[2].url == f"{root}/fixtures?from=2024-02-28&league=39&season=2023&to=2024-03-16"
    assert asked[5].url == f"{root}/fixtures/statistics?fixture=503"


def test_the_backup_asks_for_the_same_and_names_whom_it_stands_in_for() -> None:
    direct, backup = ApiFootball().plan(E0, NOON, calendar()), ApiFootball(plan.RAPID).plan(E0, NOON, calendar())
    assert [request.backup_of for request in backup] == [f"api_football/{r.endpoint}" for r in direct][: len(backup)]
    assert {request.url.split("?")[0].rsplit("/", 1)[0] for request in backup} >= {plan.RAPID.root}
    assert all(request.source == "api_football_rapid" for request in backup)


def test_prices_of_a_long_day_have_a_page_for_every_ten_matches() -> None:
    rows = [(f"m{n}", "E0", "2023-24", f"eng-h{n}", f"eng-a{n}", at(LATER), "scheduled") for n in range(21)]
    crowded = Known("football", pl.DataFrame(rows, schema=MATCH, orient="row"))
    urls = [request.url for request in ApiFootball().plan(E0, NOON, crowded) if request.endpoint == "odds"]
    assert [url.split("page=")[1][0] for url in urls] == ["1", "2", "3"]


@pytest.mark.parametrize(("door", "most"), [(plan.DIRECT, 80), (plan.RAPID, 11)])
def test_routine_requests_leave_the_reserve_of_the_allowance(door: plan.Door, most: int) -> None:
    rows = [
        (f"m{n}", league, "2023-24", f"x-h{n}", f"x-a{n}", NOON + timedelta(hours=3 + n % 60), "scheduled")
        for league in LEAGUES
        for n in range(40)
    ]
    busy = Known("football", pl.DataFrame(rows, schema=MATCH, orient="row"))
    asked = ApiFootball(door).plan(LEAGUES, NOON, busy)
    assert len(asked) == most
    assert not any(request.is_closing for request in asked)


def test_a_plan_is_the_same_twice_and_names_no_address_twice() -> None:
    once, again = (ApiFootball().plan(LEAGUES, NOON, calendar()) for _ in range(2))
    assert once == again
    assert len({request.url for request in once}) == len(once)


def test_nothing_is_asked_for_of_leagues_that_the_vendor_does_not_have() -> None:
    assert ApiFootball().plan(competitions("football", ["EC"]), NOON, calendar()) == []


@pytest.mark.parametrize(
    ("endpoint", "age", "fresh"),
    [
        ("odds", timedelta(minutes=4), True), ("odds", timedelta(minutes=5), False),
        ("fixtures", timedelta(hours=5), True), ("fixtures", timedelta(hours=6), False),
        ("statistics", timedelta(hours=20), True),
    ],
)  # fmt: skip
def test_answers_live_as_long_as_they_are_good_for(endpoint: str, age: timedelta, fresh: bool) -> None:
    request = plan.plan(plan.DIRECT, E0, NOON, calendar())[0]
    asked = type(request)(request.source, endpoint, request.url)
    now = datetime(2024, 3, 2, tzinfo=UTC)
    assert ApiFootball().is_fresh(asked, now - age, now) is fresh
