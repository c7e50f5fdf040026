"""From columns of matches to a fit, compiled: for each family on its own, and for its weekly walk."""

from __future__ import annotations

import numpy as np
from numba import njit

from models.families.goals._newton import cold_start, maximise
from models.families.goals._terms import DIXON_COLES, STATISTICS, log_factorials, pairs
from models.families.goals.design import Family, Floats, GoalFit, GoalPrior, Matches

Found = tuple[Floats, float, float, int, bool]
"""Parameters, log-likelihood and penalised log-likelihood with all constants, steps, and if it converged."""


def fit_matches(family: Family, matches: Matches, prior: GoalPrior, start: GoalFit | None) -> Found:
    """The posterior mode given `matches`, cold or warm from `start`."""
    centre, precision = prior.vectors(matches.n_clubs)
    columns = (matches.home, matches.away, matches.home_goals, matches.away_goals, matches.weights)
    begin = start.vector if start else centre
    found: Found = fit_vector(family.value, *columns, matches.n_clubs, centre, precision, begin, start is not None)
    return found


@njit(cache=True)  # type: ignore[untyped-decorator]
def fit_vector(  # type: ignore[no-untyped-def]
    family, home, away, home_goals, away_goals, weights, n_clubs, centre, precision, start, warm
) -> Found:
    """`fit_matches` for those who hold arrays.

    Dixon-Coles calls the maximiser with its own constant: code for one family alone is 15% faster as measured.
    """
    if family == DIXON_COLES:
        first, second, sums = pairs(home, away, home_goals, away_goals, weights, n_clubs)
        begin = start if warm else cold_start(n_clubs, first, second, sums, centre)
        found = maximise(DIXON_COLES, begin, n_clubs, first, second, sums, centre, precision)
    else:
        sums, weighted = _one_each(home_goals, away_goals, weights)
        begin = start if warm else cold_start(n_clubs, home, away, weighted, centre)
        found = maximise(family, begin, n_clubs, home, away, sums, centre, precision)
    x, total, penalised, steps, converged = found
    constant = log_factorials(home_goals, away_goals, weights)
    return x, total - constant, penalised - constant, steps, converged


@njit(cache=True)  # type: ignore[untyped-decorator]
def _one_each(home_goals, away_goals, weights):  # type: ignore[no-untyped-def]
    """Each match a unit: its weight and goals, and the same with the goals weighted."""
    sums = np.zeros((len(weights), STATISTICS))
    sums[:, 0], sums[:, 1], sums[:, 2] = weights, home_goals, away_goals
    weighted = sums.copy()
    weighted[:, 1] *= weights
    weighted[:, 2] *= weights
    return sums, weighted
