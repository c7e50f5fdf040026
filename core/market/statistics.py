"""One number of a final score, such as its margin, and the law that score grids give it."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.market.grid import ScoreGrid, Support
from core.market.markets import Statistic

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def values(support: Support, statistic: Statistic) -> Integers:
    """(c,): the number of each score of a support."""
    return {
        "margin": support.home - support.away, "total": support.home + support.away,
        "home": support.home, "away": support.away,
    }[statistic]  # fmt: skip


def law(grid: ScoreGrid, statistic: Statistic) -> tuple[Support, Floats]:
    """The k different values as a support, each told by one of its scores and rising, and their probabilities (n, k).

    What asks for nothing but this number of a score is worth the same on both supports. A match without belief is NaN.
    """
    scores, place = _told_apart(grid.support, statistic)
    matches = np.arange(len(grid))[:, None] * len(scores)
    summed = np.bincount((matches + place).ravel(), grid.flat.ravel(), minlength=len(grid) * len(scores))
    return scores, summed.reshape(len(grid), len(scores)).astype(float)


@lru_cache(maxsize=32)
def _told_apart(support: Support, statistic: Statistic) -> tuple[Support, Integers]:
    """One score of each value, and the number of the value of each score (c,)."""
    _, first, place = np.unique(values(support, statistic), return_index=True, return_inverse=True)
    return Support(support.home[first], support.away[first], (len(first),), support.unit), place
