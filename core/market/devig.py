"""Taking the margin out: from a book's prices to probabilities that sum to one.

Each method takes prices shaped (n_books, n_outcomes) and returns probabilities of the same shape; a row with a
missing or impossible price comes back as NaN. All are valid for books below, at and above 100%.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.market.odds import is_price

Method = Literal["multiplicative", "power"]
Probabilities = NDArray[np.float64]

_SMALLEST = 1e-300
"""An outcome that a book sells is never impossible."""
_BISECTIONS = 60
"""Halvings of the bracket: its relative width ends below 1e-17."""


def devig(odds_dec: ArrayLike, method: Method = "power") -> Probabilities:
    """Fair probabilities of each row of prices.

    `odds_dec`: (n_books, n_outcomes), decimal, above 1. Returns the same shape in (0, 1), rows summing to 1,
    NaN rows where any price of the row is not a price. Raises KeyError for an unknown method.
    """
    strip = _METHODS[method]
    odds = np.atleast_2d(np.asarray(odds_dec, dtype=float))
    probabilities = np.full(odds.shape, np.nan)
    whole = is_price(odds).all(axis=1)
    if whole.any():
        probabilities[whole] = strip(1.0 / odds[whole])
    return probabilities


def _multiplicative(implied: Probabilities) -> Probabilities:
    """Every outcome carries the margin in proportion to its implied probability."""
    shares: Probabilities = implied / implied.sum(axis=1, keepdims=True)
    return shares


def _power(implied: Probabilities) -> Probabilities:
    """Probabilities `implied ** k` with the one k per book that makes them sum to 1.

    Clarke, Kovalchik and Ingram, "Adjusting bookmaker's odds to allow for overround" (2017). The sum falls in k
    from n at 0 to at most 1 where the favourite's share is 1/n, so bisection cannot fail.
    """
    log_implied = np.log(implied)
    low, high = np.zeros(len(implied)), -np.log(implied.shape[1]) / log_implied.max(axis=1)
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        too_much = np.exp(log_implied * middle[:, None]).sum(axis=1) > 1.0
        low, high = np.where(too_much, middle, low), np.where(too_much, high, middle)
    powers = np.exp(log_implied * ((low + high) / 2)[:, None])
    return _multiplicative(np.maximum(powers, _SMALLEST))


_METHODS: dict[Method, Callable[[Probabilities], Probabilities]] = {
    "multiplicative": _multiplicative,
    "power": _power,
}
