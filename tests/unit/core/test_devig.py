"""Taking the margin out of books that any analyst knows, by both methods."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import brentq

from core.market.devig import Method, devig
from core.market.odds import expected_value, is_price, overround

METHODS: tuple[Method, ...] = ("multiplicative", "power")


def power_by_root_finding(odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return `implied ** k` with k found by Brent's method."""
    implied = 1.0 / odds
    exponent = brentq(lambda k: (implied**k).sum() - 1.0, 1e-9, 5000.0, xtol=1e-14, rtol=1e-14)
    return implied**exponent


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
    power, multiplicative = (devig([1.25, 6.5, 13.0], method)[0] for method in ("power", "multiplicative"))
    assert power[0] > multiplicative[0]
    assert power[2] < multiplicative[2]


@pytest.mark.parametrize(
    "odds",
    [[2.1, 3.4, 3.6], [1.05, 13.0, 34.0], [1.9, 2.1], [2.3, 3.8, 3.9], [1.5] * 5, [1.001, 1001.0, 1001.0]],
)
def test_power_finds_the_exponent_that_root_finding_finds(odds: list[float]) -> None:
    np.testing.assert_allclose(devig(odds, "power")[0], power_by_root_finding(np.array(odds)), atol=1e-10)


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


def test_no_books_give_no_probabilities() -> None:
    assert devig(np.empty((0, 3))).shape == (0, 3)


@pytest.mark.parametrize("odds", [[2.0, 2.0], [np.nan, 2.0]], ids=["with prices", "without any whole book"])
def test_an_unknown_method_is_refused_whatever_the_prices(odds: list[float]) -> None:
    with pytest.raises(KeyError, match="shin"):
        devig(odds, "shin")  # type: ignore[arg-type]


def test_a_price_lies_above_one_and_ends_where_the_ladder_ends() -> None:
    assert is_price([1.0, 1.000001, 1001.0, 1001.01, np.nan]).tolist() == [False, True, True, False, False]


def test_the_margin_of_a_book_is_what_it_exceeds_one_hundred_percent_by() -> None:
    assert overround([1.91, 1.91]) == pytest.approx(1.0471, abs=1e-4)
    assert overround([[2.0, 2.0], [4.0, 2.0]]).tolist() == [1.0, 0.75]
    assert np.isnan(overround([2.0, np.nan]))


def test_a_fair_coin_at_evens_is_worth_nothing_and_at_more_is_worth_the_rest() -> None:
    np.testing.assert_allclose(expected_value([0.5, 0.5, 0.0], [2.0, 2.1, 5.0]), [0.0, 0.05, -1.0])
