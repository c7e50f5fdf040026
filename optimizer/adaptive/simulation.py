"""What a policy makes of many worlds at once: growth and drawdown, day by day as a bankroll lives it.

Stakes are fractional Kelly of the stated edge under the limits of a ticket and a day; limits of leagues, books and
increments belong in `optimizer.portfolio` and are left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from optimizer.adaptive.policy import Policy
from optimizer.adaptive.signals import SUMS, evidence, remember, t_value
from optimizer.adaptive.worlds import Worlds

Floats = NDArray[np.float64]

MAXIMUM_TICKET_SHARE = 0.02
MAXIMUM_DAY_SHARE = 0.10


@dataclass(frozen=True, eq=False)
class Outcome:
    """What became of each of n worlds, all (n,).

    `growth`: log of the last bankroll over the first. `expected_growth`: the same with the luck of linear profit taken
    out, `growth - sum(stake * (profit - true edge))`: a control variate of mean zero, since stakes are set before
    results, so both have one expectation and this has a fraction of the variance. `max_drawdown_share` in [0, 1).
    `mean_fraction`: Kelly fraction over days.
    """

    growth: Floats
    expected_growth: Floats
    max_drawdown_share: Floats
    mean_fraction: Floats


def simulate(policy: Policy, worlds: Worlds) -> Outcome:
    """The policy in each world, from a bankroll of 1: it sees each day the closes of the days before."""
    lived = _lived(
        np.asarray(policy.weights),
        policy.bounds.low,
        policy.bounds.high,
        worlds.price_odds_dec,
        worlds.stated_edge,
        worlds.true_edge,
        worlds.clv,
        worlds.won,
        worlds.uncertainty,
    )
    return Outcome(*lived.T)


@njit(cache=True)  # type: ignore[untyped-decorator]
def _lived(
    weights: Floats,
    low: float,
    high: float,
    price: Floats,
    stated: Floats,
    true: Floats,
    clv: Floats,
    won: Floats,
    uncertainty: Floats,
) -> Floats:
    worlds, days, most = price.shape
    found = np.zeros((worlds, 4))
    for world in range(worlds):
        growth, peak, seen = 0.0, 0.0, np.zeros(SUMS)
        for day in range(days):
            prices = price[world, day]
            bets = 0
            while bets < most and prices[bets] > 0:
                bets += 1
            drawdown = 1 - np.exp(growth - peak)
            score = weights[0] + weights[1] * drawdown * 10 + weights[2] * t_value(seen)
            score += weights[3] * evidence(seen) + weights[4] * uncertainty[world, day] + weights[5] * bets / 10
            fraction = low + (high - low) / (1 + np.exp(-score))
            profit, surprise = _day(fraction, bets, prices, stated[world, day], true[world, day], won[world, day])
            growth += np.log1p(profit)
            peak = max(peak, growth)
            found[world, 1] -= surprise
            found[world, 2] = max(found[world, 2], 1 - np.exp(growth - peak))
            found[world, 3] += fraction / days
            remember(seen, clv[world, day, :bets])
        found[world, 0] = growth
        found[world, 1] += growth
    return found


@njit(cache=True)  # type: ignore[untyped-decorator]
def _day(fraction: float, bets: int, price: Floats, stated: Floats, true: Floats, won: Floats) -> tuple[float, float]:
    """Profit of a day per unit of bankroll, and how far luck moved it from what the true edges promised."""
    asked = 0.0
    for bet in range(bets):
        asked += min(fraction * stated[bet] / (price[bet] - 1), MAXIMUM_TICKET_SHARE)
    scale = min(1.0, MAXIMUM_DAY_SHARE / asked) if asked > 0 else 0.0
    profit, promised = 0.0, 0.0
    for bet in range(bets):
        stake = scale * min(fraction * stated[bet] / (price[bet] - 1), MAXIMUM_TICKET_SHARE)
        profit += stake * (won[bet] * price[bet] - 1)
        promised += stake * true[bet]
    return profit, profit - promised
