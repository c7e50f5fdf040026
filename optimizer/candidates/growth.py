"""How much one ticket alone lets a bankroll grow: what candidates are ranked by before any scenario is drawn.

Stakes, and what tickets do to each other, belong in `optimizer.portfolio`.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from optimizer.systems import Lines

Floats = NDArray[np.float64]


def moments(legs: pl.DataFrame) -> tuple[Floats, Floats]:
    """(L,) mean and mean square of what a unit stake on each leg returns.

    `legs`: rows of gold value_bets: prob, push_share, price_odds_dec and net_odds_dec (the displayed price counts where
    it is null). A half win counts as half a win and half a push, which overstates a quarter line's spread a little.
    """
    prob, net = legs["prob"].to_numpy(), legs["net_odds_dec"].fill_null(legs["price_odds_dec"]).to_numpy()
    push = legs["push_share"].fill_null(0.0).to_numpy()
    return prob * net + push, prob * net**2 + push


def growth(mean: Floats, square: Floats, lines: Lines) -> Floats:
    """(c,) expected log growth of c tickets at their own best stake, to second order; 0 where the edge is not positive.

    `mean`, `square`: (c, k) moments of the legs' returns, positive, of legs that are independent. With profit X of a
    unit stake, log(1 + f X) is about f X - f² X² / 2, whose mean is largest at f = E X / E X² and there is
    (E X)² / (2 E X²) (Thorp, 2006).
    """
    legs = np.arange(mean.shape[1])
    inside = np.array([np.isin(legs, line) for line in lines], dtype=float)
    log_mean, log_square = np.log(mean.T), np.log(square.T)
    edge = np.exp(inside @ log_mean).mean(axis=0) - 1.0
    both = inside[:, None] * inside[None]
    either = np.abs(inside[:, None] - inside[None])
    of_pairs = np.exp(both.reshape(-1, len(legs)) @ log_square + either.reshape(-1, len(legs)) @ log_mean)
    profit_square = of_pairs.mean(axis=0) - 2.0 * (edge + 1.0) + 1.0
    return np.where(edge > 0.0, edge**2 / (2.0 * profit_square), 0.0)
