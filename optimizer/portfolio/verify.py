"""The last gate before tickets: which limits a portfolio breaks, from plain sums over each limit's own definition.

Nothing here is shared with the optimiser but the numbers of the limits, so that a fault there is seen here.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optimizer.portfolio.limits import Cash, Drawdown, Exposure, Limit, MaximumTickets, Room
from optimizer.portfolio.problem import Floats, Problem

TOLERANCE = 1e-7
"""Share of the bankroll by which a limit may be missed: a cent of a hundred thousand."""


def broken(problem: Problem, stakes: Floats) -> list[str]:
    """One sentence for each limit, bound or increment that these stakes (n,) break; empty where all is well.

    Where standing tickets break a limit by themselves, new ones must not add to it.
    """
    found = [*_tickets(problem, stakes), *_ruin(problem, stakes)]
    for limit in problem.limits:
        found += _CHECKS[_kind(limit)](problem, stakes, limit)
    return found


def _kind(limit: Limit) -> type[Limit]:
    for kind in _CHECKS:
        if isinstance(limit, kind):
            return kind
    raise TypeError(f"No check knows the limit '{limit.name}': add one to verify.")


def _tickets(problem: Problem, stakes: Floats) -> Iterator[str]:
    for place, stake in enumerate(stakes):
        if not np.isfinite(stake) or stake < 0:
            yield f"Candidate {place} has the stake {stake}."
        if stake == 0 or not np.isfinite(stake):
            continue
        if not problem.lower[place] - TOLERANCE <= stake <= problem.upper[place] + TOLERANCE:
            yield f"Candidate {place} has a stake of {stake:.6%}, outside its bounds."
        step = problem.increment[place]
        if step > 0 and abs(stake / step - round(stake / step)) > 1e-6:
            yield f"Candidate {place} has a stake of {stake:.6%}, no whole multiple of {step:.6%}."


def _ruin(problem: Problem, stakes: Floats) -> Iterator[str]:
    before = problem.kelly_fraction + problem.standing
    new = problem.returns @ stakes
    ruined = (before + new <= 0) & (new < -TOLERANCE)
    if ruined.any():
        yield f"Scenario {int(np.argmax(ruined))} takes all that Kelly stakes."


def _count(problem: Problem, stakes: Floats, limit: Limit) -> Iterator[str]:
    assert isinstance(limit, MaximumTickets)
    tickets = int((stakes > 0).sum())
    if tickets > limit.count:
        yield f"The limit '{limit.name}' is {limit.count}, and there are {tickets}."


def _exposure(problem: Problem, stakes: Floats, limit: Limit) -> Iterator[str]:
    assert isinstance(limit, Exposure)
    incidence = problem.groups[limit.name]
    shares = limit.share if isinstance(limit.share, tuple) else [limit.share] * len(incidence)
    for group, share in enumerate(shares):
        standing = float(problem.used[limit.name][group]) if limit.name in problem.used else 0.0
        new = sum(float(incidence[group, place]) * float(stakes[place]) for place in np.flatnonzero(stakes))
        if new > TOLERANCE and standing + new > share + TOLERANCE:
            yield f"The limit '{limit.name}' of group {group} is {share:.4%}, and {standing + new:.6%} are staked."


def _together(problem: Problem, stakes: Floats, limit: Limit) -> Iterator[str]:
    assert isinstance(limit, Cash | Room)
    if stakes.sum() > max(limit.share, 0.0) + TOLERANCE:
        yield f"The limit '{limit.name}' is {limit.share:.4%}, and {stakes.sum():.6%} are staked."


def _drawdown(problem: Problem, stakes: Floats, limit: Limit) -> Iterator[str]:
    assert isinstance(limit, Drawdown)
    alone = _tail_mean(-problem.standing, problem.weights, limit.confidence)
    together = _tail_mean(-problem.standing - problem.returns @ stakes, problem.weights, limit.confidence)
    if together > max(limit.share, alone) + TOLERANCE:
        yield f"The limit '{limit.name}' is {limit.share:.4%}, and the worst scenarios lose {together:.6%}."


def _tail_mean(loss: Floats, weights: Floats, confidence: float) -> float:
    """The least of `t + E[max(loss - t, 0)] / (1 - confidence)`, at the quantile (Rockafellar and Uryasev, 2000)."""
    order = np.argsort(loss)
    reached = np.cumsum(weights[order]) >= confidence - 1e-12
    quantile = float(loss[order][int(np.argmax(reached))])
    return quantile + float(weights @ np.maximum(loss - quantile, 0.0)) / (1.0 - confidence)


_CHECKS = {MaximumTickets: _count, Exposure: _exposure, Cash: _together, Room: _together, Drawdown: _drawdown}
