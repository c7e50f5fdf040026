"""The mixed-integer master of the outer approximation: which tickets, with growth under its tangents.

Growth is concave, so each tangent lies above it and the master's bound holds for every portfolio (Duran and Grossmann,
1986). Tangents are taken for groups of scenarios on their own, which is tighter than one for all. Exact stakes of what
it proposes are `polish`'s business.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from optimizer.portfolio.problem import Floats
from optimizer.portfolio.relaxation import Indices, Model
from optimizer.solve import Program, maximise

_PARTS = 8
_MOST = 400
_FAR = 100.0
_WORK = 20_000
"""Nodes of the solver's tree times candidates, after which it hands over what it has."""
_SAFETY = 1e-6
"""Relative allowance for the solver's own tolerances, added to its bound."""


@dataclass(eq=False)
class Master:
    """Columns are, for k candidates, x (stake in increments, or as a share of the greatest), z (ticket or none), and a
    value for each part of the scenarios, in units of `unit`.

    `excluded_bound`: of portfolios with a candidate outside `columns`.
    """

    model: Model
    columns: Indices
    excluded_bound: float
    unit: float
    _parts: list[Indices] = field(init=False)
    _scale: Floats = field(init=False)
    _cuts: list[Floats] = field(default_factory=list)
    _rooms: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        increment = self.model.problem.increment[self.columns]
        self._scale = np.where(increment > 0, increment, self.model.highest[self.columns])
        self._parts = [np.arange(part, self.model.problem.scenarios, _PARTS) for part in range(_PARTS)]

    @classmethod
    def of(cls, model: Model, ceiling: Floats, target: float, unit: float) -> Master:
        """A master without those candidates that no portfolio better than `target` holds, nor the least promising.

        `ceiling`: (n,) a bound on portfolios with the candidate, where they are better than the target.
        """
        order = np.argsort(-ceiling, kind="stable")
        kept = order[:_MOST][ceiling[order[:_MOST]] > target]
        dropped = np.setdiff1d(order, kept)
        return cls(model, np.sort(kept), max(float(ceiling[dropped].max(initial=-np.inf)), target), unit)

    def add_tangents(self, stakes: Floats) -> None:
        """Growth of each part is at most its tangent at these stakes (n,)."""
        growth, k = self.model.growth, len(self.columns)
        wealth, before = growth.wealth(stakes), growth.wealth(np.zeros_like(stakes))
        gained = growth.weights * (growth.terms(wealth) - growth.terms(before))
        slopes, taken = growth.slopes(wealth), np.flatnonzero(stakes)
        for number, part in enumerate(self._parts):
            gradient = slopes[part] @ growth.returns[np.ix_(part, self.columns)]
            cut = np.zeros(2 * k + _PARTS)
            cut[:k], cut[2 * k + number] = -gradient * self._scale / self.unit, 1.0
            self._cuts.append(cut)
            at_zero = gained[part].sum() - slopes[part] @ (growth.returns[np.ix_(part, taken)] @ stakes[taken])
            self._rooms.append(float(at_zero) / self.unit)

    def program(self) -> Program:
        """The master as arrays."""
        k, scale, values = len(self.columns), self._scale, np.zeros((len(self.columns), _PARTS))
        most, least = self.model.highest[self.columns] / scale, self.model.lowest[self.columns] / scale
        stepped = self.model.problem.increment[self.columns] > 0
        most, least = (np.where(stepped, np.rint(bound), bound) for bound in (most, least))
        limits, room = self._limits()
        return Program(
            objective=np.concatenate([np.zeros(2 * k), np.ones(_PARTS)]),
            rows=np.vstack(
                [
                    limits,
                    np.hstack([np.eye(k), -np.diag(most), values]),
                    np.hstack([-np.eye(k), np.diag(least), values]),
                    *self._cuts,
                ]
            ),
            room=np.concatenate([room, np.zeros(2 * k), self._rooms]),
            lower=np.concatenate([np.zeros(2 * k), np.full(_PARTS, -_FAR)]),
            upper=np.concatenate([most, np.ones(k), np.full(_PARTS, _FAR)]),
            whole=np.concatenate([stepped, np.ones(k, dtype=bool), np.zeros(_PARTS, dtype=bool)]),
        )

    def propose(self, seconds: float, gap: float, seed: int) -> tuple[Floats | None, float]:
        """Stakes (n,) that the tangents like best, and a bound on the growth that any portfolio adds."""
        solved = maximise(self.program(), seconds, gap, seed, nodes=_WORK // max(len(self.columns), 1) + 1)
        bound = max(solved.bound * self.unit + _SAFETY * abs(self.unit), self.excluded_bound)
        if solved.values is None:
            return None, bound
        k = len(self.columns)
        steps, taken = solved.values[:k], solved.values[k : 2 * k] > 0.5
        whole = self.model.problem.increment[self.columns] > 0
        stakes = np.zeros(self.model.problem.candidates)
        stakes[self.columns] = np.where(taken, np.where(whole, np.rint(steps), steps), 0.0) * self._scale
        return stakes, bound

    def _limits(self) -> tuple[Floats, Floats]:
        """The model's rows in these columns, scaled to numbers near one."""
        rows, k = self.model.rows, len(self.columns)
        stakes, tickets = rows.stakes[:, self.columns] * self._scale, rows.tickets[:, self.columns]
        matrix = np.hstack([stakes, tickets, np.zeros((len(rows.room), _PARTS))])
        size = np.maximum(np.abs(matrix[:, : 2 * k]).max(axis=1, initial=1e-12), rows.room)
        return matrix / size[:, None], rows.room / size
