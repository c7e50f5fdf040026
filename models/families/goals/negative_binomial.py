"""Independent negative binomial counts with one dispersion for the league: Poisson rates that vary between matches.

Parametrised by mean and dispersion as in Lawless, "Negative binomial and mixed Poisson regression" (1987); football
scores as negative binomials go back to Reep, Pollard and Benjamin (1971).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from models.families.goals._fit import fit_matches
from models.families.goals.design import Family, GoalFit, GoalPrior, Matches

PRIOR = GoalPrior(shape=math.log(0.02), shape_precision=1.0)
"""A dispersion about 0.02 (0.005 to 0.04 did as well on 2014/15 to 2020/21); above 0, where the counts are Poisson."""


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
    return NegativeBinomial.of(fit_matches(Family.NEGATIVE_BINOMIAL, matches, prior, start))
