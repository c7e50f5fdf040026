"""Rest and travel equal a slow and obvious answer from the dates of games and the reviewed list of courts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest

import dbt_project
from tests.unit.dbt_project.basketball.oracle import Row, kilometres, league_day

SEEDS = Path(next(iter(dbt_project.__path__))) / "seeds" / "basketball"
Gold = dict[str, pl.DataFrame]


def arenas() -> dict[str, Row]:
    """Every arena by its id."""
    return {row["arena_id"]: row for row in pl.read_csv(SEEDS / "nba_arenas.csv").to_dicts()}


def courts() -> list[Row]:
    """Every stretch of days that a team has a court for."""
    dates = {"first_day": pl.Date, "last_day": pl.Date}
    return pl.read_csv(SEEDS / "nba_courts.csv", schema_overrides=dates).to_dicts()


def home_of(team: str) -> Row:
    """The arena of a team that has had one only."""
    (court,) = (court for court in courts() if court["team_id"] == team and court["first_day"] is None)
    return arenas()[court["arena_id"]]


def place(arena: Row) -> tuple[float, float]:
    """Latitude and longitude in degrees."""
    return arena["latitude"], arena["longitude"]


def clock(arena: Row, moment: datetime) -> timedelta:
    """How far the clocks there are ahead of UTC."""
    found = moment.astimezone(ZoneInfo(arena["time_zone"])).utcoffset()
    assert found is not None
    return found


def journeys(late: Gold) -> Iterator[tuple[Row, Row, list[Row]]]:
    """Every side of every decision: its columns without their side, the game, and its games of the 20 days before."""
    spine = late["spn_decisions"].sort("event_at_utc").to_dicts()
    schedule = {row["match_id"]: row for row in late["feat_match_schedule"].to_dicts()}
    for game, side in product(spine, ("home", "away")):
        team, day = game[f"{side}_team_id"], league_day(game["event_at_utc"])
        before = [
            other for other in spine if team in (other["home_team_id"], other["away_team_id"])
            and 0 < (day - league_day(other["event_at_utc"])).days <= 20
        ]  # fmt: skip
        row = schedule[game["match_id"]]
        yield {name.removeprefix(f"{side}_"): row[name] for name in row}, game | {"team": team, "day": day}, before


@pytest.mark.slow
def test_rest_is_counted_in_days_of_the_league(late: Gold) -> None:
    compared = 0
    for row, game, before in journeys(late):
        days = [(game["day"] - league_day(other["event_at_utc"])).days for other in before]
        assert row["rest_days"] == (min(days) - 1 if days else None)
        assert row["back_to_back"] == (1 in days)
        assert row["third_in_four"] == (sum(day <= 3 for day in days) >= 2)
        assert row["games_l7d"] == sum(day <= 7 for day in days)
        compared += row["back_to_back"]
    assert compared > 10


@pytest.mark.slow
def test_travel_leads_from_court_to_court(late: Gold) -> None:
    ways = set()
    for row, game, before in journeys(late):
        here = home_of(game["home_team_id"])
        there = home_of(before[-1]["home_team_id"] if before else game["team"])
        own = home_of(game["team"])
        assert row["travel_km"] == pytest.approx(kilometres(place(there), place(here)), abs=1e-6)
        assert row["from_home_km"] == pytest.approx(kilometres(place(own), place(here)), abs=1e-6)
        hours = (clock(here, game["event_at_utc"]) - clock(there, game["event_at_utc"])) / timedelta(hours=1)
        assert row["eastward_hours"] == hours
        assert row["climb_m"] == here["altitude_m"] - own["altitude_m"]
        ways.add((row["travel_km"], hours))
    assert len(ways) > 8


def test_every_court_is_an_arena_that_is_known() -> None:
    assert {court["arena_id"] for court in courts()} == set(arenas())


def test_every_team_has_one_court_of_its_own_on_every_day_since_2014() -> None:
    day = date(2014, 10, 1)
    teams = {court["team_id"] for court in courts()}
    assert len(teams) == 30
    while day < date(2024, 7, 1):
        for team in teams:
            own = [
                court for court in courts_of(team)
                if not court["is_neutral"] and (court["first_day"] or day) <= day <= (court["last_day"] or day)
            ]  # fmt: skip
            assert 1 <= len(own) <= 2
            lengths = {((c["last_day"] or date(2999, 1, 1)) - (c["first_day"] or date(1900, 1, 1))).days for c in own}
            assert len(lengths) == len(own), "the shorter one counts"
        day += timedelta(days=40)


def courts_of(team: str) -> list[Row]:
    """The courts of one team."""
    return [court for court in courts() if court["team_id"] == team]


def test_places_zones_and_altitudes_are_those_of_cities_where_the_league_plays() -> None:
    now = datetime(2024, 1, 1, tzinfo=UTC)
    for arena in arenas().values():
        assert 19 < arena["latitude"] < 52
        assert -123 < arena["longitude"] < 3
        assert abs(clock(arena, now) / timedelta(hours=1) - arena["longitude"] / 15) < 1.5
        assert 0 < arena["altitude_m"] <= 2240
    assert max(arenas().values(), key=lambda arena: arena["altitude_m"])["city"] == "Mexico City"
