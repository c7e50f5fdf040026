"""A concave function over linear rows and bounds, maximised exactly by a primal-dual interior-point method.

Mehrotra's predictor and corrector (1992) on the conditions of Karush, Kuhn and Tucker, with exact second derivatives.
Which candidates and rows there are is the caller's business.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from optimizer.portfolio.problem import Floats

CONVERGED = 1e-10
"""Largest residual at which the search ends."""
_STEPS = 80
_BACK_OFF = 0.995
_TINY = 1e-18


class Concave(Protocol):
    """What is maximised."""

    def gradient(self, stakes: Floats) -> Floats:
        """(k,) its first derivative."""

    def curvature(self, stakes: Floats) -> Floats:
        """(k, k) minus its second derivative, positive semidefinite; the caller may change it."""


@dataclass(frozen=True, eq=False)
class Region:
    """Where stakes may lie: `rows @ f <= room` and `lower <= f <= upper`, with `lower` strictly below `upper`."""

    rows: Floats
    room: Floats
    lower: Floats
    upper: Floats


@dataclass(frozen=True, eq=False)
class Optimum:
    """`stakes`: (k,); `prices`: (m,) growth that a unit of room in each row would add; `residual`: largest violation of
    the optimality conditions (stationarity, feasibility, mean complementarity), 0 at an exact optimum."""

    stakes: Floats
    prices: Floats
    residual: float


@dataclass(frozen=True, eq=False)
class _Point:
    """Stakes, slack of the rows and the multipliers of rows, lower and upper bounds."""

    stakes: Floats
    slack: Floats
    prices: Floats
    below: Floats
    above: Floats

    def moved(self, step: _Point, primal: float, dual: float) -> _Point:
        return _Point(
            self.stakes + primal * step.stakes,
            self.slack + primal * step.slack,
            self.prices + dual * step.prices,
            self.below + dual * step.below,
            self.above + dual * step.above,
        )


def solve(growth: Concave, where: Region) -> Optimum:
    """The stakes of greatest growth; the residual says how exact they are, and stays large where none are allowed."""
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        return _Search(growth, where).run()


class _Search:
    """One run of the method."""

    def __init__(self, growth: Concave, where: Region) -> None:
        self._growth, self._where = growth, where
        self._pairs = len(where.room) + 2 * len(where.lower)
        self._rows_t = np.ascontiguousarray(where.rows.T)

    def run(self) -> Optimum:
        point, best = self._start(), None
        for _ in range(_STEPS):
            dual, primal = self._residuals(point)
            measured = max(np.abs(dual).max(initial=0.0), np.abs(primal).max(initial=0.0), self._gap(point))
            found = Optimum(point.stakes, point.prices, float(measured))
            best = found if best is None or found.residual < best.residual else best
            if measured < CONVERGED or not np.isfinite(measured):
                break
            try:
                point = self._advanced(point, dual, primal)
            except LinAlgError:
                break
        assert best is not None
        return best

    def _start(self) -> _Point:
        where = self._where
        stakes = where.lower + 0.1 * (where.upper - where.lower)
        slack = np.maximum(where.room - where.rows @ stakes, 1e-3)
        slope = np.abs(self._growth.gradient(stakes)).max(initial=1e-3)
        level = 1e-3 * float(slope) * float((where.upper - where.lower).mean()) if stakes.size else 1.0
        low, high = stakes - where.lower, where.upper - stakes
        return _Point(stakes, slack, level / slack, level / low, level / high)

    def _residuals(self, point: _Point) -> tuple[Floats, Floats]:
        dual = -self._growth.gradient(point.stakes) + self._rows_t @ point.prices - point.below + point.above
        return dual, self._where.rows @ point.stakes + point.slack - self._where.room

    def _distances(self, point: _Point) -> tuple[Floats, Floats]:
        """(k,) how far stakes are from their bounds; never 0, whatever rounding does."""
        low, high = point.stakes - self._where.lower, self._where.upper - point.stakes
        return np.maximum(low, _TINY), np.maximum(high, _TINY)

    def _products(self, point: _Point) -> tuple[Floats, Floats, Floats]:
        low, high = self._distances(point)
        return point.slack * point.prices, low * point.below, high * point.above

    def _gap(self, point: _Point) -> float:
        return sum(float(product.sum()) for product in self._products(point)) / max(self._pairs, 1)

    def _advanced(self, point: _Point, dual: Floats, primal: Floats) -> _Point:
        """One predictor and one corrector from the same factored matrix."""
        solver, products, gap = self._factored(point), self._products(point), self._gap(point)
        guess = self._toward(point, solver, dual, primal, products)
        ahead = self._gap(point.moved(guess, *self._lengths(point, guess)))
        centre = gap * min(max(ahead / max(gap, _TINY), 0.0), 1.0) ** 3
        rows, below, above = products
        bent = (
            rows + guess.slack * guess.prices - centre,
            below + guess.stakes * guess.below - centre,
            above - guess.stakes * guess.above - centre,
        )
        step = self._toward(point, solver, dual, primal, bent)
        length = _BACK_OFF * min(self._lengths(point, step))
        return point.moved(step, length, length)

    def _factored(self, point: _Point) -> Callable[[Floats], Floats]:
        """The solver of the Newton system in the stakes alone; raises LinAlgError where it has no single solution."""
        low, high = self._distances(point)
        matrix = self._growth.curvature(point.stakes) + (self._rows_t * (point.prices / point.slack)) @ self._where.rows
        matrix[np.diag_indices_from(matrix)] += point.below / low + point.above / high
        factor = cho_factor(matrix, lower=True, overwrite_a=True, check_finite=False)
        return lambda right: np.asarray(cho_solve(factor, right, check_finite=False))

    def _toward(
        self,
        point: _Point,
        solver: Callable[[Floats], Floats],
        dual: Floats,
        primal: Floats,
        products: tuple[Floats, Floats, Floats],
    ) -> _Point:
        """The Newton step that takes away both residuals and these products of slacks and multipliers."""
        (rows, below, above), (low, high) = products, self._distances(point)
        stakes = solver(
            -dual - self._rows_t @ ((point.prices * primal - rows) / point.slack) - below / low + above / high
        )
        slack = -primal - self._where.rows @ stakes
        return _Point(
            stakes,
            slack,
            (-rows - point.prices * slack) / point.slack,
            (-below - point.below * stakes) / low,
            (-above + point.above * stakes) / high,
        )

    def _lengths(self, point: _Point, step: _Point) -> tuple[float, float]:
        """How far primal and dual can go before something reaches zero, at most 1."""
        low, high = self._distances(point)
        primal = [(point.slack, step.slack), (low, step.stakes), (high, -step.stakes)]
        dual = [(point.prices, step.prices), (point.below, step.below), (point.above, step.above)]
        return min(_reach(*pair) for pair in primal), min(_reach(*pair) for pair in dual)


def _reach(values: Floats, change: Floats) -> float:
    falling = change < 0
    return float((-values[falling] / change[falling]).min(initial=1.0))
