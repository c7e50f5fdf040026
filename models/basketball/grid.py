"""The grid of points: from a belief about margin and total to one joint law of the final scores, overtime counted.

How games end is known to `endgame`; what markets pay belongs in `laws`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.basketball.belief import ScoreBelief
from models.basketball.endgame import EndGame

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

MOST_MARGIN = 100
"""Margins from -100 to 100 are told apart."""
LOWEST_TOTAL, TOTALS = 80, 160
"""Totals are told apart from 80 in steps of 2, of the margin's parity: to 399 for odd margins, to 398 for even."""
MARGINS: Integers = np.arange(-MOST_MARGIN, MOST_MARGIN + 1)
_LEVEL = MOST_MARGIN
_STEPS = 12


@dataclass(frozen=True, eq=False)
class PointGrid:
    """`P[margin, total]` of n games: (n, 201, 160), each game summing to 1 within 1e-12, and 0 where the margin is 0.

    Cell [i, j] is margin `i - 100` and total `80 + 2 j`, one more where the margin is odd; no side has fewer than 0
    points. A game all NaN is no belief. Read-only. Raises ValueError for another shape, a negative cell, a tie, a game
    that is NaN in part, or a wrong sum.
    """

    cells: Floats

    def __post_init__(self) -> None:
        cells = np.array(self.cells, dtype=float)
        if cells.shape[1:] != (len(MARGINS), TOTALS):
            raise ValueError(f"A grid of points has the shape (n, {len(MARGINS)}, {TOTALS}), not {cells.shape}.")
        rows = cells[~np.isnan(cells).all(axis=(1, 2))]
        if not (rows >= 0).all() or (np.abs(rows.sum(axis=(1, 2)) - 1) > 1e-12).any() or rows[:, _LEVEL].any():
            raise ValueError("Probabilities must be 0 or more, sum to 1, and leave no game tied.")
        cells.flags.writeable = False
        object.__setattr__(self, "cells", cells)

    @classmethod
    def of(cls, belief: ScoreBelief, end: EndGame | None = None) -> PointGrid:
        """The grid with the belief's moments; at the bounds the total's mean is off by up to 0.15 points.

        32,160 cells a game: ask for blocks of games (models/basketball/laws.py does). Raises ValueError for a belief
        outside the grid's bounds: means of -40 to 40 and 150 to 300 points, deviations of 6 to 20 and 8 to 24.
        """
        _check_bounds(belief)
        how = end or EndGame()
        played = belief.present
        cells = np.full((len(belief), len(MARGINS), TOTALS), np.nan)
        cells[played] = _joint(belief.where(played), how)
        return cls(cells)

    def __len__(self) -> int:
        return len(self.cells)

    @property
    def flat(self) -> Floats:
        """The cells as (n, 32160), in the order of `scores`."""
        return self.cells.reshape(len(self), len(MARGINS) * TOTALS)

    @property
    def is_belief(self) -> NDArray[np.bool_]:
        """(n,): whether the game has probabilities at all."""
        return ~np.isnan(self.cells[:, 0, 0])


def totals_of(margins: Integers) -> Integers:
    """Totals of a grid's rows, (k, 160), for margins (k,): of the same parity, rising."""
    return LOWEST_TOTAL + np.abs(margins[:, None]) % 2 + 2 * np.arange(TOTALS)


def scores() -> tuple[Integers, Integers]:
    """Home points and away points of the 32160 cells, in the order of `PointGrid.flat`."""
    totals = totals_of(MARGINS)
    home = (totals + MARGINS[:, None]) // 2
    return home.ravel(), (totals - home).ravel()


def margin_laws(mean: Floats, sd: Floats, end: EndGame) -> tuple[Floats, Floats, Floats]:
    """Final margins that were decided in regulation (n, 201), the chance of overtime (n,), and margins after it.

    The last is (n, 201), sums to 1 and is 0 at 0, like the first, which sums to one less the chance of overtime. The
    regulation's bell is moved and stretched until the final margin has this mean and this standard deviation.
    """
    location, scale = mean.copy(), sd.copy()
    overtime = _overtime(mean, end)
    for _ in range(_STEPS):
        regulation = _regulation(location, scale, end)
        found, deviation = _moments(_final(regulation, overtime))
        location, scale = location + mean - found, scale * sd / deviation
    regulation = _regulation(location, scale, end)
    ties = regulation[:, _LEVEL].copy()
    regulation[:, _LEVEL] = 0.0
    return regulation, ties, overtime


def moneyline(belief: ScoreBelief, end: EndGame | None = None) -> Floats:
    """Chance of a home and of an away win, (n, 2), NaN where there is no belief: as of the whole grid, without it."""
    present = belief.present
    told, chances = belief.where(present), np.full((len(belief), 2), np.nan)
    regulation, ties, overtime = margin_laws(told.margin_mean, told.margin_sd, end or EndGame())
    home = (regulation + ties[:, None] * overtime)[:, MARGINS > 0].sum(axis=1)
    chances[present] = np.column_stack([home, 1.0 - home])
    return chances


def _regulation(location: Floats, scale: Floats, end: EndGame) -> Floats:
    """The bell with the factors of the end game, (n, 201); each row sums to 1."""
    factors = np.ones(len(MARGINS))
    for points, factor in enumerate((end.ties, *end.near)):
        factors[[_LEVEL - points, _LEVEL + points]] = factor
    away = (MARGINS - location[:, None]) / scale[:, None]
    return _law((1 + away**2 / end.freedom) ** (-(end.freedom + 1) / 2) * factors)


def _overtime(mean: Floats, end: EndGame) -> Floats:
    away = (MARGINS - end.overtime_share * mean[:, None]) / end.overtime_margin_sd
    return _law(np.exp(-0.5 * away**2) * (MARGINS != 0))


def _law(weights: Floats) -> Floats:
    law: Floats = weights / weights.sum(axis=1, keepdims=True)
    return law


def _final(regulation: Floats, overtime: Floats) -> Floats:
    final = regulation + regulation[:, _LEVEL, None] * overtime
    final[:, _LEVEL] = 0.0
    return final


def _moments(law: Floats) -> tuple[Floats, Floats]:
    mean = (law * MARGINS).sum(axis=1)
    return mean, np.sqrt((law * MARGINS**2).sum(axis=1) - mean**2)


def _joint(belief: ScoreBelief, end: EndGame) -> Floats:
    """Cells (n, 201, 160) of games that all have a belief."""
    decided, ties, overtime = margin_laws(belief.margin_mean, belief.margin_sd, end)
    level, tilt, sd = _regulation_totals(belief, decided, ties, overtime, end)
    away = MARGINS - belief.margin_mean[:, None]
    cells = decided[:, :, None] * _totals(level[:, None] + tilt[:, None] * away, sd)
    tied = (level - tilt * belief.margin_mean + end.overtime_points)[:, None] + np.zeros(len(MARGINS))
    cells += (ties[:, None] * overtime)[:, :, None] * _totals(tied, np.hypot(sd, end.overtime_points_sd))
    joint: Floats = cells / cells.sum(axis=(1, 2), keepdims=True)
    return joint


def _regulation_totals(
    belief: ScoreBelief, decided: Floats, ties: Floats, overtime: Floats, end: EndGame
) -> tuple[Floats, Floats, Floats]:
    """Points in regulation: `level + tilt * (margin - its mean)`, and the deviation around that; each (n,).

    So that with those of overtime the total has the mean, the deviation and the correlation that are believed.
    """
    away = MARGINS - belief.margin_mean[:, None]
    spread, drift = (decided * away**2).sum(axis=1), (decided * away).sum(axis=1) - ties * belief.margin_mean
    tied = ties * (overtime * away).sum(axis=1)
    covariance = belief.correlation * belief.total_sd * belief.margin_sd
    tilt = (covariance - tied * end.overtime_points) / (spread - tied * belief.margin_mean)
    level = belief.total_mean - ties * end.overtime_points - tilt * drift
    added = ties * end.overtime_points_sd**2 + ties * (1 - ties) * end.overtime_points**2
    tilted = tilt**2 * (spread + ties * belief.margin_mean**2 - drift**2)
    tilted -= 2 * tilt * ties * end.overtime_points * (belief.margin_mean + drift)
    return level, tilt, np.sqrt(np.maximum(belief.total_sd**2 - added - tilted, (belief.total_sd / 2) ** 2))


def _totals(mean: Floats, sd: Floats) -> Floats:
    """Normal laws of the total on each margin's own parity, (n, 201, 160); `mean` (n, 201), `sd` (n,)."""
    totals = totals_of(MARGINS)
    away = (totals - mean[:, :, None]) / sd[:, None, None]
    weights = np.exp(-0.5 * away**2) * (totals >= np.abs(MARGINS[:, None]))
    law: Floats = weights / weights.sum(axis=2, keepdims=True)
    return law


def holds(belief: ScoreBelief) -> NDArray[np.bool_]:
    """Which games have a belief within the bounds of `PointGrid.of`, (n,)."""
    within: NDArray[np.bool_] = (
        (np.abs(belief.margin_mean) <= 40) & (belief.margin_sd >= 6) & (belief.margin_sd <= 20)
        & (belief.total_mean >= 150) & (belief.total_mean <= 300) & (belief.total_sd >= 8) & (belief.total_sd <= 24)
    )  # fmt: skip
    return within


def _check_bounds(belief: ScoreBelief) -> None:
    outside = belief.present & ~holds(belief)
    if outside.any():
        raise ValueError(
            f"{int(outside.sum())} of {int(belief.present.sum())} beliefs lie outside what a grid of points can hold."
        )
