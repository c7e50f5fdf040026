"""Sure profits: none where prices come from one distribution, found where one price is too high."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.market.coherence import Offer, greatest_edge, sure_profit
from core.market.grid import ScoreGrid
from core.market.pricing import price

SIDES = ("home", "draw", "away")


def offers(margin: float = 1.0) -> list[Offer]:
    """Every market of one match at fair prices times `margin`, on the profit side."""
    frame = price(ScoreGrid.poisson([1.6], [1.1], -0.05)).frame()
    rows = frame.select("market", "selection", "line", "fair_odds_dec").drop_nulls("fair_odds_dec")
    return [(m, s, line, 1 + (odds - 1) * margin) for m, s, line, odds in rows.iter_rows() if odds > 1.000001]


def test_fair_prices_of_one_grid_are_coherent_and_a_margin_makes_bettors_lose() -> None:
    assert sure_profit(offers()) == pytest.approx(0, abs=1e-9)
    assert sure_profit(offers(0.9)) < -1e-4


def test_three_way_prices_below_hundred_percent_win_what_arithmetic_says() -> None:
    book = [("1x2", name, None, 3.3) for name in ("home", "draw", "away")]
    assert sure_profit(book) == pytest.approx(3.3 / 3 - 1)
    assert sure_profit(book[:2]) == pytest.approx(-1)


def test_one_price_too_high_anywhere_is_found_through_the_other_markets() -> None:
    fair = offers()
    for place in np.random.default_rng(0).choice(len(fair), 12, replace=False):
        market, selection, line, odds = fair[place]
        wrong = [*fair[:place], (market, selection, line, 1 + (odds - 1) * 1.2), *fair[place + 1 :]]
        assert sure_profit(wrong) > 1e-6, (market, selection, line)


def test_a_market_that_nobody_knows_is_refused() -> None:
    with pytest.raises(KeyError):
        sure_profit([("corners", "over", 9.5, 1.9)])


@given(low=st.floats(1.01, 1.9), seed=st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_no_sure_profit_is_above_the_greatest_edge(low: float, seed: int) -> None:
    odds = np.random.default_rng(seed).uniform(low, 4.0, 3)
    book: list[Offer] = [("1x2", side, None, float(price)) for side, price in zip(SIDES, odds, strict=True)]
    assert sure_profit(book) <= greatest_edge(book, ScoreGrid.poisson([1.4], [1.1])) + 1e-9


def test_fair_prices_have_no_edge_and_better_ones_have_theirs() -> None:
    grid = ScoreGrid.poisson([1.4], [1.1])
    fair = price(grid, ["1x2"]).fair_odds_dec[0]
    book: list[Offer] = [("1x2", side, None, float(odds)) for side, odds in zip(SIDES, fair, strict=True)]
    assert greatest_edge(book, grid) == pytest.approx(0, abs=1e-12)
    better = (*book[0][:3], float(fair[0] * 1.1))
    assert greatest_edge([*book, better], grid) == pytest.approx(0.1)
    with pytest.raises(ValueError, match="not by 2"):
        greatest_edge(book, ScoreGrid.poisson([1.4, 1.0], [1.1, 1.0]))
