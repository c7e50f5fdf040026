"""Which hours are asked for, for invented matches."""

from __future__ import annotations

from datetime import timedelta

from sources.open_meteo.source import OpenMeteo
from tests.unit.sources.open_meteo.ground import KICKOFF, LEAGUES, NOW, known

PLAN = OpenMeteo().plan


def test_a_coming_match_is_asked_for_at_its_ground_and_day() -> None:
    (request,) = PLAN(LEAGUES, NOW, known(("eng-north", KICKOFF, "scheduled")))
    assert request.url == (
        "https://api.open-meteo.com/v1/forecast?end_date=2026-10-03"
        "&hourly=temperature_2m,relative_humidity_2m,precipitation,wind_speed_10m,wind_gusts_10m"
        "&latitude=53.4800&longitude=-2.2400&start_date=2026-10-03&timezone=GMT"
    )
    assert request.cost == 1


def test_a_match_over_midnight_needs_the_hour_in_which_it_ends() -> None:
    (request,) = PLAN(LEAGUES, NOW, known(("eng-north", KICKOFF.replace(hour=23), "scheduled")))
    assert "end_date=2026-10-04" in request.url
    assert "start_date=2026-10-03" in request.url


def test_two_matches_at_one_ground_and_day_share_a_request() -> None:
    twice = known(("eng-north", KICKOFF, "scheduled"), ("eng-north", KICKOFF + timedelta(hours=4), "scheduled"))
    assert len(PLAN(LEAGUES, NOW, twice)) == 1


def test_a_finished_match_is_asked_of_the_archive_once_that_is_complete() -> None:
    played = known(("eng-north", KICKOFF, "finished"))
    assert PLAN(LEAGUES, KICKOFF + timedelta(days=4), played) == []
    (request,) = PLAN(LEAGUES, KICKOFF + timedelta(days=6), played)
    assert (request.endpoint, request.url[:40]) == ("archive", "https://archive-api.open-meteo.com/v1/ar")
    assert PLAN(LEAGUES, KICKOFF + timedelta(days=31), played) == []


def test_what_is_postponed_far_away_or_has_no_ground_is_not_asked_for() -> None:
    away = known(
        ("eng-north", KICKOFF, "postponed"),
        ("eng-north", KICKOFF + timedelta(days=9), "scheduled"),
        ("eng-nowhere", KICKOFF, "scheduled"),
    )
    assert PLAN(LEAGUES, NOW, away) == []


def test_a_forecast_lives_three_hours() -> None:
    (request,) = PLAN(LEAGUES, NOW, known(("eng-north", KICKOFF, "scheduled")))
    assert OpenMeteo().is_fresh(request, NOW, NOW + timedelta(hours=2))
    assert not OpenMeteo().is_fresh(request, NOW, NOW + timedelta(hours=3))
