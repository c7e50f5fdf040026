"""Ratings against a slow replay with a dictionary, what was known when, and the link that learns its thresholds."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.families.elo import EloBelief, EloParameters, fit, rating_differences
from tests.unit.models.worlds import START, outcomes, results, spine

PARAMETERS = EloParameters(k=20.0, home_advantage=60.0, margin_weight=0.7)


def slow_difference(
    played: pl.DataFrame, as_of: datetime, home: str, away: str, parameters: EloParameters = PARAMETERS
) -> float:
    """The obvious way: replay everything known by then, from nothing, in a dictionary."""
    ratings: dict[str, float] = {}
    for row in sorted(played.iter_rows(named=True), key=lambda row: (row["known_at_utc"], row["match_id"])):
        if row["known_at_utc"] > as_of:
            continue
        ours, theirs = (ratings.get(row[f"{side}_team_id"], 1500.0) for side in ("home", "away"))
        expected = 1 / (1 + 10 ** (-(ours - theirs + parameters.home_advantage) / 400))
        margin = row["home_goals"] - row["away_goals"]
        actual = 1.0 if margin > 0 else 0.5 if margin == 0 else 0.0
        step = parameters.k * (1 + parameters.margin_weight * math.log(1 + abs(margin))) * (actual - expected)
        ratings[row["home_team_id"]], ratings[row["away_team_id"]] = ours + step, theirs - step
    return ratings.get(home, 1500.0) - ratings.get(away, 1500.0) + parameters.home_advantage


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), days=st.lists(st.integers(-2, 24), min_size=1, max_size=8))
def test_the_fast_replay_is_the_slow_one_in_any_order_of_questions(seed: int, days: list[int]) -> None:
    played = results(seed)
    clubs = ["club-0", "club-3", "club-never-seen"]
    asks = [
        (START + timedelta(days=day, hours=place % 2), clubs[place % 3], clubs[(place + 1) % 3])
        for place, day in enumerate(days)
    ]
    found = rating_differences(played, spine(asks), PARAMETERS)
    assert found.tolist() == pytest.approx([slow_difference(played, *ask) for ask in asks], abs=1e-9)


def test_a_result_is_known_from_its_own_moment_on_and_not_a_microsecond_before() -> None:
    played = results(1, clubs=2, matches=1, same_time=1)
    home, away = played["home_team_id"][0], played["away_team_id"][0]
    played = played.with_columns(home_goals=pl.lit(3), away_goals=pl.lit(0))
    asks = [(START - timedelta(microseconds=1), home, away), (START, home, away)]
    before, after = rating_differences(played, spine(asks), PARAMETERS)
    assert before == PARAMETERS.home_advantage
    assert after > before


def test_what_becomes_known_after_the_decision_changes_nothing() -> None:
    played, as_of = results(2), START + timedelta(days=9)
    asks = spine([(as_of, "club-1", "club-2"), (as_of - timedelta(days=4), "club-0", "club-5")])
    later = pl.col("known_at_utc") > as_of
    upset = played.with_columns(home_goals=pl.when(later).then(9).otherwise(pl.col("home_goals")))
    cut = played.filter(~later)
    assert 0 < len(cut) < len(played)
    expected = rating_differences(played, asks, PARAMETERS).tolist()
    assert rating_differences(upset, asks, PARAMETERS).tolist() == expected
    assert rating_differences(cut, asks, PARAMETERS).tolist() == expected


def test_a_result_known_before_the_decision_does_change_something() -> None:
    played, as_of = results(2), START + timedelta(days=9)
    asks = spine([(as_of, "club-1", "club-2")])
    upset = played.with_columns(home_goals=pl.lit(9), away_goals=pl.lit(0))
    assert rating_differences(upset, asks, PARAMETERS)[0] != rating_differences(played, asks, PARAMETERS)[0]


def test_results_of_the_same_moment_are_taken_in_the_same_order_however_they_are_listed() -> None:
    played = results(3, same_time=20)
    asks = spine([(START + timedelta(days=30), f"club-{n}", f"club-{(n + 1) % 6}") for n in range(6)])
    expected = rating_differences(played, asks, PARAMETERS).tolist()
    for seed in range(4):
        shuffled = played.sample(fraction=1, shuffle=True, seed=seed)
        assert rating_differences(shuffled, asks, PARAMETERS).tolist() == expected


def test_a_league_without_any_result_rates_everybody_the_same() -> None:
    none = results(4).clear()
    asks = spine([(START, "club-1", "club-2")])
    assert rating_differences(none, asks, PARAMETERS).tolist() == [PARAMETERS.home_advantage]
    assert rating_differences(results(4), asks.clear(), PARAMETERS).shape == (0,)


def test_a_bigger_win_moves_the_ratings_further_and_a_weight_of_zero_forgets_by_how_much() -> None:
    one = results(5, clubs=2, matches=1, same_time=1)
    asks = spine([(START, one["home_team_id"][0], one["away_team_id"][0])])

    def after(goals: int, parameters: EloParameters) -> float:
        return float(rating_differences(one.with_columns(home_goals=goals, away_goals=0), asks, parameters)[0])

    assert after(5, PARAMETERS) > after(1, PARAMETERS) > after(0, PARAMETERS)
    flat = EloParameters(k=20, home_advantage=60, margin_weight=0)
    assert after(5, flat) == pytest.approx(after(1, flat))


def test_the_fit_finds_the_thresholds_that_made_the_results() -> None:
    planted = EloBelief(slope=0.006, low=-0.7, high=0.5, parameters=PARAMETERS)
    difference = np.random.default_rng(8).normal(60, 120, 20_000)
    found = fit(difference, outcomes(planted.predict(difference).probabilities, 9), PARAMETERS)
    assert found.slope == pytest.approx(planted.slope, rel=0.08)
    assert found.low == pytest.approx(planted.low, abs=0.08)
    assert found.high == pytest.approx(planted.high, abs=0.08)


@given(st.floats(-1500, 1500), st.floats(0.1, 400))
def test_a_stronger_home_side_is_likelier_to_win_and_less_likely_to_lose(difference: float, more: float) -> None:
    link = EloBelief(0.005, -0.6, 0.6, PARAMETERS)
    weak, strong = link.predict(np.array([difference, difference + more])).probabilities
    assert strong[0] >= weak[0]
    assert strong[2] <= weak[2]


def test_an_unknown_difference_is_no_belief_and_an_absurd_one_is_still_a_probability() -> None:
    found = EloBelief(0.005, -0.6, 0.6, PARAMETERS).predict(np.array([np.nan, 50.0, 20_000.0, -20_000.0]))
    assert found.present.tolist() == [False, True, True, True]
    assert found.probabilities[2, 0] > 0.999
    assert found.probabilities[3, 2] > 0.999


def test_what_the_registry_writes_is_read_back_equal() -> None:
    link = EloBelief(0.0051234, -0.61, 0.62, PARAMETERS)
    assert EloBelief.from_json(link.to_json()) == link


def test_neither_results_nor_questions_are_answered_with_nothing() -> None:
    """DEFECT: without any club the codes are no integers, and Numba refuses them: an empty lake cannot be run."""
    assert rating_differences(results(4).clear(), spine([]), PARAMETERS).shape == (0,)
