"""Independent negative binomial counts with one dispersion for the league: Poisson rates that vary between matches.

Parametrised by mean and dispersion as in Lawless, "Negative binomial and mixed Poisson regression" (1987); football
scores as negative binomials go back to Reep, Pollard and Benjamin (1971).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from models.families.goals._by_match import fit_by_match
from models.families.goals._terms import NEGATIVE_BINOMIAL
from models.families.goals.design import GoalFit, GoalPrior, Matches

PRIOR = GoalPrior(shape=math.log(0.02), shape_precision=1.0)
"""A dispersion about 0.02; the logarithm keeps it above 0, where the counts are Poisson."""


@dataclass(frozen=True)
class NegativeBinomial(GoalFit):
    """A fitted model; `rates` are the means."""

    @property
    def dispersion(self) -> float:
        """Variance of a count is rate + dispersion * rate**2; above 0."""
        return math.exp(self.shape)


def fit(matches: Matches, prior: GoalPrior = PRIOR, start: GoalFit | None = None) -> NegativeBinomial:
    """Posterior mode given `matches`, cold or warm from `start`; the prior's centres without a match.

    Counts that vary no more than Poissons send the dispersion towards 0 as far as the prior's precision lets it.
    """
    return NegativeBinomial.of(fit_by_match(NEGATIVE_BINOMIAL, matches, prior, start))
