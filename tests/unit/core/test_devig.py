"""Taking the margin out of books that any analyst knows, by every method."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import get_args

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import brentq

from core.market.devig import DIFFERENT_METHODS, Method, devig
from core.market.odds import expected_value, is_price, overround

METHODS: tuple[Method, ...] = get_args(Method)
Prices = NDArray[np.float64]


def _root(probabilities: Callable[[float], Prices], low: float, high: float) -> Prices:
    """The probabilities at the parameter that makes them sum to one, found by Brent's method."""
    return probabilities(brentq(lambda value: probabilities(value).sum() - 1.0, low, high, xtol=1e-15, rtol=1e-14))


def power_by_root_finding(odds: Prices) -> Prices:
    """Return `implied ** k`."""
    return _root(lambda k: (1.0 / odds) ** k, 1e-9, 5000.0)


def shin_by_root_finding(odds: Prices) -> Prices:
    """Jullien and Salanié's formula as printed; a negative share of insiders for a book below 100%."""
    implied = 1.0 / odds
    squares = implied**2 / implied.sum()
    return _root(lambda z: (np.sqrt(z**2 + 4.0 * (1.0 - z) * squares) - z) / (2.0 * (1.0 - z)), -1_000.0, 1.0 - 1e-9)


def odds_ratio_by_root_finding(odds: Prices) -> Prices:
    """Cheung's formula as printed."""
    implied = 1.0 / odds
    return _root(lambda c: implied / (c + implied - c * implied), 1e-9, 1e9)


def additive_by_filling(odds: Prices) -> Prices:
    """Equal parts of the margin; an outcome that would keep under a tenth of its share keeps that, the rest pay."""
    implied = 1.0 / odds
    floors = 0.1 * implied / max(implied.sum(), 1.0)
    floored: set[int] = set()
    while True:
        free = [place for place in range(len(odds)) if place not in floored]
        part = (implied[free].sum() + floors[list(floored)].sum() - 1.0) / len(free)
        sunk = {place for place in free if implied[place] - part < floors[place]}
        if not sunk:
            return np.array(
                [floors[place] if place in floored else implied[place] - part for place in range(len(odds))]
            )
        floored |= sunk


ORACLES: dict[Method, Callable[[Prices], Prices]] = {
    "multiplicative": lambda odds: (1.0 / odds) / (1.0 / odds).sum(),
    "power": power_by_root_finding,
    "additive": additive_by_filling,
    "shin": shin_by_root_finding,
    "odds_ratio": odds_ratio_by_root_finding,
}
KNOWN_BOOKS = [
    [2.1, 3.4, 3.6], [1.05, 13.0, 34.0], [1.9, 2.1], [2.3, 3.8, 3.9], [1.5] * 5, [1.001, 1001.0, 1001.0],
    [1.01, 30.0, 500.0], [40.0, 50.0], np.geomspace(2.0, 900.0, 30).tolist(),
]  # fmt: skip


def test_every_different_method_has_an_oracle() -> None:
    assert set(ORACLES) == set(DIFFERENT_METHODS)


@pytest.mark.parametrize("method", DIFFERENT_METHODS)
@pytest.mark.parametrize("odds", KNOWN_BOOKS, ids=lambda odds: f"{len(odds)} from {odds[0]}")
def test_fair_probabilities_are_those_of_the_printed_formula(method: Method, odds: list[float]) -> None:
    np.testing.assert_allclose(devig(odds, method)[0], ORACLES[method](np.array(odds)), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("odds", [[2.1, 3.4, 3.6], [1.91, 1.91], [1.2, 7.0, 15.0], [1.01, 30.0, 500.0]])
def test_a_fair_book_sums_to_one_and_keeps_the_order_of_favourites(method: Method, odds: list[float]) -> None:
    fair = devig(odds, method)[0]
    assert fair.sum() == pytest.approx(1.0, abs=1e-12)
    assert list(np.argsort(-fair)) == list(np.argsort(odds))


@pytest.mark.parametrize("method", METHODS)
def test_a_book_at_exactly_one_hundred_percent_is_left_as_it_is(method: Method) -> None:
    np.testing.assert_allclose(devig([2.0, 4.0, 4.0], method), [[0.5, 0.25, 0.25]], atol=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_the_best_prices_of_all_books_may_sum_to_less_than_one_hundred_percent(method: Method) -> None:
    odds = np.array([2.3, 3.8, 3.9])
    assert overround(odds) < 1.0
    fair = devig(odds, method)[0]
    assert fair.sum() == pytest.approx(1.0, abs=1e-12)
    assert (fair > 1.0 / odds).all()


def test_power_takes_more_from_the_longshot_than_multiplicative_does() -> None:
    book = [1.25, 6.5, 13.0]
    power, multiplicative = devig(book, "power")[0], devig(book, "multiplicative")[0]
    assert power[0] > multiplicative[0]
    assert power[2] < multiplicative[2]


@pytest.mark.parametrize("odds", [[1.01, 1.02], [1.001, 1.01], [1.005, 1.005, 1.02]])
def test_power_finds_it_also_in_a_book_of_certainties(odds: list[float]) -> None:
    np.testing.assert_allclose(devig(odds, "power")[0], power_by_root_finding(np.array(odds)), atol=1e-9)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("bad", [np.nan, 1.0, 0.0, -2.0, 1001.5, np.inf])
def test_a_book_with_one_price_that_is_none_has_no_fair_prices_and_spoils_no_other(method: Method, bad: float) -> None:
    fair = devig([[2.0, bad, 4.0], [2.1, 3.4, 3.6]], method)
    assert np.isnan(fair[0]).all()
    np.testing.assert_array_equal(fair[1], devig([2.1, 3.4, 3.6], method)[0])


@pytest.mark.parametrize("method", METHODS)
def test_thirty_runners_share_one_hundred_percent(method: Method) -> None:
    fair = devig(np.linspace(3.0, 200.0, 30), method)[0]
    assert fair.sum() == pytest.approx(1.0, abs=1e-12)
    assert all(likelier > rarer > 0 for likelier, rarer in pairwise(fair))


def test_an_even_book_is_an_even_chance_below_and_above_one_hundred_percent() -> None:
    for price in (1.9, 2.0, 2.05, 40.0):
        assert devig([price, price], "shin").tolist() == [[0.5, 0.5]]


@pytest.mark.parametrize("odds", [[1.5, 2.8], [1.5, 3.3], [1.06, 11.0]])
def test_of_two_outcomes_shin_takes_what_additive_takes(odds: list[float]) -> None:
    """A known identity: Clarke, Kovalchik and Ingram (2017), section 2."""
    np.testing.assert_allclose(devig(odds, "shin"), devig(odds, "additive"), atol=1e-12)


@pytest.mark.parametrize("odds", [[2.7, 2.3, 4.4], [2.3, 3.8, 3.9], [1.3, 5.0, 13.0]])
def test_differential_margin_weighting_is_buchdahls_formula_and_so_additive(odds: list[float]) -> None:
    prices = np.array(odds)
    fair_odds = 3.0 * prices / (3.0 - (overround(prices) - 1.0) * prices)
    for method in ("differential_margin_weighting", "additive"):
        np.testing.assert_allclose(devig(odds, method)[0], 1.0 / fair_odds, atol=1e-12)


@pytest.mark.parametrize("odds", [[2.7, 2.3, 4.4], [2.3, 3.8, 3.9], [1.05, 13.0, 34.0]])
def test_logarithmic_moves_every_log_odds_by_the_same(odds: list[float]) -> None:
    fair, implied = devig(odds, "logarithmic")[0], 1.0 / np.array(odds)
    shifts = np.log(fair / (1.0 - fair)) - np.log(implied / (1.0 - implied))
    np.testing.assert_allclose(shifts, shifts[0], atol=1e-9)
    np.testing.assert_array_equal(fair, devig(odds, "odds_ratio")[0])


def test_a_long_shot_that_additive_would_sink_keeps_a_tenth_of_its_share() -> None:
    implied = 1.0 / np.array([1.01, 30.0, 500.0])
    assert implied[2] < (implied.sum() - 1.0) / 3.0
    assert devig([1.01, 30.0, 500.0], "additive")[0, 2] == pytest.approx(0.1 * implied[2] / implied.sum(), rel=1e-12)


def test_a_book_is_judged_alike_alone_and_in_any_company() -> None:
    odds = np.random.default_rng(3).uniform(1.05, 40.0, (500, 3))
    for method in METHODS:
        together = devig(odds, method)
        np.testing.assert_array_equal(np.vstack([devig(odds[::-1][:7], method), devig(odds[7], method)]),
                                      np.vstack([together[::-1][:7], together[7]]))  # fmt: skip


def test_no_books_give_no_probabilities() -> None:
    assert devig(np.empty((0, 3))).shape == (0, 3)


@pytest.mark.parametrize("odds", [[2.0, 2.0], [np.nan, 2.0]], ids=["with prices", "without any whole book"])
def test_an_unknown_method_is_refused_whatever_the_prices(odds: list[float]) -> None:
    with pytest.raises(KeyError, match="sharp"):
        devig(odds, "sharp")  # type: ignore[arg-type]


def test_a_price_lies_above_one_and_ends_where_the_ladder_ends() -> None:
    assert is_price([1.0, 1.000001, 1001.0, 1001.01, np.nan]).tolist() == [False, True, True, False, False]


def test_the_margin_of_a_book_is_what_it_exceeds_one_hundred_percent_by() -> None:
    assert overround([1.91, 1.91]) == pytest.approx(1.0471, abs=1e-4)
    assert overround([[2.0, 2.0], [4.0, 2.0]]).tolist() == [1.0, 0.75]
    assert np.isnan(overround([2.0, np.nan]))


def test_a_fair_coin_at_evens_is_worth_nothing_and_at_more_is_worth_the_rest() -> None:
    np.testing.assert_allclose(expected_value([0.5, 0.5, 0.0], [2.0, 2.1, 5.0]), [0.0, 0.05, -1.0])
