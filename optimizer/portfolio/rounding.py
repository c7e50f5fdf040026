"""Stakes in whole increments, inside every limit: down first, then up one at a time where growth gains most."""

from __future__ import annotations

import numpy as np

from optimizer.portfolio.problem import DUST, GRID, Floats, Problem
from optimizer.portfolio.relaxation import Indices, Model

_SHARE_OF_FREE_STAKE = 0.01
_MOST_STEPS = 2_000


def rounded(model: Model, stakes: Floats) -> Floats:
    """(n,) allowed stakes near these; zeros where nothing near is allowed.

    A stake below the smallest ticket is none. While a limit is broken the ticket shrinks that breaks it most for the
    growth it brings.
    """
    held = on_grid(model.problem, np.minimum(stakes, model.highest))
    return _raised(model, _repaired(model, held))


def on_grid(problem: Problem, stakes: Floats) -> Floats:
    """(n,) stakes down to whole increments; below the smallest ticket, zero."""
    down, least = problem.down(stakes), problem.smallest
    return np.where(down >= np.maximum(least - GRID, DUST), np.maximum(down, least), 0.0)


def _repaired(model: Model, stakes: Floats) -> Floats:
    step = np.where(model.problem.increment > 0, model.problem.increment, _SHARE_OF_FREE_STAKE * model.highest)
    for _ in range(_MOST_STEPS):
        row = _broken_row(model, stakes)
        if row is None:
            return stakes
        harm = np.where(stakes > 0, row, -np.inf)
        worth = np.maximum(model.growth.gradient(stakes), GRID)
        worst = int(np.argmax(np.where(harm > 0, harm / worth, harm)))
        stakes = stakes.copy()
        stakes[worst] = 0.0 if stakes[worst] < model.lowest[worst] + step[worst] - GRID else stakes[worst] - step[worst]
    return np.zeros_like(stakes)


def _broken_row(model: Model, stakes: Floats) -> Floats | None:
    """(n,) how much a unit of each stake adds to some row that is broken; None where none is."""
    rows = model.linear
    over = rows.stakes @ stakes + rows.tickets @ (stakes > 0) - rows.room
    if over.max(initial=0.0) > GRID:
        return np.asarray((rows.stakes + rows.tickets)[int(np.argmax(over))])
    broken = model.broken(stakes).stakes
    return np.asarray(broken[0]) if len(broken) else None


def _raised(model: Model, stakes: Floats) -> Floats:
    """One increment more for the ticket that gains most by it, until none gains or none may."""
    step = model.problem.increment
    able = np.flatnonzero((stakes > 0) & (step > 0))
    while not model.late and (able := able[stakes[able] + step[able] <= model.highest[able] + GRID]).size:
        gains = _gains(model, able, stakes)
        for place in able[np.argsort(-gains, kind="stable")][: int((gains > 0).sum())]:
            wider = stakes.copy()
            wider[place] = (np.rint(stakes[place] / step[place]) + 1.0) * step[place]
            if model.allows(wider):
                break
        else:
            return stakes
        stakes = wider
    return stakes


def _gains(model: Model, candidates: Indices, stakes: Floats) -> Floats:
    """Growth that one more increment adds, for each of these candidates alone."""
    growth, step = model.growth, model.problem.increment[candidates]
    wealth = growth.wealth(stakes)
    after = wealth[:, None] + growth.returns[:, candidates] * (step / growth.fraction)
    gained: Floats = growth.weights @ growth.terms(after) - growth.weights @ growth.terms(wealth)
    return gained
