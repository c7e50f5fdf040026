"""Exact stakes of tickets that are chosen already, and which of the relaxation's candidates to choose.

The choice here is a good first one; that no other is much better is shown by `master`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.portfolio.interior import Region, solve
from optimizer.portfolio.limits import Rows
from optimizer.portfolio.problem import DUST, Floats
from optimizer.portfolio.relaxation import Indices, Model

EXACT = 1e-6
"""Residual of the optimality conditions above which stakes do not count as found."""
_ROUNDS, _SKETCH = 60, 4
_FIXED = 1e-12


@dataclass(frozen=True, eq=False)
class Polished:
    """`stakes`: (n,), 0 off the support; `prices`: (r,) of the `rows` in force; `residual`: see `Optimum`."""

    stakes: Floats
    rows: Rows
    prices: Floats
    residual: float


def polish(model: Model, support: Indices, relaxed: bool = False) -> Polished | None:
    """The best stakes of exactly these tickets, each within its bounds; None where none are allowed.

    `relaxed` allows any share of a ticket instead, as the relaxation does, and stops after few cuts. New cuts stay in
    `model`.
    """
    found = None
    for _ in range(_SKETCH if relaxed else _ROUNDS):
        found = _once(model, support, relaxed)
        if found is None or not model.cut(found.stakes) or model.late:
            break
    return found


def choose(model: Model, stakes: Floats) -> Indices:
    """A support for these relaxed stakes: the smallest tickets leave, a fifth of the surplus at a time."""
    support = np.flatnonzero(stakes > np.maximum(0.01 * model.lowest, DUST))
    while len(support):
        few = _surplus(model, support)
        small = support[stakes[support] < 0.5 * model.lowest[support]]
        if few <= 0 and not len(small):
            break
        leaving = max(1, few if model.late else -(-max(few, len(small)) // 5))
        support = support[np.sort(np.argsort(stakes[support] / model.highest[support], kind="stable")[leaving:])]
        again = polish(model, support, relaxed=True) if not model.late else None
        stakes = again.stakes if again is not None else stakes
    return support


def exchanged(model: Model, held: Polished, count: int) -> Indices:
    """A support near to one held: the candidates of greatest marginal growth after the price of their room come in."""
    price = held.prices @ held.rows.stakes
    pull = np.where((model.highest > 0) & (held.stakes == 0), model.growth.gradient(held.stakes) - price, -np.inf)
    coming = np.argsort(-pull, kind="stable")[:count]
    wider = np.union1d(np.flatnonzero(held.stakes), coming[pull[coming] > 0])
    free = polish(model, wider, relaxed=True)
    return choose(model, free.stakes) if free is not None else np.flatnonzero(held.stakes)


def _once(model: Model, support: Indices, relaxed: bool) -> Polished | None:
    lower, upper = model.lowest[support] * (not relaxed), model.highest[support]
    rows = model.rows.stakes[:, support] if not relaxed else model.relaxed_rows()[:, support]
    room = model.rows.room - model.rows.tickets[:, support].sum(axis=1) * (not relaxed)
    free = upper - lower > _FIXED
    room = room - rows[:, ~free] @ lower[~free]
    bind = np.maximum(rows[:, free], 0.0) @ upper[free] + np.minimum(rows[:, free], 0.0) @ lower[free] > room
    if (np.minimum(rows[:, free] * lower[free], rows[:, free] * upper[free]).sum(axis=1) > room + EXACT).any():
        return None
    fixed = model.problem.returns[:, support[~free]] @ lower[~free]
    space = Region(rows[:, free][bind], room[bind], lower[free], upper[free])
    solved = solve(model.growth.on(support[free], fixed), space)
    if solved.residual > EXACT:
        return None
    stakes, prices = np.zeros(model.problem.candidates), np.zeros(len(room))
    stakes[support[~free]], stakes[support[free]] = lower[~free], solved.stakes
    prices[bind] = solved.prices
    return Polished(stakes, model.rows, prices, solved.residual)


def _surplus(model: Model, support: Indices) -> int:
    """How many tickets too many, as far as rows that count tickets can say."""
    over = model.rows.tickets[:, support].sum(axis=1) - model.rows.room
    counted = model.rows.tickets.any(axis=1)
    return int(np.ceil(over[counted].max(initial=0.0)))
