"""A concave quadratic above growth for every portfolio that is worth finding: one better than a target.

Around the relaxation's optimum a portfolio has the wealth (1 + u) times that of the optimum, and growth lies
`c E[u - log(1 + u)]` below its tangent. The tangent is nowhere above the relaxation's bound, so where growth beats the
target this loss is at most their difference; so u is small, and the loss at least a quadratic in the stakes. What is
made of the quadratic is `perspective`'s business.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cholesky, solve_triangular

from optimizer.portfolio.limits import FLOOR
from optimizer.portfolio.problem import Floats
from optimizer.portfolio.relaxation import Indices, Model, Relaxed

RIDGE = 1e-9
"""Added to the diagonal of a matrix, relative to its mean, where it may be singular; bounds pay for it."""
_BISECTIONS = 60
_LINEAR = 1e-3


@dataclass(frozen=True, eq=False)
class Quadratic:
    """`constant + slope @ f - f @ curvature @ f / 2` is at least the growth that stakes f (k,) of `columns` add, where
    that is more than the target; `curvature`: (k, k), positive semidefinite."""

    columns: Indices
    constant: float
    slope: Floats
    curvature: Floats

    def value(self, stakes: Floats) -> float:
        """The quadratic at these stakes (k,)."""
        return self.constant + float(self.slope @ stakes - stakes @ self.curvature @ stakes / 2)


def quadratic_above(model: Model, relaxed: Relaxed, columns: Indices, target: float) -> Quadratic | None:
    """The quadratic for portfolios of these candidates, among which are all that `relaxed` stakes.

    None where the optimum or what stands loses all that Kelly stakes in some scenario: there is no such bound there;
    and where time is up before it is made.
    """
    growth = model.growth
    wealth, before = growth.wealth(relaxed.stakes), growth.wealth(np.zeros_like(relaxed.stakes))
    if min(wealth.min(), before.min()) <= FLOOR:
        return None
    relative = growth.returns[:, columns] / (growth.fraction * wealth)[:, None]
    allowed = max(relaxed.bound - target, 0.0) / growth.fraction
    share = loss_share(_greatest_rise(relative, growth.weights, model.highest[columns], allowed))
    if model.late:
        return None
    scaled = relative * np.sqrt(growth.fraction * growth.weights * share)[:, None]
    curvature = scaled.T @ scaled
    centre, slope = relaxed.stakes[columns], growth.gradient(relaxed.stakes)[columns]
    constant = growth.added(relaxed.stakes) - slope @ centre - centre @ curvature @ centre / 2
    return Quadratic(columns, float(constant), slope + curvature @ centre, curvature)


def loss_share(rise: Floats) -> Floats:
    """The greatest p with `u - log(1 + u) >= p u^2 / 2` for all u from -1 to each of these rises; 1 at 0, falling."""
    near, safe = np.abs(rise) < _LINEAR, np.maximum(rise, _LINEAR)
    return np.where(near, 1.0 - 2.0 * rise / 3.0, 2.0 * (safe - np.log1p(safe)) / safe**2)


def _greatest_rise(relative: Floats, weights: Floats, highest: Floats, allowed: float) -> Floats:
    """(s,) how far u can rise in each scenario where the mean of `u - log(1 + u)` is at most `allowed`.

    By Cauchy and Schwarz u in one scenario is at most its leverage (s,) times the root mean square of u; the ridge
    adds at most the squares of the greatest stakes to the latter.
    """
    scaled = relative * np.sqrt(weights)[:, None]
    spread = scaled.T @ scaled
    ridge = RIDGE * max(float(spread.diagonal().mean()), RIDGE)
    spread[np.diag_indices_from(spread)] += ridge
    half = solve_triangular(cholesky(spread, lower=True), relative.T, lower=True)
    leverage, extra = np.sqrt((half**2).sum(axis=0)), ridge * float(highest @ highest)
    return np.asarray(leverage * np.sqrt(_mean_square(float(leverage.max()), extra, allowed) + extra))


def _mean_square(leverage: float, extra: float, allowed: float) -> float:
    """The greatest mean square of u of that loss."""

    def loss(square: float) -> float:
        return float(loss_share(np.array([leverage * np.sqrt(square + extra)]))[0]) * square / 2

    low, high = 0.0, 4.0 * allowed + RIDGE
    while loss(high) < allowed:
        high *= 2.0
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        low, high = (low, middle) if loss(middle) > allowed else (middle, high)
    return high
