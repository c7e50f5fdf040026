"""Sure profits: none where prices come from one distribution, found where one price is too high."""

from __future__ import annotations

import numpy as np
import pytest

from core.market.coherence import Offer, sure_profit
from core.market.grid import ScoreGrid
from core.market.pricing import price


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
