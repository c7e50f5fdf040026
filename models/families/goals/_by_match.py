"""The fit of the families whose unit is a match: bivariate Poisson and negative binomial."""

from __future__ import annotations

import numpy as np

from models.families.goals._newton import cold_start, maximise
from models.families.goals._terms import STATISTICS, log_factorials
from models.families.goals.design import Floats, GoalFit, GoalPrior, Matches


def fit_by_match(
    family: int, matches: Matches, prior: GoalPrior, start: GoalFit | None
) -> tuple[Floats, float, float, int, bool]:
    """Parameters, log-likelihood and penalised log-likelihood with all constants, steps, and if it converged."""
    centre, precision = prior.vectors(matches.n_clubs)
    sums = np.zeros((len(matches.home), STATISTICS))
    sums[:, 0], sums[:, 1], sums[:, 2] = matches.weights, matches.home_goals, matches.away_goals
    weighted = sums * np.where(np.arange(STATISTICS) == 0, 1.0, sums[:, :1])
    begin = start.vector if start else cold_start(matches.n_clubs, matches.home, matches.away, weighted, centre)
    x, total, penalised, steps, converged = maximise(
        family, begin, matches.n_clubs, matches.home, matches.away, sums, centre, precision
    )
    constant = log_factorials(matches.home_goals, matches.away_goals, matches.weights)
    return x, total - constant, penalised - constant, steps, converged
