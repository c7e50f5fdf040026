"""The score grid: one joint distribution of the two final scores, which every market is asked of.

The laws of goals belong in `scorelines`, what a cell pays in `payoffs`, what it is worth in `pricing`, bending the grid
to calibrated marginals in `tilt`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.market import scorelines

Floats = NDArray[np.float64]

Integers = NDArray[np.int64]

GOALS = scorelines.GOALS
"""Goals of one side that a grid of football tells apart: 0 to 15."""
MOST_MARGIN = 80
"""Margins of points either way that a grid of basketball tells apart."""
LOWEST_TOTAL, TOTALS = 120, 120
"""Its totals: so many, from the lowest in steps of 2, and one more where the margin is odd."""
TOLERANCE = 1e-9
"""How far the probabilities of a match may sum from one."""


@dataclass(frozen=True, eq=False)
class Support:
    """The final scores that grids of a sport tell apart: `home` and `away` (c,), 0 or more, of the c cells in order.

    `shape`: how the cells of one match are kept; its product is c. `unit`: what is scored. Two supports are equal only
    if they are one object, so that what is made of a support once is found again by it.
    """

    home: Integers
    away: Integers
    shape: tuple[int, ...]
    unit: str = "goals"

    def __post_init__(self) -> None:
        if not len(self.home) == len(self.away) == np.prod(self.shape):
            raise ValueError(f"{len(self.home)} and {len(self.away)} scores do not fill cells of shape {self.shape}.")
        self.home.flags.writeable = self.away.flags.writeable = False

    def __len__(self) -> int:
        return len(self.home)


def _goal_scores() -> Support:
    home, away = np.indices((GOALS, GOALS))
    return Support(home.ravel(), away.ravel(), (GOALS, GOALS))


def _point_scores() -> Support:
    margins = np.arange(-MOST_MARGIN, MOST_MARGIN + 1)[:, None]
    totals = LOWEST_TOTAL + margins % 2 + 2 * np.arange(TOTALS)
    home = (totals + margins) // 2
    return Support(home.ravel(), (totals - home).ravel(), home.shape, "points")


GOAL_SCORES = _goal_scores()
"""Football's: 0 to 15 goals of each side, cell `16 * home goals + away goals`."""
POINT_SCORES = _point_scores()
"""Basketball's: margins of -80 to 80 by totals of 120 to 359 points, of the margin's parity: 19,320 scores."""


@dataclass(frozen=True, eq=False)
class ScoreGrid:
    """`P[final score]` of n matches: (n, *support.shape), in [0, 1], each match summing to 1 within 1e-9.

    Of football, where nothing else is said: `P[home goals, away goals]`, (n, 16, 16). A match whose cells are all NaN
    is no belief, and everything asked of it is NaN. The cells are kept as a read-only copy. Raises ValueError for
    another shape, a negative or infinite cell, a match that is NaN in part, or a wrong sum.
    """

    cells: Floats
    support: Support = GOAL_SCORES

    def __post_init__(self) -> None:
        cells = _checked_weights(self.cells, self.support)
        off = np.abs(_sums(cells) - 1.0) > TOLERANCE
        _refuse(off, "has probabilities that do not sum to one")
        cells.flags.writeable = False
        object.__setattr__(self, "cells", cells)

    @classmethod
    def of(cls, weights: ArrayLike, support: Support = GOAL_SCORES) -> Self:
        """The grid in proportion to weights (n, *support.shape), 0 or more; a match all NaN stays without belief.

        Raises ValueError for what the grid itself refuses, and for a match without any weight.
        """
        checked = _checked_weights(weights, support)
        flat = checked.reshape(len(checked), len(support))
        largest = flat.max(axis=1, keepdims=True)
        _refuse(largest.ravel() == 0.0, "has no weight on any score")
        scaled = flat / largest
        return cls((scaled / _sums(scaled)[:, None]).reshape(checked.shape), support)

    @classmethod
    def poisson(cls, home_rate: ArrayLike, away_rate: ArrayLike, rho: ArrayLike = 0.0) -> Self:
        """Independent Poisson goals with the correction of low scores: Dixon and Coles (1997), section 4.

        `home_rate`, `away_rate`: (n,) expected goals, 0 to 15; `rho`: a number or (n,), negative for more 0-0 and 1-1,
        clipped to the range in which no cell is negative. NaN in any of them is a match without belief. What lies
        beyond 15 goals is cut off and the rest rescaled: 5e-6 of a side's mass at rate 4, 5e-4 at rate 6. Raises
        ValueError for a rate outside 0 to 15 or shapes that do not fit.
        """
        return cls._by(scorelines.dixon_coles, home_rate, away_rate, rho)

    @classmethod
    def bivariate_poisson(cls, home_rate: ArrayLike, away_rate: ArrayLike, covariance: ArrayLike) -> Self:
        """Poisson goals of both sides with common ones among them: Karlis and Ntzoufras (2003), equation 1.

        `home_rate`, `away_rate`: (n,) expected goals, common ones included, 0 to 15; `covariance`: the common expected
        goals, a number or (n,), clipped to between 0 and the lower rate. Matches without belief, what is cut off and
        what is raised are as in `poisson`.
        """
        return cls._by(scorelines.bivariate_poisson, home_rate, away_rate, covariance)

    @classmethod
    def negative_binomial(cls, home_rate: ArrayLike, away_rate: ArrayLike, dispersion: ArrayLike) -> Self:
        """Independent goals with variance rate + dispersion * rate**2: Lawless (1987).

        `home_rate`, `away_rate`: (n,) expected goals, 0 to 15; `dispersion`: a number or (n,), clipped to between
        0, where goals are Poisson, and 10. Matches without belief and what is raised are as in `poisson`; more is cut
        off: at a dispersion of 0.05, 6e-5 of a side's mass at rate 4, 3e-3 at rate 6.
        """
        return cls._by(scorelines.negative_binomial, home_rate, away_rate, dispersion)

    @classmethod
    def _by(
        cls,
        law: Callable[[Floats, Floats, Floats], Floats],
        home_rate: ArrayLike,
        away_rate: ArrayLike,
        shape: ArrayLike,
    ) -> Self:
        home, away, shapes = np.broadcast_arrays(*map(np.atleast_1d, map(_floats, (home_rate, away_rate, shape))))
        most = GOALS - 1
        _refuse((home < 0) | (home > most) | (away < 0) | (away > most), f"has a rate outside 0 to {most} goals")
        weights = law(home, away, shapes)
        weights[np.isnan(weights).any(axis=(1, 2))] = np.nan
        return cls.of(weights)

    def __len__(self) -> int:
        return len(self.cells)

    def of_matches(self, places: NDArray[np.int64] | NDArray[np.bool_]) -> Self:
        """The grid of some of its matches: their places, or (n,) whether each is wanted."""
        return type(self)(self.cells[places], self.support)

    @property
    def flat(self) -> Floats:
        """The cells as (n, c) in the order of the support, read-only."""
        return self.cells.reshape(len(self), len(self.support))

    @property
    def is_belief(self) -> NDArray[np.bool_]:
        """(n,): whether the match has probabilities at all."""
        return ~np.isnan(self.flat[:, 0])


def scores() -> tuple[Integers, Integers]:
    """Home goals and away goals of football's 256 cells, each (256,), in the order of `ScoreGrid.flat`."""
    return GOAL_SCORES.home, GOAL_SCORES.away


def _floats(values: ArrayLike) -> Floats:
    return np.asarray(values, dtype=float)


def _checked_weights(weights: ArrayLike, support: Support) -> Floats:
    """An own copy of weights that could be a grid's, apart from their sum."""
    cells = np.array(weights, dtype=float, order="C")
    if cells.shape[1:] != support.shape:
        wanted = ", ".join(map(str, support.shape))
        raise ValueError(f"A score grid has the shape (n, {wanted}), not {cells.shape}.")
    flat = cells.reshape(len(cells), len(support))
    missing = np.isnan(flat)
    _refuse(missing.any(axis=1) & ~missing.all(axis=1), "is NaN in part: all of its scores or none may be")
    _refuse(((flat < 0) | np.isinf(flat)).any(axis=1), "has a negative or infinite score")
    return cells


def _sums(cells: Floats) -> Floats:
    sums: Floats = cells.reshape(len(cells), -1).sum(axis=1) if len(cells) else np.zeros(0)
    return sums


def _refuse(wrong: NDArray[np.bool_], fault: str) -> None:
    if wrong.any():
        raise ValueError(f"Match {int(wrong.argmax())} of the grid {fault} ({int(wrong.sum())} such of {len(wrong)}).")
