"""Intervals by resampling whole blocks, such as match days, because what happens on one day is not independent.

What is resampled, and what an interval means for a decision, belongs to whoever asks.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

DRAWS = 1000
_ENDS = (0.025, 0.975)


def block_ratio_interval(
    numerator: ArrayLike, denominator: ArrayLike, blocks: ArrayLike, seed: int, draws: int = DRAWS
) -> tuple[float, float]:
    """95% interval of a ratio of two sums, such as profit over stakes, resampling whole blocks with replacement.

    All (n,): `denominator` 0 or more, and positive somewhere in every block; `blocks` are labels. Percentile interval
    of a block bootstrap (Künsch, 1989) whose blocks keep their own lengths. NaN, NaN for fewer than two blocks.
    """
    labels, place = np.unique(np.asarray(blocks), return_inverse=True)
    if len(labels) < 2:
        return float("nan"), float("nan")
    tops, bottoms = (np.bincount(place, np.asarray(values, dtype=float)) for values in (numerator, denominator))
    picks = block_counts(len(labels), seed, draws)
    low, high = np.quantile((picks @ tops) / (picks @ bottoms), _ENDS)
    return float(low), float(high)


def block_mean_interval(values: ArrayLike, blocks: ArrayLike, seed: int, draws: int = DRAWS) -> tuple[float, float]:
    """95% interval of a mean (n,), resampling whole blocks with replacement; NaN, NaN for fewer than two blocks."""
    return block_ratio_interval(values, np.ones(np.shape(values)), blocks, seed, draws)


def block_counts(blocks: int, seed: int, draws: int = DRAWS) -> Floats:
    """(draws, blocks): how often each block stands in each resample of as many blocks."""
    shares = np.full(blocks, 1.0 / blocks)
    return np.random.default_rng(seed).multinomial(blocks, shares, size=draws).astype(float)


def block_spread(values: ArrayLike, blocks: ArrayLike) -> float:
    """Standard deviation of one value as far as it matters for the mean of many: blocks count as wholes.

    The square of it over n is the variance of the mean with clusters (Liang and Zeger, 1986), so it equals the plain
    standard deviation where values of a block are independent. NaN for fewer than two blocks.
    """
    labels, place = np.unique(np.asarray(blocks), return_inverse=True)
    if len(labels) < 2:
        return float("nan")
    found = np.asarray(values, dtype=float)
    sums = np.bincount(place, found - found.mean())
    return float(np.sqrt((sums**2).sum() / len(found) * len(labels) / (len(labels) - 1)))
