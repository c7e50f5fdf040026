"""A belief checks itself: what it takes, what it refuses, and what "no belief" looks like."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from models.belief import Belief

NAN = float("nan")
WEIGHTS = arrays(float, st.tuples(st.integers(0, 8), st.just(3)), elements=st.floats(1e-6, 1e6))


@given(WEIGHTS)
def test_positive_weights_become_probabilities_that_keep_their_ratios(weights: np.ndarray) -> None:
    p = Belief.of(weights).probabilities
    assert np.allclose(p.sum(axis=1), 1, atol=1e-12)
    assert np.allclose(p * weights.sum(axis=1, keepdims=True), weights, rtol=1e-9)


def test_a_row_of_nan_is_no_belief_and_the_others_stand() -> None:
    belief = Belief.of([[2, 1, 1], [NAN, NAN, NAN], [1, 1, 2]])
    assert belief.present.tolist() == [True, False, True]
    assert belief.probabilities[0].tolist() == [0.5, 0.25, 0.25]


def test_one_missing_weight_makes_the_whole_row_no_belief() -> None:
    assert np.isnan(Belief.of([[2, NAN, 1]]).probabilities).all()


@pytest.mark.parametrize(
    "row",
    [
        [0.5, 0.5, 0.0],
        [0.7, 0.4, -0.1],
        [0.5, 0.3, 0.1],
        [0.5, 0.3, 0.3],
        [float("inf"), 0.5, 0.5],
        [0.5, 0.25, 0.25 + 1e-8],
    ],
)
def test_a_row_that_is_no_probability_is_refused(row: list[float]) -> None:
    with pytest.raises(ValueError, match="above 0 and sum to 1"):
        Belief(np.array([[0.4, 0.3, 0.3], row]))


@pytest.mark.parametrize("shape", [(3,), (2, 1), (2, 4), (1, 3, 1)])
def test_a_belief_has_three_columns_or_two(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="three columns"):
        Belief(np.full(shape, 1 / 3))


def test_no_match_at_all_is_a_belief() -> None:
    assert Belief(np.empty((0, 3))).present.shape == (0,)


def test_a_row_that_is_only_partly_missing_is_refused() -> None:
    """DEFECT: the docstring promises ValueError for a row that is neither NaN nor a probability."""
    with pytest.raises(ValueError, match="above 0 and sum to 1"):
        Belief(np.array([[NAN, 0.5, 0.5]]))
