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

GOALS = scorelines.GOALS
"""Goals of one side that a grid tells apart: 0 to 15."""
TOLERANCE = 1e-9
"""How far the probabilities of a match may sum from one."""


@dataclass(frozen=True, eq=False)
class ScoreGrid:
    """`P[home goals, away goals]` of n matches: (n, 16, 16), in [0, 1], each match summing to 1 within 1e-9.

    A match whose cells are all NaN is no belief, and everything asked of it is NaN. The cells are kept as a read-only
    copy. Raises ValueError for another shape, a negative or infinite cell, a match that is NaN in part, or a wrong sum.
    """

    cells: Floats

    def __post_init__(self) -> None:
        cells = _checked_weights(self.cells)
        off = np.abs(_sums(cells) - 1.0) > TOLERANCE
        _refuse(off, "has probabilities that do not sum to one")
        cells.flags.writeable = False
        object.__setattr__(self, "cells", cells)

    @classmethod
    def of(cls, weights: ArrayLike) -> Self:
        """The grid in proportion to weights (n, 16, 16), 0 or more; a match all NaN stays without belief.

        Raises ValueError for what the grid itself refuses, and for a match without any weight.
        """
        checked = _checked_weights(weights)
        largest = checked.max(axis=(1, 2), keepdims=True)
        _refuse(largest.ravel() == 0.0, "has no weight on any score")
        scaled = checked / largest
        return cls(scaled / _sums(scaled)[:, None, None])

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

    @property
    def flat(self) -> Floats:
        """The cells as (n, 256): cell `16 * home goals + away goals`, read-only."""
        return self.cells.reshape(len(self), GOALS * GOALS)

    @property
    def is_belief(self) -> NDArray[np.bool_]:
        """(n,): whether the match has probabilities at all."""
        return ~np.isnan(self.cells[:, 0, 0])


def scores() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Home goals and away goals of the 256 cells, each (256,), in the order of `ScoreGrid.flat`."""
    home, away = np.indices((GOALS, GOALS))
    return home.ravel(), away.ravel()


def _floats(values: ArrayLike) -> Floats:
    return np.asarray(values, dtype=float)


def _checked_weights(weights: ArrayLike) -> Floats:
    """An own copy of weights that could be a grid's, apart from their sum."""
    cells = np.array(weights, dtype=float, order="C")
    if cells.shape[1:] != (GOALS, GOALS):
        raise ValueError(f"A score grid has the shape (n, {GOALS}, {GOALS}), not {cells.shape}.")
    missing = np.isnan(cells)
    _refuse(missing.any(axis=(1, 2)) & ~missing.all(axis=(1, 2)), "is NaN in part: all of its scores or none may be")
    _refuse(((cells < 0) | np.isinf(cells)).any(axis=(1, 2)), "has a negative or infinite score")
    return cells


def _sums(cells: Floats) -> Floats:
    sums: Floats = cells.reshape(len(cells), GOALS * GOALS).sum(axis=1)
    return sums


def _refuse(wrong: NDArray[np.bool_], fault: str) -> None:
    if wrong.any():
        raise ValueError(f"Match {int(wrong.argmax())} of the grid {fault} ({int(wrong.sum())} such of {len(wrong)}).")
