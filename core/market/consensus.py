"""What several books believe together: their probabilities averaged, the sharper books more.

Averages are taken of probabilities, never of prices: a mean of odds is no price that any belief explains. Taking a
book's margin out belongs in `devig`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

PRIOR_MATCHES = 100.0
"""How many matches a book of unknown sharpness is taken to be average for."""
_SMALLEST = 1e-12


def sharpness(probs: ArrayLike, close: ArrayLike) -> Floats:
    """Weight of each book (b,), summing to 1: the inverse of its mean Kullback-Leibler divergence from the close.

    `probs`: (b, n, k) each book's probabilities without margin, on matches that are over. `close`: (n, k) those of the
    benchmark at the close, or outcomes as zeros and ones. Only matches with both count; a book's mean starts from the
    mean of all books as if it had been average for `PRIOR_MATCHES` matches, so a few lucky ones move little and a book
    without any has an average weight. All weights are equal where no match counts, or where no book ever differed from
    the close. Raises ValueError where the shapes do not fit.
    """
    books, truth = _books(probs), np.asarray(close, dtype=float)
    if books.shape[1:] != truth.shape:
        raise ValueError(f"The close has the shape {truth.shape}, each book {books.shape[1:]}.")
    divergence = _divergence(truth, books)
    seen = ~np.isnan(divergence)
    count, total = seen.sum(axis=1), np.where(seen, divergence, 0.0).sum(axis=1)
    average = total.sum() / max(int(count.sum()), 1)
    if average == 0.0:
        return np.full(len(books), 1.0 / len(books))
    inverse = (count + PRIOR_MATCHES) / (total + PRIOR_MATCHES * average)
    weights: Floats = inverse / inverse.sum()
    return weights


def consensus(probs: ArrayLike, weights: ArrayLike) -> Floats:
    """(n, k): the books' weighted mean probabilities of each match, over the books that quote it.

    `probs`: (b, n, k), rows summing to 1; a row with any NaN is a book that does not quote the match. `weights`: (b,),
    0 or more. A match that no book of positive weight quotes is NaN. Raises ValueError for a negative or missing weight
    and where the shapes do not fit.
    """
    books, weight = _books(probs), np.asarray(weights, dtype=float)
    if weight.shape != books.shape[:1] or not (weight >= 0).all():
        raise ValueError("Each book has one weight of 0 or more.")
    quoted = ~np.isnan(books.sum(axis=2, keepdims=True))
    counted = weight[:, None, None] * quoted
    total = (counted * np.where(quoted, books, 0.0)).sum(axis=0)
    with np.errstate(invalid="ignore"):
        mean: Floats = total / counted.sum(axis=0)
    return mean


def _books(probs: ArrayLike) -> Floats:
    books = np.asarray(probs, dtype=float)
    if books.ndim != 3:
        raise ValueError(f"Probabilities of books have the shape (books, matches, outcomes), not {books.shape}.")
    return books


def _divergence(truth: Floats, books: Floats) -> Floats:
    """(b, n): divergence of each book from the truth in nats, NaN where one of them is missing."""
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(truth == 0.0, books * 0.0, truth * np.log(truth / np.maximum(books, _SMALLEST)))
    divergence: Floats = np.maximum(terms.sum(axis=2), 0.0)
    return divergence
