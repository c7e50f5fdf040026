"""Whether a price list can be beaten for certain: the largest profit that no score can take away.

De Finetti's test of coherence (1937): prices come from one distribution exactly where no set of bets always wins.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from core.market.grid import GOAL_SCORES, ScoreGrid, Support
from core.market.markets import MARKETS
from core.market.payoffs import profit
from core.threads import one_blas_thread

Floats = NDArray[np.float64]
Offer = tuple[str, str, float | None, float]
"""Market, selection, line (None without one) and decimal odds."""


def sure_profit(offers: Iterable[Offer], support: Support = GOAL_SCORES) -> float:
    """What the best bets on one match win at the worst score, for stakes of 1 in all; at most 0 for coherent prices.

    Raises KeyError for an unknown market, ValueError without an offer.
    """
    won = np.stack([_profits(support, *offer) for offer in offers], axis=1)
    return float((won @ surest_stakes(won)).min())


def greatest_edge(offers: Iterable[Offer], grid: ScoreGrid) -> float:
    """What the best single bet on a match is expected to win by the match's own grid, for a stake of 1.

    No set of bets wins more than that at every score, because what it wins at the worst is not above what it wins on
    average: where this is 0 or less, so is `sure_profit` (the easy half of de Finetti's theorem). Of 1,200 bets on a
    game of basketball it is found in a tenth of a second, `sure_profit` in twenty. Raises KeyError for an unknown
    market, ValueError for a grid of another number of matches than one, or without an offer.
    """
    if len(grid) != 1:
        raise ValueError(f"Offers on one match are told by its grid, not by {len(grid)}.")
    with one_blas_thread():
        return max(float(grid.flat[0] @ _profits(grid.support, *offer)) for offer in offers)


def _profits(support: Support, market: str, selection: str, line: float | None, odds_dec: float) -> Floats:
    """(c,) profit of a unit stake at each score."""
    return profit(MARKETS[market].payoff(support.home, support.away, selection, line), odds_dec)


def surest_stakes(profits: Floats) -> Floats:
    """(k,) shares of a stake whose profit at the worst of s scores is largest, by linear programming.

    `profits`: (s, k) of a unit stake on each of k bets.
    """
    distinct = np.unique(profits, axis=0)
    bets = distinct.shape[1]
    found = linprog(
        np.append(np.zeros(bets), -1.0),
        A_ub=np.hstack([-distinct, np.ones((len(distinct), 1))]), b_ub=np.zeros(len(distinct)),
        A_eq=np.append(np.ones(bets), 0.0)[None], b_eq=[1.0], bounds=[(0, None)] * bets + [(None, None)],
    )  # fmt: skip
    stakes: Floats = found.x[:-1]
    return stakes
