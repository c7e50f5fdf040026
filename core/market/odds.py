"""Decimal prices: what is a valid one, and what a book of them adds up to."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

MAX_ODDS_DEC = 1001.0
"""Highest price that any book quotes (the Betfair ladder ends at 1000)."""


def is_price(odds_dec: ArrayLike) -> NDArray[np.bool_]:
    """Whether each value is a decimal price: above 1, at most 1001; NaN is none."""
    odds = np.asarray(odds_dec, dtype=float)
    return (odds > 1.0) & (odds <= MAX_ODDS_DEC)


def overround(odds_dec: ArrayLike) -> NDArray[np.float64]:
    """Sum of the reciprocal prices over the last axis: 1.05 is a margin of 5%. NaN where a price is missing."""
    sums: NDArray[np.float64] = np.sum(1.0 / np.asarray(odds_dec, dtype=float), axis=-1)
    return sums


def expected_value(prob: ArrayLike, odds_dec: ArrayLike) -> NDArray[np.float64]:
    """Expected profit per unit staked on a win-or-lose bet: `p * odds - 1`, at least -1."""
    value: NDArray[np.float64] = np.asarray(prob, dtype=float) * np.asarray(odds_dec, dtype=float) - 1.0
    return value
