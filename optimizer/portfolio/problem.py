"""What is asked: candidates with their returns in each scenario, what stands open already, and the limits in force.

How it is answered is the business of `optimise`; where scenarios come from is the caller's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from optimizer.portfolio.limits import Limit

Floats = NDArray[np.float64]
GRID = 1e-9
"""Stakes nearer than this to a whole multiple of the increment are that multiple."""
DUST = 1e-7
"""A stake below this share of the bankroll is none."""


@dataclass(frozen=True, eq=False)
class Problem:
    """One decision over n candidates in s scenarios; every stake and every limit is a share of the bankroll.

    `returns`: (s, n) profit of a unit stake, -1 or more. `weights`: (s,) probabilities of the scenarios, sum 1.
    `standing`: (s,) profit of all open tickets. `lower`, `upper`: (n,) a stake is 0 or between them. `increment`:
    (n,) a stake is a whole multiple of it; 0 allows any. `kelly_fraction`: in (0, 1]. `groups`: by kind ("match",
    "league", …) the incidence (g, n) of its groups, so that a ticket of several legs is in several. `used`: by kind
    (g,) what stands open in each group; a kind left out has nothing open. Raises ValueError for anything else.
    """

    returns: Floats
    weights: Floats
    standing: Floats
    lower: Floats
    upper: Floats
    increment: Floats
    kelly_fraction: float
    groups: Mapping[str, NDArray[np.float64] | NDArray[np.bool_]] = field(default_factory=dict)
    used: Mapping[str, Floats] = field(default_factory=dict)
    limits: tuple[Limit, ...] = ()

    def __post_init__(self) -> None:
        s, n = self.returns.shape
        by_scenario, by_candidate = (self.weights, self.standing), (self.lower, self.upper, self.increment)
        if any(values.shape != (s,) for values in by_scenario) or any(values.shape != (n,) for values in by_candidate):
            raise ValueError(f"Weights and standing have {s} scenarios, bounds and increments {n} candidates.")
        if not 0 < self.kelly_fraction <= 1:
            raise ValueError("The Kelly fraction is above 0 and at most 1.")
        if not ((self.weights >= 0).all() and abs(self.weights.sum() - 1.0) <= 1e-9):
            raise ValueError("The weights of the scenarios are 0 or more and sum to one.")
        if not (np.isfinite(self.standing).all() and self.returns.min(initial=0.0) >= -1.0 - 1e-12):
            raise ValueError("What stands is finite, and no candidate loses more than its stake.")
        if not np.isfinite(self.returns.max(initial=0.0)):
            raise ValueError("Returns are finite.")
        if not ((self.lower >= 0) & (self.upper >= self.lower) & (self.increment >= 0)).all():
            raise ValueError("Each candidate has 0 <= lower <= upper and an increment of 0 or more.")
        self._check_groups(n)

    def _check_groups(self, n: int) -> None:
        for kind, incidence in self.groups.items():
            if incidence.ndim != 2 or incidence.shape[1] != n or incidence.min(initial=0) < 0:
                raise ValueError(f"The incidence of groups of kind '{kind}' is (groups, {n}) and nowhere negative.")
            if self.open_in(kind).shape != (len(incidence),):
                raise ValueError(f"Each of the {len(incidence)} groups of kind '{kind}' has one share in use.")

    @property
    def scenarios(self) -> int:
        """How many scenarios there are."""
        return len(self.returns)

    @property
    def candidates(self) -> int:
        """How many candidates there are."""
        return len(self.lower)

    @property
    def smallest(self) -> Floats:
        """(n,) the least stake of a ticket: `lower`, up to a whole multiple of the increment, never a zero multiple."""
        steps = np.maximum(np.ceil(self._steps(self.lower) - GRID), 1.0)
        return np.where(self.increment > 0, steps * self.increment, self.lower)

    @property
    def largest(self) -> Floats:
        """(n,) the greatest stake of a ticket: `upper`, down to a whole multiple of the increment."""
        return self.down(self.upper)

    def down(self, stakes: Floats) -> Floats:
        """(n,) stakes down to whole multiples of the increment."""
        return np.where(self.increment > 0, np.floor(self._steps(stakes) + GRID) * self.increment, stakes)

    def open_in(self, kind: str) -> Floats:
        """(g,) the share of the bankroll that stands open in each group of this kind."""
        none = np.zeros(len(self.groups[kind]))
        return np.asarray(self.used.get(kind, none), dtype=float)

    def _steps(self, stakes: Floats) -> Floats:
        return np.divide(stakes, self.increment, out=np.zeros_like(stakes), where=self.increment > 0)
