"""Proper scores against values worked out by hand, an independent library, and the property that makes them proper."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import log_loss as sklearn_log_loss

from models import scores
from tests.unit.models.worlds import outcomes, truths

SHARE = st.floats(0.02, 1.0)
TRIPLE = st.tuples(SHARE, SHARE, SHARE).map(lambda weights: np.array(weights) / sum(weights))
ONE = np.array([[0.5, 0.3, 0.2]])


@pytest.mark.parametrize(
    ("outcome", "log_loss", "brier", "rps"),
    [
        (0, math.log(2), 0.25 + 0.09 + 0.04, (0.25 + 0.04) / 2),
        (1, -math.log(0.3), 0.25 + 0.49 + 0.04, (0.25 + 0.04) / 2),
        (2, -math.log(0.2), 0.25 + 0.09 + 0.64, (0.25 + 0.64) / 2),
    ],
)
def test_each_score_is_what_its_formula_gives_by_hand(outcome: int, log_loss: float, brier: float, rps: float) -> None:
    happened = np.array([outcome])
    assert scores.log_loss(ONE, happened)[0] == pytest.approx(log_loss, abs=1e-12)
    assert scores.brier(ONE, happened)[0] == pytest.approx(brier, abs=1e-12)
    assert scores.rps(ONE, happened)[0] == pytest.approx(rps, abs=1e-12)


def test_the_log_loss_is_that_of_scikit_learn() -> None:
    p = truths(300, 1)
    happened = outcomes(p, 2)
    assert scores.log_loss(p, happened).mean() == pytest.approx(sklearn_log_loss(happened, p, labels=[0, 1, 2]))


def test_the_ranked_probability_score_is_its_definition_summed_slowly() -> None:
    p = truths(100, 3)
    happened = outcomes(p, 4)
    for row, result, found in zip(p, happened, scores.rps(p, happened), strict=True):
        cumulated = [sum(row[: place + 1]) - float(result <= place) for place in range(2)]
        assert found == pytest.approx(sum(gap**2 for gap in cumulated) / 2)


def test_the_ranked_score_knows_that_a_draw_is_nearer_to_a_home_win_than_an_away_win() -> None:
    home = np.array([0])
    almost, far = np.array([[0.1, 0.8, 0.1]]), np.array([[0.1, 0.1, 0.8]])
    assert scores.rps(almost, home)[0] < scores.rps(far, home)[0]
    assert scores.brier(almost, home)[0] == pytest.approx(scores.brier(far, home)[0])


@pytest.mark.parametrize("score", [scores.log_loss, scores.brier, scores.rps])
@given(truth=TRIPLE, lie=TRIPLE)
def test_in_expectation_nothing_scores_better_than_the_truth(score: object, truth: np.ndarray, lie: np.ndarray) -> None:
    assert callable(score)
    every = np.arange(3)
    expected = [float(truth @ score(np.tile(forecast, (3, 1)), every)) for forecast in (truth, lie)]
    assert expected[0] <= expected[1] + 1e-12


@given(truth=TRIPLE, other=TRIPLE)
def test_the_divergence_is_the_expected_excess_of_log_loss(truth: np.ndarray, other: np.ndarray) -> None:
    every = np.arange(3)
    losses = [scores.log_loss(np.tile(forecast, (3, 1)), every) for forecast in (truth, other)]
    found = scores.kl_divergence(truth[None], other[None])[0]
    assert found == pytest.approx(float(truth @ (losses[1] - losses[0])), abs=1e-12)
    assert found >= -1e-12


@given(p=TRIPLE, outcome=st.integers(0, 2))
def test_scores_stay_in_their_ranges(p: np.ndarray, outcome: int) -> None:
    happened = np.array([outcome])
    assert scores.log_loss(p[None], happened)[0] >= 0
    assert 0 <= scores.brier(p[None], happened)[0] <= 2
    assert 0 <= scores.rps(p[None], happened)[0] <= 1


def _days(generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """40 days of 1 to 12 values that share a daily shock: the true mean is 0."""
    sizes = generator.integers(1, 13, 40)
    days = np.repeat(np.arange(40), sizes)
    return generator.normal(0, 1, 40)[days] + generator.normal(0, 1, len(days)), days


def test_the_block_interval_covers_the_true_mean_about_as_often_as_it_says() -> None:
    generator = np.random.default_rng(11)
    hits, naive_hits, trials = 0, 0, 200
    for trial in range(trials):
        values, days = _days(generator)
        low, high = scores.block_bootstrap_mean(values, days, 300, trial)
        hits += low <= 0 <= high
        narrow = scores.block_bootstrap_mean(values, np.arange(len(values)), 300, trial)
        naive_hits += narrow[0] <= 0 <= narrow[1]
    assert 0.87 <= hits / trials <= 0.99
    assert naive_hits / trials < 0.80, "matches of one day are not independent, and this test would not notice"


def test_the_interval_is_that_of_a_loop_that_draws_whole_days() -> None:
    values, days = _days(np.random.default_rng(5))
    generator = np.random.default_rng(99)
    means = []
    for _ in range(3000):
        drawn = np.concatenate([values[days == day] for day in generator.integers(0, 40, 40)])
        means.append(drawn.mean())
    slow = np.quantile(means, [0.025, 0.975])
    assert scores.block_bootstrap_mean(values, days, 3000, 1) == pytest.approx(slow, abs=0.03)


def test_the_same_seed_gives_the_same_interval_and_the_names_of_the_days_do_not_matter() -> None:
    values, days = _days(np.random.default_rng(6))
    found = scores.block_bootstrap_mean(values, days, 200, 3)
    assert found == scores.block_bootstrap_mean(values, days * 7 + 18000, 200, 3)
    assert found != scores.block_bootstrap_mean(values, days, 200, 4)


def test_a_single_day_tells_nothing_about_its_spread() -> None:
    low, high = scores.block_bootstrap_mean(np.array([1.0, 2.0]), np.array([5, 5]), 100, 0)
    assert math.isnan(low)
    assert math.isnan(high)
