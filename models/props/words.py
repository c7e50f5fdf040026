"""The words of player props: what a player is counted for in a game, and what is asked of his night.

A night is counted in `COMPONENTS`, which add up to everything else: points are twos, threes and free throws.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Counts = NDArray[np.int16]

COMPONENTS = ("twos", "threes", "free_throws", "rebounds", "assists", "steals", "blocks")
"""Shots made and other counts of one player and game, from which all statistics follow."""
VALUES = {"twos": 2, "threes": 3, "free_throws": 1}
"""Points of each kind of shot."""
STATISTICS = ("points", "rebounds", "assists", "threes", "steals", "blocks", "points_rebounds_assists")
"""Counts that lines are laid on."""
DOUBLE_DOUBLE = "double_double"
"""Ten or more of at least two of points, rebounds, assists, steals and blocks: yes or no."""
_TEN = 10


def statistic(components: Counts, name: str) -> Counts:
    """Any of `STATISTICS`, or `DOUBLE_DOUBLE` as 0 and 1, of counts (..., 7) in the order of `COMPONENTS`: (...).

    Raises ValueError for another name.
    """
    if name == "points":
        return _points(components)
    if name == "points_rebounds_assists":
        return _points(components) + _component(components, "rebounds") + _component(components, "assists")
    if name == DOUBLE_DOUBLE:
        tens = [statistic(components, each) >= _TEN for each in ("points", "rebounds", "assists", "steals", "blocks")]
        return np.asarray(np.sum(tens, axis=0) >= 2, dtype=np.int16)
    if name not in COMPONENTS:
        raise ValueError(f"No statistic of a player is called {name!r}.")
    return _component(components, name)


def _component(components: Counts, name: str) -> Counts:
    return components[..., COMPONENTS.index(name)]


def _points(components: Counts) -> Counts:
    values = np.array([VALUES.get(name, 0) for name in COMPONENTS], dtype=np.int16)
    points: Counts = (components * values).sum(axis=-1, dtype=np.int16)
    return points
