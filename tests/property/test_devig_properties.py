"""Whatever a book quotes, taking the margin out gives probabilities."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from scipy.optimize import brentq

from core.market.devig import DIFFERENT_METHODS, Method, devig
from core.market.odds import MAX_ODDS_DEC, overround

METHODS = DIFFERENT_METHODS
Prices = NDArray[np.float64]


def books(low: float = 1.02, high: float = MAX_ODDS_DEC) -> st.SearchStrategy[Prices]:
    """One to four books of two to thirty outcomes, below, at and above 100%."""
    shapes = st.tuples(st.integers(1, 4), st.integers(2, 30))
    return shapes.flatmap(lambda shape: arrays(np.float64, shape, elements=st.floats(low, high)))


@pytest.mark.parametrize("method", METHODS)
@given(odds=books())
@settings(max_examples=60, deadline=None)
def test_fair_probabilities_sum_to_one_and_lie_between_none_and_all(method: Method, odds: Prices) -> None:
    fair = devig(odds, method)
    assert fair.shape == odds.shape
    np.testing.assert_allclose(fair.sum(axis=1), 1.0, atol=1e-12)
    assert ((fair > 0) & (fair < 1)).all()


@pytest.mark.parametrize("method", METHODS)
@given(odds=books())
@settings(max_examples=60, deadline=None)
def test_a_shorter_price_never_means_a_smaller_chance(method: Method, odds: Prices) -> None:
    for prices, fair in zip(odds, devig(odds, method), strict=True):
        by_price = np.argsort(prices, kind="stable")
        assert (np.diff(fair[by_price]) <= 1e-12).all()


@pytest.mark.parametrize("method", METHODS)
@given(odds=books(), seed=st.integers(0, 1000))
@settings(max_examples=40, deadline=None)
def test_each_book_is_judged_for_itself_and_the_order_of_outcomes_means_nothing(
    method: Method, odds: Prices, seed: int
) -> None:
    order = np.random.default_rng(seed).permutation(odds.shape[1])
    fair = devig(odds, method)
    np.testing.assert_allclose(devig(odds[:, order], method), fair[:, order], atol=1e-10)
    np.testing.assert_allclose(np.vstack([devig(book, method) for book in odds]), fair, atol=1e-12)


@pytest.mark.parametrize("method", METHODS)
@given(
    odds=books(), place=st.integers(0, 10_000), bad=st.sampled_from([np.nan, 1.0, 0.5, -3.0, 1002.0, np.inf, -np.inf])
)
@settings(max_examples=40, deadline=None)
def test_a_bad_price_blanks_its_own_book_only(method: Method, odds: Prices, place: int, bad: float) -> None:
    spoilt = odds.copy()
    row, column = divmod(place % odds.size, odds.shape[1])
    spoilt[row, column] = bad
    fair = devig(spoilt, method)
    assert np.isnan(fair[row]).all()
    others = np.delete(np.arange(len(odds)), row)
    np.testing.assert_array_equal(fair[others], devig(odds, method)[others])


@pytest.mark.parametrize("method", METHODS)
@given(weights=arrays(np.float64, st.integers(2, 30), elements=st.floats(0.1, 1.0)), step=st.floats(-1e-6, 1e-6))
@settings(max_examples=25, deadline=None)
def test_a_book_of_one_hundred_percent_stays_as_it_is_and_one_beside_it_moves_little(
    method: Method, weights: Prices, step: float
) -> None:
    truth = weights / weights.sum()
    np.testing.assert_allclose(devig(1.0 / truth, method)[0], truth, atol=1e-12)
    np.testing.assert_allclose(devig(1.0 / (truth * (1.0 + step)), method)[0], truth, atol=4.0 * abs(step) + 1e-12)


@pytest.mark.parametrize("method", METHODS)
@given(odds=books(low=1.05, high=900.0), step=st.floats(-1e-7, 1e-7))
@settings(max_examples=25, deadline=None)
def test_a_price_that_moves_a_little_moves_no_chance_much(method: Method, odds: Prices, step: float) -> None:
    moved = odds.copy()
    moved[:, 0] *= 1.0 + step
    np.testing.assert_allclose(devig(moved, method), devig(odds, method), atol=1e-4)


@given(weights=arrays(np.float64, st.integers(2, 12), elements=st.floats(0.05, 1.0)), insiders=st.floats(-0.2, 0.3))
@settings(max_examples=40, deadline=None)
def test_shin_gives_back_what_a_bookmaker_who_fears_insiders_put_on(weights: Prices, insiders: float) -> None:
    truth = weights / weights.sum()
    assume((insiders + (1.0 - insiders) * truth > 0.0).all())
    roots = np.sqrt(insiders * truth + (1.0 - insiders) * truth**2)
    implied = roots * roots.sum()
    rises_with_the_chance = insiders + 2.0 * (1.0 - insiders) * truth > 0.0
    assume((implied < 1.0).all() and rises_with_the_chance.all())
    np.testing.assert_allclose(devig(1.0 / implied, "shin")[0], truth, atol=1e-9)


@given(weights=arrays(np.float64, st.integers(2, 12), elements=st.floats(0.05, 1.0)), ratio=st.floats(0.8, 1.5))
@settings(max_examples=40, deadline=None)
def test_odds_ratio_gives_back_what_a_ratio_was_put_on(weights: Prices, ratio: float) -> None:
    truth = weights / weights.sum()
    np.testing.assert_allclose(devig(1.0 + (1.0 / truth - 1.0) / ratio, "odds_ratio")[0], truth, atol=1e-10)


@given(weights=arrays(np.float64, st.integers(2, 12), elements=st.floats(0.2, 1.0)), part=st.floats(-0.01, 0.05))
@settings(max_examples=40, deadline=None)
def test_additive_gives_back_what_was_put_on_every_outcome(weights: Prices, part: float) -> None:
    truth = weights / weights.sum()
    implied = truth + part
    assume(((implied > 0.0) & (implied < 1.0)).all())
    np.testing.assert_allclose(devig(1.0 / implied, "additive")[0], truth, atol=1e-12)


@given(weights=arrays(np.float64, st.integers(2, 12), elements=st.floats(0.05, 1.0)), margin=st.floats(0.9, 1.3))
@settings(max_examples=80, deadline=None)
def test_multiplicative_gives_back_what_a_proportional_margin_was_put_on(weights: Prices, margin: float) -> None:
    truth = weights / weights.sum()
    odds = 1.0 / (truth * margin)
    if (odds > 1.0).all():
        np.testing.assert_allclose(devig(odds, "multiplicative")[0], truth, atol=1e-12)


@given(weights=arrays(np.float64, st.integers(2, 6), elements=st.floats(0.1, 1.0)), exponent=st.floats(0.7, 1.6))
@settings(max_examples=80, deadline=None)
def test_power_gives_back_what_a_power_margin_was_put_on(weights: Prices, exponent: float) -> None:
    truth = weights / weights.sum()
    np.testing.assert_allclose(devig(truth ** (-1.0 / exponent), "power")[0], truth, atol=1e-9)


@given(odds=arrays(np.float64, st.integers(2, 30), elements=st.floats(1.1, MAX_ODDS_DEC)))
@settings(max_examples=120, deadline=None)
def test_power_agrees_with_root_finding(odds: Prices) -> None:
    implied = 1.0 / odds
    exponent = brentq(lambda k: (implied**k).sum() - 1.0, 1e-12, 100.0, xtol=1e-15, rtol=1e-14)
    np.testing.assert_allclose(devig(odds, "power")[0], implied**exponent, atol=1e-8)


@given(book=books(low=1.2))
@settings(max_examples=60, deadline=None)
def test_power_moves_every_chance_the_way_the_margin_goes(book: Prices) -> None:
    for prices, fair in zip(book, devig(book, "power"), strict=True):
        direction = np.sign(1.0 - overround(prices))
        assert (direction * (fair - 1.0 / prices) >= -1e-9).all()
