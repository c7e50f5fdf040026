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
