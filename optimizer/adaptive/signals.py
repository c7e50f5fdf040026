"""The running t-value of recent closing-line values: one definition for the simulation and for the live shadow."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from optimizer.adaptive.policy import CLV_T_CAP

Floats = NDArray[np.float64]

MEMORY_BETS = 50.0
"""The weight of a value falls by 1/50 with each later one, so to half after 34."""
SUMS = 4
"""Fading sums of weights, squared weights, values and squared values."""
_FEWEST = 5.0


def recent_clv(values: ArrayLike) -> tuple[float, float]:
    """t-value, within -4 and 4, and evidence share, in [0, 1), of closing-line values (n,), oldest first; NaN is none.

    The faded mean over `sd * sqrt(sum of squared weights) / sum of weights`, 0 while the weights sum to less than 5;
    and their sum over the 50 that it never quite reaches.
    """
    sums = np.zeros(SUMS)
    remember(sums, np.asarray(values, dtype=float))
    return float(t_value(sums)), float(evidence(sums))


@njit(cache=True)  # type: ignore[untyped-decorator]
def remember(sums: Floats, values: Floats) -> None:
    """Add values to the fading sums, in place."""
    kept = 1 - 1 / MEMORY_BETS
    for value in values:
        if not np.isnan(value):
            sums[0] = sums[0] * kept + 1
            sums[1] = sums[1] * kept**2 + 1
            sums[2] = sums[2] * kept + value
            sums[3] = sums[3] * kept + value * value


@njit(cache=True)  # type: ignore[untyped-decorator]
def t_value(sums: Floats) -> float:
    """The t-value that fading sums make."""
    if sums[0] < _FEWEST:
        return 0.0
    mean = sums[2] / sums[0]
    variance = max(sums[3] / sums[0] - mean**2, 1e-12)
    t: float = mean * sums[0] / np.sqrt(variance * sums[1])
    return max(-CLV_T_CAP, min(CLV_T_CAP, t))


@njit(cache=True)  # type: ignore[untyped-decorator]
def evidence(sums: Floats) -> float:
    """How much of the memory fading sums fill, in [0, 1)."""
    share: float = sums[0] / MEMORY_BETS
    return share
