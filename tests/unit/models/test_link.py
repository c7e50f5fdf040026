"""The ordered logit: the summit of its likelihood against a general optimiser, any scale, and thin evidence."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import minimize

from models.families.link import OrderedLogit, fit
from tests.unit.models.worlds import outcomes

Floats = NDArray[np.float64]
PLANTED = OrderedLogit(slope=0.006, low=-0.7, high=0.5)
DIFFERENCE = np.random.default_rng(8).normal(60, 120, 5_000)
TRUTH = PLANTED.predict(DIFFERENCE).probabilities
DRAWN = outcomes(TRUTH, 9)


def slow_fit(difference: Floats, label: Floats) -> Floats:
    """The obvious way: minus the log-likelihood of the matches and of the neutral one, and an optimiser without it."""
    spread = np.append((difference - difference.mean()) / difference.std(), [1.0, -1.0])
    labels = np.vstack([label, np.full((2, 3), 1 / 6)])

    def loss(x: Floats) -> float:
        p = OrderedLogit(x[0], x[1], x[1] + np.exp(x[2])).predict(spread).probabilities
        return -float((labels * np.log(p)).sum()) / len(label)

    found = minimize(loss, np.array([0.1, -0.5, 0.0]), method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-15}).x
    slope = found[0] / difference.std()
    shift = slope * difference.mean()
    return np.array([slope, found[1] + shift, found[1] + np.exp(found[2]) + shift])


@pytest.mark.parametrize(
    "label", [np.eye(3)[DRAWN], TRUTH, 0.5 * TRUTH + 0.5 / 3], ids=["results", "truth", "tempered"]
)
def test_the_fit_is_the_summit_that_a_general_optimiser_finds(label: Floats) -> None:
    found = fit(DIFFERENCE, label)
    assert [found.slope, found.low, found.high] == pytest.approx(slow_fit(DIFFERENCE, label), rel=1e-5)


def test_soft_labels_give_the_planted_thresholds_back() -> None:
    found = fit(DIFFERENCE, TRUTH)
    assert found.slope == pytest.approx(PLANTED.slope, rel=1e-3)
    assert (found.low, found.high) == pytest.approx((PLANTED.low, PLANTED.high), abs=1e-3)


def test_a_result_is_a_label_that_is_certain() -> None:
    assert fit(DIFFERENCE, DRAWN) == fit(DIFFERENCE, np.eye(3)[DRAWN])


@settings(max_examples=20, deadline=None)
@given(st.sampled_from([1e-7, 1e-3, 1.0, 1e5]), st.floats(-3, 3))
def test_the_unit_of_the_difference_does_not_matter(scale: float, shift: float) -> None:
    moved = (DIFFERENCE + 100 * shift) * scale
    found = fit(moved, DRAWN).predict(moved).probabilities
    assert np.allclose(found, fit(DIFFERENCE, DRAWN).predict(DIFFERENCE).probabilities, atol=1e-9)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(-5, 5), st.integers(0, 2)), max_size=8))
def test_few_one_sided_or_equal_matches_still_give_a_belief(matches: list[tuple[float, int]]) -> None:
    difference = np.array([lead for lead, _ in matches], dtype=float)
    found = fit(difference, np.array([outcome for _, outcome in matches], dtype=np.int64))
    assert found.low < found.high
    assert (found.predict(difference).probabilities < 0.9999).all()


def test_without_a_match_everything_is_as_likely() -> None:
    found = fit(np.empty(0), np.empty(0, dtype=np.int64))
    assert found.predict(np.array([0.0])).probabilities[0] == pytest.approx(np.full(3, 1 / 3))


def test_where_the_favourite_always_loses_the_slope_is_negative() -> None:
    assert fit(np.array([-2.0, -1.0, 1.0, 2.0]), np.array([0, 0, 2, 2])).slope < 0


@given(st.floats(-1500, 1500), st.floats(0.1, 400))
def test_a_stronger_home_side_is_likelier_to_win_and_less_likely_to_lose(difference: float, more: float) -> None:
    weak, strong = PLANTED.predict(np.array([difference, difference + more])).probabilities
    assert strong[0] >= weak[0]
    assert strong[2] <= weak[2]


def test_each_probability_is_the_share_of_logistic_noise_between_its_thresholds() -> None:
    noise = np.random.default_rng(3).logistic(size=400_000)
    place = PLANTED.slope * 70 + noise
    shares = [(place > PLANTED.high).mean(), (np.abs(place + 0.1) < 0.6).mean(), (place < PLANTED.low).mean()]
    assert PLANTED.predict(np.array([70.0])).probabilities[0] == pytest.approx(shares, abs=0.004)


def test_an_unknown_difference_is_no_belief_and_an_absurd_one_is_still_a_probability() -> None:
    found = PLANTED.predict(np.array([np.nan, 50.0, 20_000.0, -20_000.0]))
    assert found.present.tolist() == [False, True, True, True]
    assert found.probabilities[2, 0] > 0.999
    assert found.probabilities[3, 2] > 0.999


def test_what_is_written_is_read_back_equal() -> None:
    assert OrderedLogit.from_json(PLANTED.to_json()) == PLANTED


@pytest.mark.parametrize("values", [(1.0, 0.5, 0.4), (float("nan"), 0.0, 1.0), (1.0, 0.0, float("inf"))])
def test_thresholds_out_of_order_or_not_finite_are_refused(values: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="must"):
        OrderedLogit(*values)


@pytest.mark.parametrize(
    ("difference", "label"),
    [([1.0, 2.0], [0, 3]), ([1.0, 2.0], [0, -1]), ([1.0, np.nan], [0, 1]), ([1.0], [0, 1]), ([1.0], [[np.nan] * 3])],
)
def test_labels_and_differences_that_say_nothing_are_refused(difference: list[float], label: list[int]) -> None:
    with pytest.raises(ValueError, match=r"result is|Every match"):
        fit(np.array(difference), np.array(label))
