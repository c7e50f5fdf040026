"""Expected log growth of the bankroll over the scenarios, its gradient and its curvature.

A bettor with Kelly fraction c plays full Kelly with the part c of the bankroll, in which all tickets are his: stakes f
and the standing profit h, shares of the whole bankroll, are f/c and h/c of that part, so
`G(f) = c E[log(1 + (h + R f) / c)]`. Without limits its maximum is c times the full Kelly stakes, and staking in two
steps comes to the same as staking at once. Fractional Kelly: MacLean, Ziemba and Blazenko (1992).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.portfolio.limits import FLOOR
from optimizer.portfolio.problem import Floats, Problem


@dataclass(frozen=True, eq=False)
class Growth:
    """G on some candidates, and above G, concave and finite also where wealth falls below the floor.

    Below the floor the logarithm continues as its own parabola of second order. `returns`: (s, k); `weights`,
    `standing`: (s,), `standing` including stakes that are fixed; `fraction`: c.
    """

    returns: Floats
    weights: Floats
    standing: Floats
    fraction: float

    @classmethod
    def of(cls, problem: Problem) -> Growth:
        """G on all candidates."""
        return cls(problem.returns, problem.weights, problem.standing, problem.kelly_fraction)

    def on(self, columns: np.ndarray, fixed: Floats | None = None) -> Growth:
        """G on these candidates, the others at 0 or, where `fixed` (s,) is given, with that profit."""
        standing = self.standing if fixed is None else self.standing + fixed
        return Growth(np.ascontiguousarray(self.returns[:, columns]), self.weights, standing, self.fraction)

    def wealth(self, stakes: Floats) -> Floats:
        """(s,) wealth after each scenario, in units of the part of the bankroll that Kelly stakes."""
        taken = np.flatnonzero(stakes)
        few = 4 * len(taken) < len(stakes)
        profit = self.returns[:, taken] @ stakes[taken] if few else self.returns @ stakes
        return np.asarray(1.0 + (self.standing + profit) / self.fraction, dtype=float)

    def value(self, stakes: Floats) -> float:
        """G, in nats a decision."""
        return float(self.weights @ self.terms(self.wealth(stakes)))

    def added(self, stakes: Floats) -> float:
        """What these stakes add to G of staking nothing."""
        return self.value(stakes) - self.value(np.zeros_like(stakes))

    def terms(self, wealth: Floats) -> Floats:
        """(s,) c times the log of wealth, continued below the floor."""
        short = np.minimum(wealth / FLOOR - 1.0, 0.0)
        return np.asarray(self.fraction * (np.log(np.maximum(wealth, FLOOR)) + short - short**2 / 2))

    def slopes(self, wealth: Floats) -> Floats:
        """(s,) weight times marginal utility: `slopes @ returns` is the gradient of G."""
        safe = np.maximum(wealth, FLOOR)
        return np.asarray(self.weights * (1.0 / safe + np.maximum(FLOOR - wealth, 0.0) / FLOOR**2))

    def gradient(self, stakes: Floats) -> Floats:
        """(k,) marginal growth of each stake."""
        return np.asarray(self.slopes(self.wealth(stakes)) @ self.returns)

    def curvature(self, stakes: Floats) -> Floats:
        """(k, k) minus the second derivative of G, positive semidefinite."""
        scale = np.sqrt(self.weights / self.fraction) / np.maximum(self.wealth(stakes), FLOOR)
        scaled = self.returns * scale[:, None]
        return np.asarray(scaled.T @ scaled)
