"""Dixon and Coles, "Modelling association football scores and inefficiencies in the football betting market" (1997).

Two Poisson counts whose scores 0-0, 1-0, 0-1 and 1-1 are reweighted by tau, fitted by time-weighted maximum likelihood.
"""

from __future__ import annotations

from dataclasses import dataclass

from numba import njit

from models.families.goals._newton import cold_start, maximise
from models.families.goals._terms import DIXON_COLES, log_factorials, pairs
from models.families.goals.design import Floats, GoalFit, GoalPrior, Matches

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
    centre, precision = prior.vectors(matches.n_clubs)
    columns = (matches.home, matches.away, matches.home_goals, matches.away_goals, matches.weights)
    warm = start is not None
    found = fit_vector(*columns, matches.n_clubs, centre, precision, start.vector if start else centre, warm)
    return DixonColes.of(found)


@njit(cache=True)  # type: ignore[untyped-decorator]
def fit_vector(  # type: ignore[no-untyped-def]
    home, away, home_goals, away_goals, weights, n_clubs, centre, precision, start, warm
) -> tuple[Floats, float, float, int, bool]:
    """The compiled fit, for those who hold arrays: parameters, both log-likelihoods, steps, converged."""
    first, second, sums = pairs(home, away, home_goals, away_goals, weights, n_clubs)
    begin = start if warm else cold_start(n_clubs, first, second, sums, centre)
    x, total, penalised, steps, converged = maximise(
        DIXON_COLES, begin, n_clubs, first, second, sums, centre, precision
    )
    constant = log_factorials(home_goals, away_goals, weights)
    return x, total - constant, penalised - constant, steps, converged
