"""What set each stake, read off the prices of the exact solution: Kelly itself, a bound of the ticket, or a limit."""

from __future__ import annotations

import numpy as np

from optimizer.portfolio.polish import Polished
from optimizer.portfolio.problem import Floats
from optimizer.portfolio.relaxation import Model

KELLY, TICKET, MINIMUM, TICKETS = "kelly", "ticket", "minimum", "tickets"
_PRICE = 1e-5
"""Marginal growth, per share of the bankroll, below which a price is none."""


def binding_limits(model: Model, held: Polished | None) -> tuple[str, ...]:
    """For each candidate the name of what kept its stake from being larger (or smaller, for "minimum").

    "kelly": nothing but growth; "ticket": its own upper bound; a limit's name: the one whose room costs it most, or
    that leaves least to it alone; "tickets", "minimum": left out, though it would add growth, for the number of
    tickets or for its least stake.
    """
    n = model.problem.candidates
    stakes = held.stakes if held is not None else np.zeros(n)
    charges = held.rows.stakes * held.prices[:, None] if held is not None else np.zeros((0, n))
    row_names = held.rows.names if held is not None else ()
    slope = model.growth.gradient(stakes)
    pull = slope - charges.sum(axis=0)
    bounds, full = _names_of_bounds(model), _is_full(model, stakes)
    names = []
    for j in range(n):
        dearest = int(np.argmax(charges[:, j])) if len(row_names) else -1
        charge = charges[dearest, j] if len(row_names) else 0.0
        if (slope[j] <= _PRICE and stakes[j] == 0) or max(charge, abs(pull[j])) <= _PRICE:
            names.append(KELLY)
        elif stakes[j] > 0:
            names.append(MINIMUM if pull[j] < -_PRICE else row_names[dearest] if charge >= pull[j] else bounds[j])
        elif model.highest[j] == 0:
            names.append(bounds[j])
        elif pull[j] > _PRICE:
            names.append(TICKETS if full else MINIMUM)
        else:
            names.append(row_names[dearest])
    return tuple(names)


def _names_of_bounds(model: Model) -> list[str]:
    """For each candidate what its greatest stake comes from: itself, or the row that leaves least to it alone."""
    alone = model.alone()
    if not len(alone):
        return [TICKET] * model.problem.candidates
    tightest, least = alone.argmin(axis=0), alone.min(axis=0)
    own = model.problem.largest <= least
    short = own & (model.problem.largest < model.lowest)
    names = np.where(own, TICKET, np.array(model.linear.names, dtype=object)[tightest])
    return [str(name) for name in np.where(short, MINIMUM, names)]


def _is_full(model: Model, stakes: Floats) -> bool:
    rows = model.linear
    return bool((rows.tickets.any(axis=1) & (rows.tickets @ (stakes > 0) >= rows.room)).any())
