"""From a problem to a portfolio: relaxation, choice of tickets, exact stakes, increments, and a proven gap.

Each step lives in a file of its own; this one says in which order, and when to stop.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic

import numpy as np

from optimizer.portfolio.binding import binding_limits
from optimizer.portfolio.master import Master
from optimizer.portfolio.patience import Patience
from optimizer.portfolio.perspective import Fractional, Perspective, first_guess, most_tickets
from optimizer.portfolio.polish import Polished, choose, exchanged, polish
from optimizer.portfolio.problem import Floats, Problem
from optimizer.portfolio.quadratic import quadratic_above
from optimizer.portfolio.relaxation import Indices, Model, Relaxed, relax
from optimizer.portfolio.rounding import rounded

PROVEN, STALLED, OUT_OF_TIME = "proven", "stalled", "out_of_time"
_SEED = 20261120
_COMING_IN = (10, 25)
_TINY, _ROUNDING = 1e-6, 1e-12


@dataclass(frozen=True, eq=False)
class Portfolio:
    """`stakes`: (n,) shares of the bankroll. `growth`: expected log growth that they add to what stands, in nats.

    `bound`: no allowed portfolio adds more. `gap`: (bound - growth) / bound. `residual`: of the optimality conditions
    of the exact stakes before increments. `seconds`: taken. `status`: "proven" where the gap is what was asked for,
    "stalled" where the search gave up, else "out_of_time". `binding`: for each candidate the name of what set its
    stake, "kelly" where nothing bound.
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
    """The portfolio of greatest expected log growth under every limit, to this relative gap or until the search stalls.

    Deterministic unless the seconds are over before. Staking nothing is always allowed: a limit that standing tickets
    break already leaves no room, and is not mended here.
    """
    started = monotonic()
    search = _Search(Model(problem, started + seconds), gap, seed)
    search.run()
    held, growth = search.held, search.growth
    return Portfolio(
        stakes=search.stakes,
        growth=growth,
        bound=search.bound,
        gap=relative_gap(growth, search.bound),
        residual=held.residual if held is not None else 0.0,
        seconds=monotonic() - started,
        status=search.status,
        binding=binding_limits(search.model, held),
    )


def relative_gap(growth: float, bound: float) -> float:
    """Distance of what was found from what is possible, relative to the latter or, below it, to a millionth."""
    return max(bound - growth, 0.0) / max(bound, _TINY)


class _Search:
    """The best portfolio so far, the bound so far, and for each candidate (n,) the ceiling of portfolios with it."""

    def __init__(self, model: Model, gap: float, seed: int) -> None:
        self.model, self._gap, self._seed = model, gap, seed
        self.held: Polished | None = None
        self.stakes = np.zeros(model.problem.candidates)
        self.growth, self.bound = 0.0, np.inf
        self._ceiling = np.full(model.problem.candidates, np.inf)
        self._tried: dict[bytes, Polished | None] = {}

    @property
    def status(self) -> str:
        """Why the search ended."""
        return PROVEN if self._proven() else OUT_OF_TIME if self.model.late else STALLED

    def run(self) -> None:
        """The relaxation and its neighbourhood, the perspective relaxation, the master: until the gap is closed."""
        relaxed = relax(self.model)
        self.bound = max(relaxed.bound, 0.0)
        self._ceiling = np.where(self.model.highest > 0, relaxed.bound - relaxed.cost_of_ticket(self.model), -np.inf)
        self._try(choose(self.model, relaxed.stakes))
        for count in _COMING_IN:
            if self._done() or self.held is None:
                break
            self._try(exchanged(self.model, self.held, count))
        if not self._done():
            self._curve(relaxed)
        if not self._done():
            self._branch(relaxed)

    def _proven(self) -> bool:
        return self._reached() <= self._gap + _ROUNDING

    def _reached(self) -> float:
        return relative_gap(self.growth, self.bound)

    def _done(self) -> bool:
        return self._proven() or self.model.late

    def _target(self) -> float:
        """The growth that a portfolio must beat to be worth finding."""
        return self.growth / (1.0 - self._gap)

    def _curve(self, relaxed: Relaxed) -> None:
        """Perspective relaxations, each around fewer candidates, and the tickets that they like best."""
        count, patience = most_tickets(self.model), Patience()
        columns = self._promising(relaxed)
        guess = first_guess(self.model, relaxed, columns, self.growth)
        while len(columns) > count > 0 and not (self._done() or patience.ends(self._reached())):
            found = self._bent(relaxed, columns, guess, count)
            if found is None:
                return
            self._try(np.sort(columns[np.argsort(-found.tickets, kind="stable")[:count]]))
            kept = self._promising(relaxed)
            columns, guess = kept, found.among(np.searchsorted(columns, kept))
        if not self._done():
            stakes = np.zeros_like(self.stakes)
            stakes[columns] = guess.stakes
            self._try(choose(self.model, stakes))

    def _bent(self, relaxed: Relaxed, columns: Indices, guess: Fractional, count: int) -> Fractional | None:
        """The perspective relaxation over these candidates, its bound and its ceilings; None where there is none."""
        target = self._target()
        quadratic = quadratic_above(self.model, relaxed, columns, target)
        if quadratic is None:
            return None
        found = Perspective(self.model, quadratic, count, guess, relaxed.stakes[columns]).solve(guess.of_ticket)
        self._lower(found.bound, target)
        self._ceiling[columns] = np.minimum(self._ceiling[columns], found.ceiling)
        return found

    def _promising(self, relaxed: Relaxed) -> Indices:
        return np.flatnonzero((self._ceiling > self._target()) | (relaxed.stakes > 0))

    def _branch(self, relaxed: Relaxed) -> None:
        """The master, round by round."""
        master, patience = Master.of(self.model, self._ceiling, self._target(), relaxed.bound), Patience()
        for stakes in (relaxed.stakes, self.stakes):
            master.add_tangents(stakes)
        while not (self._done() or patience.ends(self._reached())):
            self._round(master)

    def _round(self, master: Master) -> None:
        """What the master proposes, tangents where it was wrong, and its bound."""
        proposed, bound = master.propose(self.model.deadline - monotonic(), self._gap / 5, self._seed)
        self._lower(bound, self.growth)
        if proposed is None:
            return
        master.add_tangents(proposed)
        was_cut = self.model.cut(proposed)
        found = self._try(np.flatnonzero(proposed))
        if found is not None:
            master.add_tangents(found.stakes)
            if not was_cut:
                self._keep(rounded(self.model, proposed), found)

    def _lower(self, bound: float, target: float) -> None:
        """A bound on portfolios better than the target is one on all, where it is not below the target."""
        self.bound = max(min(self.bound, max(bound, target)), self.growth)

    def _try(self, support: Indices) -> Polished | None:
        """Polish and round a choice of tickets, once; keep it where it is the best so far."""
        if support.tobytes() in self._tried:
            return self._tried[support.tobytes()]
        found = self._tried[support.tobytes()] = polish(self.model, support)
        if found is None:
            return None
        self._keep(rounded(self.model, found.stakes), found)
        return found

    def _keep(self, stakes: Floats, near: Polished) -> None:
        growth = self.model.growth.added(stakes)
        if growth > self.growth:
            self.held, self.stakes, self.growth = near, stakes, growth
