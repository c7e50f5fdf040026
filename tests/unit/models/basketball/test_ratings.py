"""Elo against a slow replay with a dictionary, corrections, summers; and the filter of margins and totals."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.basketball.ratings import FILTERED, EloParameters, FilterParameters, elo_differences, filtered
from tests.unit.models.basketball import worlds

PARAMETERS = EloParameters()


def slow_difference(played: pl.DataFrame, asked: dict[str, object], p: EloParameters) -> float:
    """The obvious way: everything known by then, from nothing, in dictionaries; the last version of each result."""
    as_of = asked["as_of_utc"]
    assert isinstance(as_of, datetime)
    known = played.filter(pl.col("known_at_utc") <= as_of).sort("known_at_utc", "match_id")
    ratings: dict[str, float] = {}
    seasons: dict[str, str] = {}
    every = sorted(set(played["season_code"]))

    def shown(team: object, season: object) -> float:
        summers = every.index(str(season)) - every.index(seasons.get(str(team), str(season)))
        return 1500 + (ratings.get(str(team), 1500.0) - 1500) * p.carry_over**summers

    for row in known.iter_rows(named=True):
        for team in (row["home_team_id"], row["away_team_id"]):
            ratings[team] = shown(team, row["season_code"])
            seasons[team] = row["season_code"]
        court = 0.0 if row["is_neutral"] else p.home_advantage
        lead = ratings[row["home_team_id"]] - ratings[row["away_team_id"]] + court
        margin, sign = row["home_points"] - row["away_points"], 1 if row["home_points"] > row["away_points"] else -1
        multiplier = (abs(margin) + p.margin_offset) ** p.margin_power / (p.margin_base + p.margin_slope * lead * sign)
        step = p.k * multiplier * ((sign > 0) - 1 / (1 + 10 ** (-lead / 400)))
        ratings[row["home_team_id"]] += step
        ratings[row["away_team_id"]] -= step
    court = 0.0 if asked["is_neutral"] else p.home_advantage
    season = asked["season_code"]
    return shown(asked["home_team_id"], season) - shown(asked["away_team_id"], season) + court


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_fast_replay_is_the_slow_one(seed: int) -> None:
    games = worlds.games(seed)
    found = elo_differences(games, games, PARAMETERS)
    for row in np.random.default_rng(seed).choice(len(games), 6, replace=False).tolist():
        assert found[row] == pytest.approx(slow_difference(games, games.row(row, named=True), PARAMETERS), abs=1e-9)


def test_the_multiplier_is_the_sources_own() -> None:
    game = worlds.games(1)[:1].with_columns(is_neutral=True, home_points=110, away_points=100)
    after = game.with_columns(pl.col("as_of_utc") + timedelta(days=3))
    step = 20 * 13**0.8 / 7.5 * 0.5
    assert elo_differences(game, after, PARAMETERS)[0] == pytest.approx(2 * step)


def test_a_correction_moves_the_ratings_by_what_it_changes_and_from_when_it_is_known() -> None:
    games = worlds.games(2)[:3]
    wrong = games.with_columns(
        pl.when(pl.col("match_id") == games["match_id"][0]).then(pl.col("home_points") + 40).otherwise("home_points")
    )
    corrected_at = games["known_at_utc"][2] + timedelta(days=1)
    fixed = pl.concat(
        [wrong, games[:1].with_columns(pl.lit(corrected_at).dt.cast_time_unit("us").alias("known_at_utc"))]
    )
    asks = games[2:].with_columns(
        pl.lit(corrected_at + timedelta(days=d)).dt.cast_time_unit("us").alias("as_of_utc") for d in (0,)
    )
    before = asks.with_columns(pl.col("as_of_utc") - timedelta(microseconds=1))
    right, told = (
        elo_differences(games[:1], asks, PARAMETERS),
        elo_differences(fixed.filter(pl.col("match_id") == games["match_id"][0]), asks, PARAMETERS),
    )
    assert told == pytest.approx(right)
    assert elo_differences(fixed, before, PARAMETERS) == pytest.approx(elo_differences(wrong, before, PARAMETERS))


def test_what_becomes_known_after_the_decision_changes_nothing() -> None:
    games = worlds.games(3)
    asked, later = games[12:14], pl.col("known_at_utc") > games["as_of_utc"][13]
    upset = games.with_columns(pl.when(later).then(200).otherwise("home_points").alias("home_points"))
    upset = upset.with_columns(pl.when(later).then(99).otherwise("margin").alias("margin"))
    assert (elo_differences(upset, asked, PARAMETERS) == elo_differences(games, asked, PARAMETERS)).all()
    assert filtered(upset, asked, FilterParameters()).equals(filtered(games, asked, FilterParameters()))


def test_a_summer_takes_ratings_a_quarter_of_the_way_back() -> None:
    games = worlds.games(4)
    last = games.filter(pl.col("season_code") == "2019-20")
    asked = last[-1:].with_columns(pl.lit(games["as_of_utc"].max()).alias("as_of_utc"), is_neutral=pl.lit(True))
    now = elo_differences(last, asked, PARAMETERS)[0]
    then = elo_differences(last, asked.with_columns(season_code=pl.lit("2020-21")), PARAMETERS)[0]
    assert then == pytest.approx(0.75 * now)


def test_the_filter_sees_scores_and_no_line() -> None:
    games = worlds.games(5)
    without = games.with_columns(pl.lit(None, pl.Float64).alias("closing_margin"), closing_total=pl.lit(-5.0))
    found = filtered(games, games, FilterParameters())
    assert found.columns == list(FILTERED)
    assert found.equals(filtered(without, games, FilterParameters()))
    assert np.isfinite(found.to_numpy()).all()


def test_the_filter_learns_who_wins() -> None:
    games = worlds.games(6, teams=4, days=120, seasons=1).with_columns(margin=pl.lit(0), is_neutral=pl.lit(True))
    sign = (pl.col("home_team_id") == "team-0").cast(pl.Int64) - (pl.col("away_team_id") == "team-0").cast(pl.Int64)
    found = filtered(games.with_columns(margin=12 * sign), games, FilterParameters())
    late = games.hstack(found).with_columns(sign.alias("sign"))[-40:].filter(pl.col("sign") != 0)
    assert (late["filter_margin"] * late["sign"] > 6).all()
    dull = replace(FilterParameters().margin, line_sd=1e6)
    assert abs(filtered(games, games, replace(FilterParameters(), margin=dull))["filter_margin"]).max() < 0.1
