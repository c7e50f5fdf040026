"""Taking the margin out: from a book's prices to probabilities that sum to one.

Each method takes prices shaped (n_books, n_outcomes) and returns probabilities of the same shape; a row with a
missing or impossible price comes back as NaN. All are valid for books below, at and above 100%, leave a book of
exactly 100% as it is, keep the order of the prices, and move continuously with them.

Two names are second names, kept because analysts know both: `differential_margin_weighting` is `additive` written in
prices, and `logarithmic`, one shift of every log-odds, is `odds_ratio`. (Buchdahl's own "logarithmic function" is
`power`.) So there are five different methods, and `DIFFERENT_METHODS` lists them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.market.odds import is_price

Method = Literal[
    "multiplicative", "power", "additive", "shin", "odds_ratio", "logarithmic", "differential_margin_weighting"
]
Probabilities = NDArray[np.float64]

DIFFERENT_METHODS: tuple[Method, ...] = ("power", "multiplicative", "additive", "shin", "odds_ratio")

_SMALLEST = 1e-300
"""An outcome that a book sells is never impossible."""
_BISECTIONS = 60
"""Halvings of the bracket: its relative width ends below 1e-17."""
_KEPT_SHARE = 0.1
"""What `additive` leaves every outcome at least, as a share of its `multiplicative` probability."""


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
    highest = -np.log(implied.shape[1]) / log_implied.max(axis=1)
    k = _bisect(lambda k: np.exp(log_implied * k[:, None]), np.zeros(len(implied)), highest)
    powers = np.exp(log_implied * k[:, None])
    return _multiplicative(np.maximum(powers, _SMALLEST))


def _additive(implied: Probabilities) -> Probabilities:
    """Every outcome carries the same part of the margin: `implied - margin / n`.

    Also Buchdahl, "The Wisdom of the Crowd" (2015): weights in proportion to the prices give fair odds of
    `n * odds / (n - margin * odds)`, which is the same. The formula leaves (0, 1) where a long shot is rarer than
    margin / n. So an outcome keeps at least `f = _KEPT_SHARE` of its multiplicative probability, `implied * f / book`
    (book at least 1), and the others carry the rest in equal parts c: the sum of `max(implied - c, floor)` is convex
    in c, so its root is the largest of the n roots with the j smallest outcomes on their floors.
    """
    n = implied.shape[1]
    share = _KEPT_SHARE / np.maximum(implied.sum(axis=1, keepdims=True), 1.0)
    rising = np.sort(implied, axis=1)
    floored = np.cumsum(rising, axis=1) - rising
    free = rising.sum(axis=1, keepdims=True) - floored
    carried = ((free + share * floored - 1.0) / np.arange(n, 0, -1)).max(axis=1, keepdims=True)
    return _multiplicative(np.maximum(implied - carried, share * implied))


def _shin(implied: Probabilities) -> Probabilities:
    """Prices of a bookmaker who faces a share z of insiders (Shin 1993; solved by Jullien and Salanié 1994).

    `p = (sqrt(z^2 + 4 (1 - z) implied^2 / book) - z) / (2 (1 - z))`, with the z that makes p sum to 1. In
    `t = 1 / (2 - z)` it is the root of `(1 - t) p^2 + (2 t - 1) p = t q`, `q = implied^2 / book`, whose sum falls
    from n at t = 0 over sqrt(book) at t = 1/2 (no insiders) to below 1 at t = 1: a book below 100% has a negative z.
    """
    q = implied**2 / implied.sum(axis=1, keepdims=True)

    def prices(t: NDArray[np.float64]) -> Probabilities:
        slope, t = 2.0 * t[:, None] - 1.0, t[:, None]
        root = np.sqrt(slope**2 + 4.0 * (1.0 - t) * t * q)
        top = np.where(slope > 0.0, 2.0 * t * q, root - slope)
        found: Probabilities = top / np.where(slope > 0.0, root + slope, 2.0 * (1.0 - t))
        return found

    return _multiplicative(prices(_bisect(prices, np.zeros(len(q)), np.ones(len(q)))))


def _odds_ratio(implied: Probabilities) -> Probabilities:
    """The odds of every outcome are divided by one ratio per book (Cheung 2015), a shift of its log-odds.

    n probabilities that sum to 1 lie on both sides of 1/n, which brackets the ratio by the extreme odds.
    """
    against = (1.0 - implied) / implied
    n = implied.shape[1]

    def shifted(log_ratio: NDArray[np.float64]) -> Probabilities:
        return 1.0 / (1.0 + np.exp(log_ratio)[:, None] * against)

    low, high = (np.log((n - 1.0) / bound) for bound in (against.max(axis=1), against.min(axis=1)))
    return _multiplicative(shifted(_bisect(shifted, low, high)))


def _bisect(
    probabilities: Callable[[NDArray[np.float64]], Probabilities], low: NDArray[np.float64], high: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The parameter (n,) of each book between `low` and `high` at which its falling sum of probabilities is 1."""
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        too_much = probabilities(middle).sum(axis=1) > 1.0
        low, high = np.where(too_much, middle, low), np.where(too_much, high, middle)
    return (low + high) / 2


_METHODS: dict[Method, Callable[[Probabilities], Probabilities]] = {
    "multiplicative": _multiplicative,
    "power": _power,
    "additive": _additive,
    "shin": _shin,
    "odds_ratio": _odds_ratio,
    "logarithmic": _odds_ratio,
    "differential_margin_weighting": _additive,
}
