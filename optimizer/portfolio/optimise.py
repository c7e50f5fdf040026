"""From a problem to a portfolio: relaxation, choice of tickets, exact stakes, increments, and a proven gap.

Each step lives in a file of its own; this one says in which order, and when to stop.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic

import numpy as np

from optimizer.portfolio.binding import binding_limits
from optimizer.portfolio.master import Master
from optimizer.portfolio.polish import Polished, choose, exchanged, polish
from optimizer.portfolio.problem import Floats, Problem
from optimizer.portfolio.relaxation import Indices, Model, relax
from optimizer.portfolio.rounding import rounded

PROVEN, OUT_OF_TIME = "proven", "out_of_time"
_SEED = 20261120
_COMING_IN = (10, 25)
_TINY = 1e-6


@dataclass(frozen=True, eq=False)
class Portfolio:
    """`stakes`: (n,) shares of the bankroll. `growth`: expected log growth that they add to what stands, in nats.

    `bound`: no allowed portfolio adds more. `gap`: (bound - growth) / bound. `residual`: of the optimality conditions
    of the exact stakes before increments. `seconds`: taken. `status`: "proven" where the gap is what was asked for,
    else "out_of_time". `binding`: for each candidate the name of what set its stake, "kelly" where nothing bound.
    """

    stakes: Floats
    growth: float
    bound: float
    gap: float
    residual: float
    seconds: float
    status: str
    binding: tuple[str, ...]


def optimise(problem: Problem, seconds: float = 10.0, gap: float = 0.01, seed: int = _SEED) -> Portfolio:
    """The portfolio of greatest expected log growth under every limit, to this relative gap or as good as time allows.

    Deterministic unless time runs out. Staking nothing is always allowed: a limit that standing tickets break already
    leaves no room, and is not mended here.
    """
    started = monotonic()
    search = _Search(Model(problem, started + seconds), gap, seed)
    search.run()
    held, growth = search.held, search.growth
    reached = relative_gap(growth, search.bound)
    return Portfolio(
        stakes=search.stakes,
        growth=growth,
        bound=search.bound,
        gap=reached,
        residual=held.residual if held is not None else 0.0,
        seconds=monotonic() - started,
        status=PROVEN if reached <= gap else OUT_OF_TIME,
        binding=binding_limits(search.model, held),
    )


def relative_gap(growth: float, bound: float) -> float:
    """Distance of what was found from what is possible, relative to the latter or, below it, to a millionth."""
    return max(bound - growth, 0.0) / max(bound, _TINY)


class _Search:
    """The best portfolio so far and the bound so far."""

    def __init__(self, model: Model, gap: float, seed: int) -> None:
        self.model, self._gap, self._seed = model, gap, seed
        self.held: Polished | None = None
        self.stakes = np.zeros(model.problem.candidates)
        self.growth, self.bound = 0.0, np.inf

    def run(self) -> None:
        """First the relaxation and its neighbourhood, then the master, until the gap is closed or time is up."""
        relaxed = relax(self.model)
        self.bound = max(relaxed.bound, 0.0)
        self._try(choose(self.model, relaxed.stakes))
        for count in _COMING_IN:
            if self._done() or self.held is None:
                break
            self._try(exchanged(self.model, self.held, count))
        if self._done():
            return
        master = Master.of(self.model, relaxed, self.growth / (1.0 - self._gap))
        for stakes in (relaxed.stakes, self.stakes):
            master.add_tangents(stakes)
        while not self._done():
            self._round(master)

    def _done(self) -> bool:
        return relative_gap(self.growth, self.bound) <= self._gap or self.model.late

    def _round(self, master: Master) -> None:
        """What the master proposes, tangents where it was wrong, and its bound."""
        proposed, bound = master.propose(self.model.deadline - monotonic(), self._gap / 5, self._seed)
        self.bound = max(min(self.bound, bound), self.growth)
        if proposed is None:
            return
        master.add_tangents(proposed)
        was_cut = self.model.cut(proposed)
        found = self._try(np.flatnonzero(proposed))
        if found is not None:
            master.add_tangents(found.stakes)
            if not was_cut:
                self._keep(rounded(self.model, proposed), found)

    def _try(self, support: Indices) -> Polished | None:
        """Polish and round a choice of tickets; keep it where it is the best so far."""
        found = polish(self.model, support)
        if found is None:
            return None
        self._keep(rounded(self.model, found.stakes), found)
        return found

    def _keep(self, stakes: Floats, near: Polished) -> None:
        growth = self.model.growth.added(stakes)
        if growth > self.growth:
            self.held, self.stakes, self.growth = near, stakes, growth
