"""Whether a price list can be beaten for certain: the largest profit that no score can take away.

De Finetti's test of coherence (1937): prices come from one distribution exactly where no set of bets always wins.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from core.market.grid import scores
from core.market.markets import MARKETS

Offer = tuple[str, str, float | None, float]
"""Market, selection, line (None without one) and decimal odds."""


def sure_profit(offers: Iterable[Offer]) -> float:
    """What the best bets on one match win at the worst score, for stakes of 1 in all; at most 0 for coherent prices.

    By linear programming over stakes of 0 or more. Raises KeyError for an unknown market, ValueError without an offer.
    """
    profit = np.stack([_profit(*offer) for offer in offers], axis=1)
    bets = profit.shape[1]
    found = linprog(
        np.append(np.zeros(bets), -1.0),
        A_ub=np.hstack([-profit, np.ones((len(profit), 1))]), b_ub=np.zeros(len(profit)),
        A_eq=np.append(np.ones(bets), 0.0)[None], b_eq=[1.0], bounds=[(0, None)] * bets + [(None, None)],
    )  # fmt: skip
    return -float(found.fun)


def _profit(market: str, selection: str, line: float | None, odds_dec: float) -> NDArray[np.float64]:
    """(256,) profit of a unit stake at each score."""
    home, away = scores()
    paid = MARKETS[market].payoff(home, away, selection, line)
    profit: NDArray[np.float64] = np.where(paid > 0, paid * (odds_dec - 1), paid)
    return profit
