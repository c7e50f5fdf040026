"""Grounds, weather and news."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from sandbox.names import people, without_suffix
from sandbox.timeline.news import numbered
from sandbox.timeline.weather import GUST_FACTORS
from sandbox.universe import Universe
from sandbox.world import SANDBOX_NOW

PLACE = (51.5, -1.0)
OLD_WEATHER = {
    "temperature_c": 6.1,
    "relative_humidity_pct": 69,
    "precipitation_mm": 2.0,
    "wind_speed_kmh": 16.2,
    "wind_direction_deg": 202,
}


def test_every_club_has_a_ground(universe: Universe) -> None:
    venues = universe.venues()
    assert set(venues["club"]) == set(universe.fixtures(SANDBOX_NOW)["home"])
    assert venues["latitude_deg"].is_between(35, 56).all()
    assert universe.fixtures(SANDBOX_NOW)["venue"].null_count() == 0


def test_the_past_is_observed_and_a_forecast_errs_more_the_further_ahead(universe: Universe) -> None:
    errors: dict[int, list[float]] = {1: [], 3: [], 9: []}
    for day in range(40):
        t = SANDBOX_NOW + timedelta(days=5 * day)
        for lead, found in errors.items():
            hour = t + timedelta(days=lead)
            forecast = universe.weather(t, *PLACE, hour, hour)
            truth = universe.weather(hour, *PLACE, hour, hour)
            assert (forecast["is_forecast"][0], truth["is_forecast"][0]) == (True, False)
            found.append(forecast["temperature_c"][0] - truth["temperature_c"][0])
    spread = [np.std(found) for found in errors.values()]
    assert spread[0] < spread[1] < spread[2]
    assert 0.3 < spread[0] < 2.0


def test_the_weather_of_an_hour_is_the_same_whenever_it_is_asked_for(universe: Universe) -> None:
    start, end = SANDBOX_NOW - timedelta(days=2), SANDBOX_NOW
    one = universe.weather(end, *PLACE, start, end)
    assert one.height == 49
    assert one.equals(universe.weather(end + timedelta(days=30), *PLACE, start, end))
    assert (one["precipitation_mm"] >= 0).all()
    assert one["relative_humidity_pct"].is_between(0, 100).all()


def test_gusts_go_with_the_wind_and_do_not_merely_repeat_it(universe: Universe) -> None:
    hours = universe.weather(SANDBOX_NOW, *PLACE, SANDBOX_NOW - timedelta(days=60), SANDBOX_NOW + timedelta(days=9))
    wind, gust = hours["wind_speed_kmh"].to_numpy(), hours["wind_gust_kmh"].to_numpy()
    lowest, highest = GUST_FACTORS
    # Both are told to a tenth, so the ratio may stray by half a tenth.
    assert ((gust >= lowest * wind - 0.051) & (gust <= highest * wind + 0.051)).all()
    assert np.std(gust / wind) > 0.1


def test_gusts_drawn_of_a_stream_of_their_own_leave_the_other_weather_as_it_was(universe: Universe) -> None:
    (hour,) = universe.weather(SANDBOX_NOW, *PLACE, SANDBOX_NOW, SANDBOX_NOW).to_dicts()
    assert {name: hour[name] for name in OLD_WEATHER} == OLD_WEATHER


def test_nothing_is_forecast_beyond_sixteen_days(universe: Universe) -> None:
    far = universe.weather(SANDBOX_NOW, *PLACE, SANDBOX_NOW, SANDBOX_NOW + timedelta(days=30))
    assert far["hour_at_utc"].max() == SANDBOX_NOW + timedelta(days=16)


def test_news_follows_the_report_it_tells_of(universe: Universe) -> None:
    season, news = universe.football, universe.news(SANDBOX_NOW)
    out = news.filter(pl.col("headline").str.contains(" without ")).explode("players")
    named = season.reports.join(season.players.select("player_key", "name"), on="player_key")
    first = named.filter(status="out").group_by("name").agg(pl.col("known_at_utc").min())
    both = out.join(first, left_on="players", right_on="name")
    assert both.height == out.height > 100
    assert (both["published_at_utc"] > both["known_at_utc"]).all()
    assert news.filter(pl.col("clubs").list.len() == 0).height > 20


def test_news_has_one_address_each(universe: Universe) -> None:
    news = universe.news(SANDBOX_NOW)
    assert news["url"].is_unique().all()
    assert news["news_key"].is_sorted()
    assert numbered(news.drop("news_key", "url"), 1, "https://x.example")["news_key"][0] == 1


def test_people_have_hard_names_and_no_name_twice() -> None:
    named = people("NBA", 500, np.random.default_rng(1), 0.06)
    assert named["name"].is_unique().all()
    for pattern in (r" Jr\.$", r"^[A-Z]\.[A-Z]\. ", "'", "-", r"[ćčāš]"):
        assert named["name"].str.contains(pattern).any(), pattern
    assert [without_suffix(name) for name in ("Otis Jr.", "St. Clair", "Vale III")] == ["Otis", "St. Clair", "Vale"]
    with pytest.raises(ValueError, match="has names for"):
        people("NBA", 100_000, np.random.default_rng(1))
