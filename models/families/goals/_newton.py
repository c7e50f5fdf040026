"""Damped Newton for the penalised log-likelihood of every goal model, compiled.

Parameters are attack (n), defence (n), base, home advantage and shape. Matrices hold the upper triangle only.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from models.families.goals._terms import DIXON_COLES, terms

STEPS, HALVINGS = 200, 60
_TOLERANCE = 1e-12
"""Newton decrement (twice the expected gain in log-likelihood) at which the step at hand is the last one."""
_ROUNDING = 1e-13
_SUFFICIENT = 1e-4
_SUM_PRECISION = 1.0
_LIMIT = 1e9


@njit(cache=True, error_model="numpy")  # type: ignore[untyped-decorator]
def evaluate(family, x, n, home, away, sums, centre, precision, gradient, curvature):  # type: ignore[no-untyped-def]
    """Log-likelihood and penalised log-likelihood at `x`; fills `gradient` and `curvature`, the negative Hessian.

    Both are without the constant of log factorials. -inf where a score of `home` against `away` is impossible or beyond
    the range of floating point.
    """
    gradient[:] = 0.0
    curvature[:] = 0.0
    scores, leaks = np.exp(x[:n]), np.exp(-x[n : 2 * n])
    base, shape = x[2 * n], x[2 * n + 2]
    at_home = base + x[2 * n + 1]
    level_home, level_away = math.exp(at_home), math.exp(base)
    total = penalised = 0.0
    for unit in range(len(home)):
        h, a = home[unit], away[unit]
        value, barrier, gh, ga, gs, hh, ha, aa, hs, as_, ss = terms(
            family, sums[unit], at_home + x[h] - x[n + a], base + x[a] - x[n + h],
            level_home * scores[h] * leaks[a], level_away * scores[a] * leaks[h], shape,
        )  # fmt: skip
        if not abs(value) < np.inf:
            return -np.inf, -np.inf
        total += value
        penalised += barrier
        _add_gradient(gradient, n, h, a, gh, ga, gs)
        _add_clubs(curvature, n, h, a, hh, ha, aa)
        _add_common(curvature, n, h, a, hh, ha, aa, hs, as_, ss)
    penalised += total - _penalty(x, n, centre, precision, gradient, curvature)
    return total, penalised


@njit(cache=True)  # type: ignore[untyped-decorator]
def _add_gradient(gradient, n, h, a, gh, ga, gs):  # type: ignore[no-untyped-def]
    gradient[h] += gh
    gradient[a] += ga
    gradient[n + h] -= ga
    gradient[n + a] -= gh
    gradient[2 * n] += gh + ga
    gradient[2 * n + 1] += gh
    gradient[2 * n + 2] += gs


@njit(cache=True)  # type: ignore[untyped-decorator]
def _add_clubs(curvature, n, h, a, hh, ha, aa):  # type: ignore[no-untyped-def]
    low, high = min(h, a), max(h, a)
    curvature[h, h] += hh
    curvature[a, a] += aa
    curvature[low, high] += ha
    curvature[n + h, n + h] += aa
    curvature[n + a, n + a] += hh
    curvature[n + low, n + high] += ha
    curvature[h, n + a] -= hh
    curvature[a, n + h] -= aa
    curvature[h, n + h] -= ha
    curvature[a, n + a] -= ha


@njit(cache=True)  # type: ignore[untyped-decorator]
def _add_common(curvature, n, h, a, hh, ha, aa, hs, as_, ss):  # type: ignore[no-untyped-def]
    base, advantage, shape = 2 * n, 2 * n + 1, 2 * n + 2
    curvature[h, base] += hh + ha
    curvature[a, base] += aa + ha
    curvature[n + h, base] -= aa + ha
    curvature[n + a, base] -= hh + ha
    curvature[h, advantage] += hh
    curvature[a, advantage] += ha
    curvature[n + h, advantage] -= ha
    curvature[n + a, advantage] -= hh
    curvature[h, shape] += hs
    curvature[a, shape] += as_
    curvature[n + h, shape] -= as_
    curvature[n + a, shape] -= hs
    curvature[base, base] += hh + aa + 2 * ha
    curvature[base, advantage] += hh + ha
    curvature[base, shape] += hs + as_
    curvature[advantage, advantage] += hh
    curvature[advantage, shape] += hs
    curvature[shape, shape] += ss


@njit(cache=True)  # type: ignore[untyped-decorator]
def _penalty(x, n, centre, precision, gradient, curvature):  # type: ignore[no-untyped-def]
    """Negative log prior; its derivatives are added to the gradient and the curvature."""
    penalty = 0.0
    for place in range(len(x)):
        off = x[place] - centre[place]
        penalty += 0.5 * precision[place] * off * off
        gradient[place] -= precision[place] * off
        curvature[place, place] += precision[place]
    for block in range(0, 2 * n, max(n, 1)):
        total = (x[block : block + n] - centre[block : block + n]).sum()
        penalty += 0.5 * _SUM_PRECISION * total * total
        gradient[block : block + n] -= _SUM_PRECISION * total
        for row in range(block, block + n):
            curvature[row, row : block + n] += _SUM_PRECISION
    return penalty


@njit(cache=True, error_model="numpy")  # type: ignore[untyped-decorator]
def _solve(curvature, damping, gradient, factor, step):  # type: ignore[no-untyped-def]
    """Cholesky solution of (curvature + damping) step = gradient into `step`; False if it is not positive definite."""
    size = len(gradient)
    for row in range(size):
        for column in range(row, size):
            factor[row, column] = curvature[row, column]
        factor[row, row] += damping
    for pivot in range(size):
        if not factor[pivot, pivot] > 0:
            return False
        scale = 1.0 / math.sqrt(factor[pivot, pivot])
        for column in range(pivot, size):
            factor[pivot, column] *= scale
        for row in range(pivot + 1, size):
            share = factor[pivot, row]
            for column in range(row, size):
                factor[row, column] -= share * factor[pivot, column]
    step[:] = gradient
    for row in range(size):
        step[row] /= factor[row, row]
        for column in range(row + 1, size):
            step[column] -= factor[row, column] * step[row]
    for row in range(size - 1, -1, -1):
        for column in range(row + 1, size):
            step[row] -= factor[row, column] * step[column]
        step[row] /= factor[row, row]
    return True


@njit(cache=True, error_model="numpy")  # type: ignore[untyped-decorator]
def _newton_step(curvature, gradient, factor, step):  # type: ignore[no-untyped-def]
    """Newton's step, damped until the curvature is positive definite; returns the decrement, NaN if nothing helps."""
    largest = 1.0
    for row in range(len(gradient)):
        largest = max(largest, abs(curvature[row, row]))
    damping = 0.0
    while not _solve(curvature, damping, gradient, factor, step):
        damping = max(10.0 * damping, 1e-6 * largest)
        if not damping < _LIMIT * largest:
            return np.nan
    return np.dot(gradient, step)


@njit(cache=True, error_model="numpy")  # type: ignore[untyped-decorator]
def maximise(family, start, n, home, away, sums, centre, precision):  # type: ignore[no-untyped-def]
    """Maximum from `start`: parameters, log-likelihood and penalised without constants, steps, and if it converged."""
    size = 2 * n + 3
    x, gradient, curvature = start.copy(), np.empty(size), np.empty((size, size))
    factor, step = np.empty((size, size)), np.empty(size)
    total, best = evaluate(family, x, n, home, away, sums, centre, precision, gradient, curvature)
    if not best > -np.inf:
        x[:] = centre
        x[size - 1] = 0.0 if family == DIXON_COLES else centre[size - 1]
        total, best = evaluate(family, x, n, home, away, sums, centre, precision, gradient, curvature)
    for steps in range(1, STEPS + 1):
        decrement = _newton_step(curvature, gradient, factor, step)
        length, last = 1.0, decrement < _TOLERANCE
        for _ in range(HALVINGS):
            trial = x + length * step
            likelihood, found = evaluate(family, trial, n, home, away, sums, centre, precision, gradient, curvature)
            if found >= best + _SUFFICIENT * length * decrement - _ROUNDING * (1.0 + abs(best)):
                break
            length *= 0.5
        else:
            return x, total, best, steps, last
        x, total, best = trial, likelihood, found
        if last:
            return x, total, best, steps, True
    return x, total, best, STEPS, False


@njit(cache=True, error_model="numpy")  # type: ignore[untyped-decorator]
def cold_start(n, home, away, sums, centre):  # type: ignore[no-untyped-def]
    """Logarithms of each club's goals for and against over the average's, drawn towards the centre by one match."""
    scored, conceded, weight = np.zeros(n), np.zeros(n), np.zeros(n)
    for unit in range(len(home)):
        h, a = home[unit], away[unit]
        weight[h] += sums[unit, 0]
        weight[a] += sums[unit, 0]
        scored[h] += sums[unit, 1]
        conceded[a] += sums[unit, 1]
        scored[a] += sums[unit, 2]
        conceded[h] += sums[unit, 2]
    start = centre.copy()
    mean = (scored.sum() + 1.0) / (weight.sum() + 1.0)
    start[2 * n] = math.log(mean) - 0.5 * centre[2 * n + 1]
    for club in range(n):
        matches = weight[club] + 1.0
        start[club] = math.log((scored[club] / mean + math.exp(centre[club])) / matches)
        start[n + club] = -math.log((conceded[club] / mean + math.exp(-centre[n + club])) / matches)
    return start
