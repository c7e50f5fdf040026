"""What a selection pays for a final score: -1 lose, -0.5 half lose, 0 push, 0.5 half win, 1 win, NaN without one."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Payoff = NDArray[np.float64]


def match_result(home: ArrayLike, away: ArrayLike, selection: str) -> Payoff:
    """1X2: `home`, `draw` or `away` at the end of normal time."""
    difference = np.sign(np.asarray(home, dtype=float) - np.asarray(away, dtype=float))
    wanted = {"home": 1.0, "draw": 0.0, "away": -1.0}[selection]
    return np.where(np.isnan(difference), np.nan, np.where(difference == wanted, 1.0, -1.0))


def total(home: ArrayLike, away: ArrayLike, selection: str, line: float) -> Payoff:
    """Total goals `over` or `under` a line, quarter lines included."""
    sign = {"over": 1.0, "under": -1.0}[selection]
    goals = np.asarray(home, dtype=float) + np.asarray(away, dtype=float)
    return _handicapped(sign * goals, -sign * line)


def asian_handicap(home: ArrayLike, away: ArrayLike, selection: str, line: float) -> Payoff:
    """Asian handicap; `line` is the home side's handicap for both selections, as books print it."""
    sign = {"home": 1.0, "away": -1.0}[selection]
    supremacy = np.asarray(home, dtype=float) - np.asarray(away, dtype=float)
    return _handicapped(sign * supremacy, sign * line)


def profit(payoff: ArrayLike, odds_dec: ArrayLike) -> Payoff:
    """Profit per unit staked: a (half) win earns `odds - 1` on the (half) stake, a (half) loss costs it."""
    share = np.asarray(payoff, dtype=float)
    return np.where(share > 0, share * (np.asarray(odds_dec, dtype=float) - 1.0), share)


def _handicapped(margin: NDArray[np.float64], line: float) -> Payoff:
    """A quarter line is half a stake on each of its two neighbours. Raises ValueError for a line off a quarter."""
    if line * 4 % 1 != 0:
        raise ValueError(f"{line} is no line: lines stand on quarters.")
    neighbours = (line - 0.25, line + 0.25) if _is_quarter(line) else (line, line)
    return (np.sign(margin + neighbours[0]) + np.sign(margin + neighbours[1])) / 2


def _is_quarter(line: float) -> bool:
    return round(line * 4) % 2 == 1
