"""How good distributions of counts are: error of their medians, CRPS, and whether outcomes fall where they should.

A distribution is given by draws (s, n) of n counts; every figure is one number a player and game, so that forecasters
can be compared in pairs and each population is a mask.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

INTERVALS = (0.5, 0.8, 0.94)


def absolute_error(draws: NDArray[np.integer], outcome: Integers) -> Floats:
    """(n,) distance from the median of the draws, the best single number under absolute error (Gneiting, 2011)."""
    error: Floats = np.abs(np.median(draws, axis=0) - outcome)
    return error


def crps(draws: NDArray[np.integer], outcome: Integers) -> Floats:
    """(n,) continuous ranked probability score of the distribution that the draws are: Gneiting and Raftery (2007).

    E|X - y| - E|X - X'| / 2, exactly, by sorting. In units of the count; a point forecast scores its absolute error.
    """
    ordered = np.sort(draws.astype(float), axis=0)
    s = len(ordered)
    order = 2.0 * np.arange(1, s + 1) - s - 1.0
    apart = order @ ordered / s**2
    score: Floats = np.abs(ordered - outcome).mean(axis=0) - apart
    return score


def transform(draws: NDArray[np.integer], outcome: Integers, seed: int) -> Floats:
    """(n,) randomised probability integral transform: uniform on 0 to 1 if the draws tell the truth.

    Of a count, a uniform point between the shares of draws below it and up to it (Czado, Gneiting and Held, 2009).
    """
    below, upto = (draws < outcome).mean(axis=0), (draws <= outcome).mean(axis=0)
    point: Floats = below + np.random.default_rng(seed).random(len(outcome)) * (upto - below)
    return point


def coverage(transformed: Floats) -> dict[float, float]:
    """Share of outcomes inside the central interval of each of `INTERVALS`."""
    return {share: float((np.abs(transformed - 0.5) <= share / 2.0).mean()) for share in INTERVALS}
