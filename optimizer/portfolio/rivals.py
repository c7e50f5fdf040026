"""Simpler ways to stake the same candidates under the same limits, and the score by which all are compared.

They share the limits and increments with the optimiser, not its idea of growth, so that fresh scenarios can say what
the idea is worth.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimizer.portfolio.growth import Growth
from optimizer.portfolio.problem import GRID, Floats, Problem
from optimizer.portfolio.relaxation import Model
from optimizer.portfolio.rounding import on_grid
from optimizer.portfolio.tail import conditional_value_at_risk

UNIT = 0.01
"""Share of the bankroll that a flat ticket stakes, and that a proportional one of the average edge does."""
_HALVINGS, _BISECTIONS = 10, 30


@dataclass(frozen=True)
class Score:
    """`growth`: expected log growth added, in nats; `cvar`: mean loss of new and standing tickets over the worst
    scenarios, and `staked`: all new stakes, as shares of the bankroll."""

    growth: float
    cvar: float
    staked: float


def rivals(problem: Problem) -> dict[str, Floats]:
    """Stakes (n,) of each rival by name; all of them are allowed.

    `flat`: one unit each; `proportional`: units in proportion to the edge; `single_kelly`: each bet's own fractional
    Kelly stake; these three in order of edge, each cut to the room left. `simultaneous_kelly`: the same Kelly stakes
    of the best bets, all scaled by one factor until they fit.
    """
    model = Model(problem)
    edge = problem.weights @ problem.returns
    paying = edge > 0
    mean = float(edge[paying].mean()) if paying.any() else 1.0
    kelly = _single_kelly(problem, paying)
    return {
        "flat": _in_turn(model, np.where(paying, UNIT, 0.0), edge),
        "proportional": _in_turn(model, UNIT * np.maximum(edge, 0.0) / mean, edge),
        "single_kelly": _in_turn(model, kelly, edge),
        "simultaneous_kelly": _together(model, kelly, edge),
    }


def score(problem: Problem, stakes: Floats, confidence: float = 0.95) -> Score:
    """What these stakes (n,) are worth in the scenarios of this problem."""
    loss = -(problem.standing + problem.returns @ stakes)
    risk = conditional_value_at_risk(loss, problem.weights, confidence)
    return Score(Growth.of(problem).added(stakes), risk, float(stakes.sum()))


def _single_kelly(problem: Problem, paying: NDArray[np.bool_]) -> Floats:
    """(n,) each paying candidate's own stake of greatest growth, were it alone: where marginal growth crosses 0."""
    returns = problem.returns[:, paying] / problem.kelly_fraction
    low, high = np.zeros(returns.shape[1]), np.full(returns.shape[1], problem.kelly_fraction * (1.0 - 1e-9))
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        rising = problem.weights @ (returns / (1.0 + returns * middle)) > 0
        low, high = np.where(rising, middle, low), np.where(rising, high, middle)
    stakes = np.zeros(problem.candidates)
    stakes[paying] = low
    return stakes


def _in_turn(model: Model, wanted: Floats, edge: Floats) -> Floats:
    """Best edge first, each as much of what it wants as the limits leave."""
    stakes = np.zeros_like(wanted)
    left = model.linear.room.copy()
    for place in np.argsort(-edge, kind="stable"):
        rows, ticket = model.linear.stakes[:, place], model.linear.tickets[:, place]
        if wanted[place] <= 0 or (left < ticket - GRID).any():
            continue
        one = np.zeros_like(wanted)
        room = np.divide(left, rows, out=np.full_like(left, np.inf), where=rows > 0).min(initial=np.inf)
        one[place] = min(wanted[place], model.highest[place], room)
        least = np.where(one > 0, model.lowest, 0.0)
        taken = _fitting(model, stakes, one) if model.allows(stakes + least) else np.zeros_like(one)
        if taken[place] > 0:
            stakes = stakes + taken
            left -= rows * taken[place] + ticket
    return stakes


def _together(model: Model, wanted: Floats, edge: Floats) -> Floats:
    """As many of the best as fit at all, everyone scaled by the same factor."""
    asked = np.minimum(wanted, model.highest)
    kept = np.zeros_like(asked)
    for place in np.argsort(-edge, kind="stable"):
        if asked[place] > 0 and asked[place] >= model.lowest[place]:
            wider = kept.copy()
            wider[place] = max(model.lowest[place], GRID)
            kept = wider if model.keeps_linear(wider) else kept
    return _fitting(model, np.zeros_like(asked), np.where(kept > 0, asked, 0.0))


def _fitting(model: Model, held: Floats, more: Floats) -> Floats:
    """All of `more` on the grid or, where that is not allowed, the greatest part that bisection finds to be."""
    whole = on_grid(model.problem, more)
    if not whole.any() or model.allows(held + whole):
        return whole
    low, high, best = 0.0, 1.0, np.zeros_like(more)
    for _ in range(_HALVINGS):
        share = (low + high) / 2
        trial = on_grid(model.problem, share * more)
        if model.allows(held + trial):
            low, best = share, trial
        else:
            high = share
    return best
