"""A same-match double on 1,000 matches: the joint price against a loop over matches and scores."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from core.market.grid import ScoreGrid, scores
from core.market.joint import Leg, joint
from core.market.markets import FOOTBALL

pytestmark = pytest.mark.benchmark(group="joint fair prices of one double on 1,000 matches")
MATCHES = 1_000
LEGS: list[Leg] = [("1x2", "home", None), ("totals", "over", 2.75)]


@pytest.fixture(scope="module")
def grid() -> ScoreGrid:
    """Invented matches, seeded."""
    return ScoreGrid.poisson(*np.random.default_rng(11).uniform(0.3, 3.0, (2, MATCHES)), -0.08)


def _ours(grid: ScoreGrid) -> np.ndarray:
    return joint(grid, LEGS).fair_odds_dec


def _loop(grid: ScoreGrid) -> np.ndarray:
    home, away = scores()
    paid = np.array([FOOTBALL[m].payoff(home, away, selection, line) for m, selection, line in LEGS])
    prices = []
    for cells in grid.flat:
        win = sum(cell * max(one, 0) * max(other, 0) for cell, one, other in zip(cells, *paid, strict=True))
        kept = sum(cell * min(1 + one, 1) * min(1 + other, 1) for cell, one, other in zip(cells, *paid, strict=True))
        prices.append(1 + (1 - kept) / win)
    return np.array(prices)


@pytest.mark.parametrize(("peer", "priced"), [("fairline", _ours), ("a loop", _loop)])
def test_joint_price(benchmark: Any, grid: ScoreGrid, peer: str, priced: Any) -> None:
    benchmark.extra_info["peer"] = peer
    benchmark.pedantic(priced, args=(grid,), rounds=3, warmup_rounds=1)


def test_both_give_the_same_prices(grid: ScoreGrid) -> None:
    few = ScoreGrid(grid.cells[:20])
    np.testing.assert_allclose(_ours(few), _loop(few), rtol=1e-9)
