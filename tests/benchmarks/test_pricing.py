"""Every market of 1,000 matches: one matrix product against the loop over matches and markets that one finds online."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from core.market.grid import ScoreGrid, scores
from core.market.markets import FOOTBALL
from core.market.pricing import price

pytestmark = pytest.mark.benchmark(group="fair prices of all markets of 1,000 matches")
MATCHES = 1_000


@pytest.fixture(scope="module")
def grid() -> ScoreGrid:
    """Invented matches, seeded."""
    return ScoreGrid.poisson(*np.random.default_rng(11).uniform(0.3, 3.0, (2, MATCHES)), -0.08)


def _ours(grid: ScoreGrid) -> np.ndarray:
    return price(grid).fair_odds_dec


def _loop(grid: ScoreGrid) -> np.ndarray:
    home, away = scores()
    paid = [
        market.payoff(home, away, selection, line)
        for market in FOOTBALL.values()
        for line in (market.lines or (None,))
        for selection in market.selections
    ]
    sold = [(np.maximum(payoff, 0.0), np.maximum(-payoff, 0.0)) for payoff in paid]
    return np.array([[1.0 + (cells @ lost) / (cells @ won) for won, lost in sold] for cells in grid.flat])


@pytest.mark.parametrize(("peer", "priced"), [("fairline", _ours), ("a NumPy loop", _loop)])
def test_pricing(benchmark: Any, grid: ScoreGrid, peer: str, priced: Any) -> None:
    benchmark.extra_info["peer"] = peer
    benchmark.pedantic(priced, args=(grid,), rounds=3, warmup_rounds=1)


def test_both_give_the_same_prices(grid: ScoreGrid) -> None:
    few = ScoreGrid(grid.cells[:20])
    np.testing.assert_allclose(_ours(few), _loop(few), rtol=1e-9)
