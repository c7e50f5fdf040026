"""How much of a curvature belongs to each candidate alone: a diagonal that can be taken out of a matrix.

The more is taken out, the tighter the perspective relaxation (Frangioni and Gentile, 2007); the diagonal of greatest
worth is a semidefinite program (Zheng, Sun and Li, 2014), solved here by a barrier.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve, cholesky, eigvalsh

from optimizer.portfolio.problem import Floats
from optimizer.portfolio.quadratic import RIDGE
from optimizer.portfolio.relaxation import Indices

_STEPS, _HALVINGS = 40, 40
_FIRST_BARRIER, _LESS, _ENOUGH = 0.1, 0.15, 0.03
_LEAST_WORTH = 0.01


def extracted(curvature: Floats, inside: Indices, worth: Floats, debt: Floats) -> Floats:
    """(k,) a diagonal d such that `curvature - diag(d)` is positive semidefinite: positive `inside`, -`debt` outside.

    `curvature`: (k, k), positive semidefinite; `worth`: (k,), 0 or more, what a unit of d is worth; `debt`: (k,), 0 or
    more, what candidates outside may lose so that those inside can have it.
    """
    ridge = RIDGE * float(curvature.diagonal().mean())
    outside = np.setdiff1d(np.arange(len(curvature)), inside)
    rest = curvature[np.ix_(outside, outside)]
    rest[np.diag_indices_from(rest)] += debt[outside] + ridge
    across = curvature[np.ix_(outside, inside)]
    left = curvature[np.ix_(inside, inside)] - across.T @ cho_solve(cho_factor(rest), across)
    diagonal = -debt - ridge
    mean = worth[inside].sum() / max(len(inside), 1)
    diagonal[inside] = _best(left, worth[inside] + _LEAST_WORTH * mean) - ridge
    return diagonal


def _best(matrix: Floats, worth: Floats) -> Floats:
    """(k,) the d of nearly the greatest `worth @ d` with d and the eigenvalues of `matrix - diag(d)` above 0."""
    least = float(eigvalsh(matrix)[0]) if len(matrix) else 0.0
    if least <= RIDGE * float(np.abs(matrix).max(initial=0.0)):
        return np.zeros(len(matrix))
    diagonal = np.full(len(matrix), least / 2)
    barrier = _FIRST_BARRIER * float(worth @ matrix.diagonal()) / len(matrix)
    for _ in range(_STEPS):
        step, decrement = _newton(matrix - np.diag(diagonal), diagonal, worth, barrier)
        diagonal = _inside(matrix, diagonal, step, 1.0 if decrement < 0.3 else 1.0 / (1.0 + np.sqrt(decrement)))
        if decrement < 1.0:
            if barrier * len(matrix) < _ENOUGH * float(worth @ diagonal):
                break
            barrier *= _LESS
    return diagonal


def _newton(left: Floats, diagonal: Floats, worth: Floats, barrier: float) -> tuple[Floats, float]:
    """The step for `worth @ d + barrier (log det(left) + sum log d)`, and the square of Newton's decrement."""
    inverse = cho_solve(cho_factor(left), np.eye(len(left)))
    slope = worth + barrier * (1.0 / diagonal - inverse.diagonal())
    step = np.linalg.solve(inverse**2 + np.diag(diagonal**-2.0), slope) / barrier
    return step, float(slope @ step) / barrier


def _inside(matrix: Floats, diagonal: Floats, step: Floats, length: float) -> Floats:
    for _ in range(_HALVINGS):
        moved = diagonal + length * step
        length /= 2
        try:
            if (moved > 0).all() and cholesky(matrix - np.diag(moved)) is not None:
                return np.asarray(moved)
        except LinAlgError:
            continue
    return diagonal
