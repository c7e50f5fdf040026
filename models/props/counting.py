"""The law of a count given its mean: Poisson, or negative binomial where it varies more than that."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from models.props.words import Counts

Floats = NDArray[np.float64]

LARGEST = 120
"""No count of a player's night is larger."""
_LEAST_EXCESS = 1e-6


def inverse(level: Floats, mean: Floats, linear: Floats, quadratic: Floats) -> Counts:
    """The smallest counts (s, n, c) whose distribution function reaches `level` (s, n, c), 0 to 1.

    `mean`: (s, n, c) above 0; variance: mean * (1 + linear) + quadratic * mean ** 2, with `linear` and `quadratic` (c,)
    0 or more. Raises ValueError where the shapes do not fit.
    """
    if level.shape != mean.shape or mean.shape[-1:] != linear.shape or linear.shape != quadratic.shape:
        raise ValueError("Levels and means have one shape, and laws one number a component.")
    flat = _inverse(level.reshape(-1, len(linear)), mean.reshape(-1, len(linear)), linear, quadratic)
    return np.asarray(flat.reshape(level.shape))


@njit(cache=True)  # type: ignore[untyped-decorator]
def _inverse(level, mean, linear, quadratic):  # type: ignore[no-untyped-def]
    counts = np.zeros(level.shape, dtype=np.int16)
    for row in range(level.shape[0]):
        for c in range(level.shape[1]):
            counts[row, c] = _smallest(level[row, c], mean[row, c], linear[c], quadratic[c])
    return counts


@njit(cache=True)  # type: ignore[untyped-decorator]
def _smallest(level, mean, linear, quadratic):  # type: ignore[no-untyped-def]
    """By summing probabilities from 0, each from the one before."""
    excess = linear * mean + quadratic * mean * mean
    if excess <= _LEAST_EXCESS * mean:
        chance, size, share = np.exp(-mean), 0.0, 0.0
    else:
        size = mean * mean / excess
        share = mean / (size + mean)
        chance = np.exp(size * np.log1p(-share))
    reached, count = chance, 0
    while reached < level and count < LARGEST:
        chance *= mean / (count + 1.0) if size == 0.0 else (count + size) / (count + 1.0) * share
        reached += chance
        count += 1
    return count
