"""Karlis and Ntzoufras, "Analysis of sports data by using bivariate Poisson models" (2003).

Home and away goals are X + Z and Y + Z with independent Poissons: Z, common to both, is their covariance.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from models.families.goals._fit import fit_matches
from models.families.goals.design import Family, Floats, GoalFit, GoalPrior, Integers, Matches

PRIOR = GoalPrior(shape=math.log(0.1), shape_precision=1.0)
"""A covariance about 0.1: a larger one told results of 2014/15 to 2020/21 better, but exact scores worse."""


@dataclass(frozen=True)
class BivariatePoisson(GoalFit):
    """A fitted model; attack and defence move the goals of one side only, the covariance is the league's."""

    @property
    def covariance(self) -> float:
        """Expected goals common to both sides, and the covariance of their counts; above 0."""
        return math.exp(self.shape)

    def rates(self, home: Integers, away: Integers) -> Floats:
        """Expected goals of home and away, the common ones included; (m, 2), above the covariance."""
        return super().rates(home, away) + self.covariance


def fit(matches: Matches, prior: GoalPrior = PRIOR, start: GoalFit | None = None) -> BivariatePoisson:
    """Posterior mode given `matches`, cold or warm from `start`; the prior's centres without a match.

    Data without positive covariance send it towards 0 as far as the prior's precision lets it.
    """
    return BivariatePoisson.of(fit_matches(Family.BIVARIATE_POISSON, matches, prior, start))
