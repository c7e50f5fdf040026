"""The continuous relaxation: any share of a ticket may be taken. Its optimum, and a proven bound on all portfolios.

Only promising candidates enter the search; the others are priced, and enter when their marginal growth pays for the
room they take (column generation). Convex limits enter as cutting planes (Kelley, 1960). The bound comes from weak
duality over all candidates, so it holds wherever the search stops.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic

import numpy as np

from optimizer.portfolio.growth import Growth
from optimizer.portfolio.interior import Optimum, Region, solve
from optimizer.portfolio.limits import Limit, Rows, Solvency
from optimizer.portfolio.problem import GRID, Floats, Problem

Indices = np.ndarray
_FIRST, _MORE = 60, 60
_ROUNDS = 40
_MOST_CUTS = 150
ALWAYS: tuple[Limit, ...] = (Solvency(),)


@dataclass(eq=False)
class Model:
    """A problem with its rows: `linear` limits, and `rows` with the cuts found so far, the oldest forgotten.

    `lowest`, `highest`: (n,) the least and the greatest stake that any row leaves to a ticket alone; `highest` is 0
    where no ticket can be made. `deadline`: of the monotonic clock, in seconds, after which every search on this model
    ends with what it has.
    """

    problem: Problem
    deadline: float = np.inf
    growth: Growth = field(init=False)
    linear: Rows = field(init=False)
    rows: Rows = field(init=False)
    lowest: Floats = field(init=False)
    highest: Floats = field(init=False)

    def __post_init__(self) -> None:
        problem = self.problem
        self.growth = Growth.of(problem)
        self.linear = self.rows = Rows.joined([limit.rows(problem) for limit in problem.limits], problem.candidates)
        self.lowest = problem.smallest
        self.highest = self._highest()

    @property
    def late(self) -> bool:
        """Whether time is up."""
        return monotonic() > self.deadline

    def alone(self) -> Floats:
        """(r, n) the stake that each linear row leaves to a candidate alone; infinite where it says nothing of it."""
        rows = self.linear
        left = np.divide(rows.room[:, None], rows.stakes, out=np.full_like(rows.stakes, np.inf), where=rows.stakes > 0)
        return np.where(rows.tickets > rows.room[:, None], 0.0, left)

    def _highest(self) -> Floats:
        highest = self.problem.down(np.minimum(self.problem.upper, self.alone().min(axis=0, initial=np.inf)))
        return np.where((highest >= self.lowest) & (highest > 0), highest, 0.0)

    def broken(self, stakes: Floats) -> Rows:
        """Rows of convex limits that these stakes (n,) break."""
        profit = self._profit(stakes)
        limits = [limit for limit in self._limits() if limit.breaks(self.problem, profit)]
        return Rows.joined([limit.cuts(self.problem, profit) for limit in limits], self.problem.candidates)

    def cut(self, stakes: Floats) -> bool:
        """Add the cuts of every convex limit that these stakes (n,) break; whether there were any."""
        found, kept = self.broken(stakes), self.rows
        if len(self.rows.room) - len(self.linear.room) > _MOST_CUTS:
            kept = Rows.joined([self.linear, self.rows.last(_MOST_CUTS // 2)], self.problem.candidates)
        self.rows = Rows.joined([kept, found], self.problem.candidates) if len(found.room) else kept
        return len(found.room) > 0

    def keeps_linear(self, stakes: Floats) -> bool:
        """Whether these stakes (n,) keep every linear limit."""
        used = self.linear.stakes @ stakes + self.linear.tickets @ (stakes > 0)
        return bool((used <= self.linear.room + GRID).all())

    def allows(self, stakes: Floats) -> bool:
        """Whether these stakes (n,) keep every limit."""
        if not self.keeps_linear(stakes):
            return False
        profit = self._profit(stakes)
        return not any(limit.breaks(self.problem, profit) for limit in self._limits())

    def _limits(self) -> tuple[Limit, ...]:
        return (*self.problem.limits, *ALWAYS)

    def _profit(self, stakes: Floats) -> Floats:
        taken = np.flatnonzero(stakes)
        return np.asarray(self.problem.returns[:, taken] @ stakes[taken], dtype=float)

    def relaxed_rows(self) -> Floats:
        """(r, n) the rows on stakes alone when a stake f is at least the share f / highest of a ticket."""
        share = np.divide(1.0, self.highest, out=np.zeros_like(self.highest), where=self.highest > 0)
        return np.asarray(self.rows.stakes + self.rows.tickets * share)


@dataclass(frozen=True, eq=False)
class Relaxed:
    """`stakes`: (n,) of the relaxation; `bound`: no portfolio adds more growth; `reduced`: (n,) marginal growth less
    the price of the room taken, tickets included; `of_ticket`: (n,) the price of a whole ticket; `residual`: see
    `Optimum`."""

    stakes: Floats
    bound: float
    reduced: Floats
    of_ticket: Floats
    residual: float

    def cost_of_ticket(self, model: Model) -> Floats:
        """(n,) what the bound falls by, at least, when a candidate must be a ticket; 0 where none can be made of it."""
        usable, safe = model.highest > 0, np.where(model.highest > 0, model.highest, 1.0)
        pull = self.reduced + self.of_ticket / safe
        forced = np.maximum(model.lowest * pull, model.highest * pull) - self.of_ticket
        return np.where(usable, np.maximum(model.highest * self.reduced, 0.0) - forced, 0.0)


def relax(model: Model) -> Relaxed:
    """Solve the relaxation; cuts that it finds stay in `model`."""
    usable = np.flatnonzero(model.highest > 0)
    nothing = np.zeros(model.problem.candidates)
    columns = _best(usable, model.growth.gradient(nothing), _FIRST)
    best: Relaxed | None = None
    for _ in range(_ROUNDS):
        solved = _on(model, columns)
        stakes = nothing.copy()
        stakes[columns] = solved.stakes
        found = _certified(model, stakes, solved)
        best = found if best is None or found.bound < best.bound else best
        waiting = np.setdiff1d(usable[found.reduced[usable] > 1e-9], columns)
        was_cut = model.cut(stakes)
        if model.late or not (len(waiting) or was_cut):
            break
        columns = np.union1d(columns, _best(waiting, found.reduced, _MORE))
    assert best is not None
    return best


def _on(model: Model, columns: Indices) -> Optimum:
    rows, room = model.relaxed_rows()[:, columns], model.rows.room
    upper = model.highest[columns]
    can_bind = np.maximum(rows, 0.0) @ upper > room
    solved = solve(model.growth.on(columns), Region(rows[can_bind], room[can_bind], np.zeros_like(upper), upper))
    prices = np.zeros(len(room))
    prices[can_bind] = solved.prices
    return Optimum(solved.stakes, prices, solved.residual)


def _certified(model: Model, stakes: Floats, solved: Optimum) -> Relaxed:
    """G is below its tangent; the tangent over the relaxed rows is at most what any prices of the rows say."""
    gradient = model.growth.gradient(stakes)
    reduced = gradient - solved.prices @ model.relaxed_rows()
    tangent = model.growth.added(stakes) - gradient @ stakes
    bound = tangent + solved.prices @ model.rows.room + model.highest @ np.maximum(reduced, 0.0)
    of_ticket = solved.prices @ model.rows.tickets
    return Relaxed(stakes, float(bound), reduced, np.asarray(of_ticket), solved.residual)


def _best(candidates: Indices, score: Floats, count: int) -> Indices:
    return np.sort(candidates[np.argsort(-score[candidates], kind="stable")[:count]])
