"""How far our beliefs lie from the market's last word: what scenarios draw as model uncertainty.

The close is the nearest thing to the truth that can be seen. The tilts that would carry our grids to it, to first
order, spread as our errors do, without the noise of results.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from core.market.grid import ScoreGrid, scores
from core.market.scenarios import Spread
from models.belief import Belief

Floats = NDArray[np.float64]

_MONTH_DAYS = 30


@dataclass(frozen=True)
class Measured:
    """The spread of beliefs on n matches with a close of both markets."""

    spread: Spread
    n: int

    def to_json(self) -> dict[str, object]:
        """Plain values."""
        return asdict(self.spread) | {"n": self.n}


def measure(
    grid: ScoreGrid, close: Belief, over_close: Belief, leagues: NDArray[np.str_], days: NDArray[np.int64]
) -> Measured:
    """Standard deviations of the tilts (core/market/scenarios.py) that carry each grid to its close.

    `close`: home, draw, away; `over_close`: over and under 2.5; matches without either count for nothing. What a
    league's matches share is the variance between its months beyond that within them (one-way random effects, Searle,
    Casella and McCulloch, 1992, section 3.6), at least 0. Fewer than two matches give a spread of 0.
    """
    seen = grid.is_belief & close.present & over_close.present
    tilts = _tilts(grid.flat[seen], close.probabilities[seen], over_close.probabilities[seen])
    return measured(*tilts, leagues[seen], days[seen])


def measured(supremacy: Floats, goals: Floats, leagues: NDArray[np.str_], days: NDArray[np.int64]) -> Measured:
    """The spread of n tilts of supremacy and of goals, by the leagues and days of their matches."""
    if len(goals) < 2:
        return Measured(Spread(0.0, 0.0, 0.0), len(goals))
    groups = np.char.add(leagues, (days // _MONTH_DAYS).astype(str))
    all_goals = float(np.sqrt(np.mean(goals**2)))
    shared = min(np.sqrt(max(_between(goals, groups), 0.0)), all_goals)
    return Measured(Spread(float(np.sqrt(np.mean(supremacy**2))), all_goals, float(shared)), len(goals))


def _tilts(cells: Floats, close: Floats, over: Floats) -> tuple[Floats, Floats]:
    """(n,) of supremacy and of goals: the step of Newton from the grids (n, 256) to both log ratios of the close."""
    home, away = scores()
    difference, total = (home - away).astype(float), (home + away).astype(float)
    pairs = ((home > away, home < away), (total > 2.5, total < 2.5))
    wanted = [np.log(close[:, 0] / close[:, 2]), np.log(over[:, 0] / over[:, 1])]
    gaps, slopes = [], []
    for (yes, no), target in zip(pairs, wanted, strict=True):
        sums = cells @ yes, cells @ no
        gaps.append(target - np.log(sums[0] / sums[1]))
        slopes.append([cells @ (yes * v) / sums[0] - cells @ (no * v) / sums[1] for v in (difference, total)])
    matrix = np.moveaxis(np.array(slopes), 2, 0)
    found = np.linalg.solve(matrix, np.stack(gaps, axis=1)[:, :, None])[:, :, 0]
    return found[:, 0], found[:, 1]


def _between(values: Floats, groups: NDArray[np.str_]) -> float:
    """Variance between groups beyond what their sizes explain; 0 where every value is a group of its own."""
    _, index, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    k, n = len(sizes), len(values)
    if k < 2 or n == k:
        return 0.0
    means = np.bincount(index, values) / sizes
    within = float(((values - means[index]) ** 2).sum()) / (n - k)
    among = float((sizes * (means - values.mean()) ** 2).sum()) / (k - 1)
    return (among - within) / ((n - float((sizes**2).sum()) / n) / (k - 1))
