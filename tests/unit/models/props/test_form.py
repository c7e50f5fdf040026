"""Memories equal a slow sum over a player's own games, and rates are drawn to the league's."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest

from models.props.form import LONG, PRIOR_MINUTES, form, named, rate
from models.props.history import Archive, appearances
from tests.unit.models.props import worlds

MOMENT = worlds.START + timedelta(days=30)


@pytest.fixture(scope="module")
def past(league: Archive) -> pl.DataFrame:
    return appearances(league, MOMENT)


def slow_mean(values: list[float], half_life: float) -> float:
    weights = [0.5 ** (back / half_life) for back in range(len(values))][::-1]
    return sum(w * v for w, v in zip(weights, values, strict=True)) / sum(weights)


@pytest.mark.parametrize("player", ["a0", "b4", "d8"])
def test_a_memory_of_minutes_is_the_weighted_mean_of_his_games(past: pl.DataFrame, player: str) -> None:
    own = past.filter(pl.col("player_id") == player)
    found = form(past).filter(pl.col("player_id") == player)
    for half_life in (1.0, 3.0, 8.0, 25.0):
        expected = slow_mean(own["even_minutes"].to_list(), half_life)
        assert found[named("even_minutes", half_life)][0] == pytest.approx(expected)
    assert found["games_played"][0] == len(own)


@pytest.mark.parametrize("component", ["threes", "rebounds", "blocks"])
def test_a_rate_is_counts_over_minutes_with_the_leagues_added(past: pl.DataFrame, component: str) -> None:
    own = past.filter(pl.col("player_id") == "c3")
    league = past[component].sum() / past["minutes"].sum()
    weights = [0.5 ** (back / LONG) for back in range(len(own))][::-1]
    made = sum(w * v for w, v in zip(weights, own[component], strict=True)) + PRIOR_MINUTES * league
    minutes = sum(w * v for w, v in zip(weights, own["minutes"], strict=True)) + PRIOR_MINUTES
    found = form(past).filter(pl.col("player_id") == "c3")[rate(component)][0]
    assert found == pytest.approx(made / minutes)


def test_a_player_is_where_he_last_played(past: pl.DataFrame) -> None:
    last = past["event_at_utc"].max()
    moved = past.with_columns(
        pl.when((pl.col("player_id") == "a1") & (pl.col("event_at_utc") > last - timedelta(days=8)))
        .then(pl.lit("b")).otherwise("team_id").alias("team_id")
    )  # fmt: skip
    found = form(moved).filter(pl.col("player_id") == "a1")
    assert found["last_team_id"][0] == "b"
    assert 0 < found["games_with_team"][0] < found["games_played"][0]


def test_without_a_past_there_is_no_form(past: pl.DataFrame) -> None:
    assert form(past.clear()).is_empty()
