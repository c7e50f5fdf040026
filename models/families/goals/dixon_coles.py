"""Dixon and Coles, "Modelling association football scores and inefficiencies in the football betting market" (1997).

Two Poisson counts whose scores 0-0, 1-0, 0-1 and 1-1 are reweighted by tau, fitted by time-weighted maximum likelihood.
"""

from __future__ import annotations

from dataclasses import dataclass

from models.families.goals._fit import fit_matches
from models.families.goals.design import Family, GoalFit, GoalPrior, Matches

PRIOR = GoalPrior()
"""Rho about 0 with standard deviation 0.1, attack and defence with 0.38 (best on 2014/15 to 2020/21)."""


@dataclass(frozen=True)
class DixonColes(GoalFit):
    """A fitted model; `rho` below 0 makes 0-0 and 1-1 likelier than independent Poissons do.

    Tau is above 0 for every pair of clubs that met in the data. The margins stay Poisson, so `rates` are their means.
    """

    @property
    def rho(self) -> float:
        """The dependence of low scores, below 1."""
        return self.shape


def fit(matches: Matches, prior: GoalPrior = PRIOR, start: GoalFit | None = None) -> DixonColes:
    """Posterior mode given `matches`, from the clubs' goals or warm from the fit `start` of the same clubs.

    Without a match the parameters are the prior's centres. A start that is impossible for the data is not used.
    """
    return DixonColes.of(fit_matches(Family.DIXON_COLES, matches, prior, start))
