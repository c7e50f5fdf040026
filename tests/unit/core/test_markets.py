"""The catalogue of markets: what is sold, and the codes that every key carries."""

from __future__ import annotations

import numpy as np
import pytest

from core.market.markets import MARKETS, SELECTION_CODES, Market

GOLDEN_CODES = {
    ("1x2", "home"): 0,
    ("1x2", "draw"): 1,
    ("1x2", "away"): 2,
    ("totals", "over"): 16,
    ("totals", "under"): 17,
    ("asian_handicap", "home"): 32,
    ("asian_handicap", "away"): 33,
}


def test_the_codes_of_markets_already_sold_never_change() -> None:
    assert {pair: SELECTION_CODES.get(pair) for pair in GOLDEN_CODES} == GOLDEN_CODES


def test_every_selection_has_a_code_of_its_own_that_fits_in_eight_bits() -> None:
    sold = [(market.name, selection) for market in MARKETS.values() for selection in market.selections]
    of_games = {(market, side) for market in ("moneyline", "spread") for side in ("home", "away")}
    assert set(SELECTION_CODES) == set(sold) | of_games, "basketball's are keyed before they are priced"
    assert len(set(SELECTION_CODES.values())) == len(SELECTION_CODES)
    assert all(0 <= code < 256 for code in SELECTION_CODES.values())


@pytest.mark.parametrize("market", MARKETS.values(), ids=lambda market: market.name)
def test_a_market_is_listed_under_its_own_name_and_names_each_selection_once(market: Market) -> None:
    assert MARKETS[market.name] is market
    assert len(set(market.selections)) == len(market.selections) >= 2


@pytest.mark.parametrize("market", MARKETS.values(), ids=lambda market: market.name)
def test_every_selection_pays_only_what_a_bet_can_pay(market: Market) -> None:
    home, away = np.indices((8, 8))
    for line in np.arange(-3, 3.25, 0.25) if market.has_line else [None]:
        for selection in market.selections:
            paid = market.payoff(home, away, selection, None if line is None else float(line))
            assert paid.shape == (8, 8)
            assert set(np.unique(paid)) <= {-1.0, -0.5, 0.0, 0.5, 1.0}
