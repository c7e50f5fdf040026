"""Whether a sampler can be trusted: what is measured of every posterior, and where the bounds are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MAXIMUM_R_HAT = 1.01
"""Vehtari, Gelman, Simpson, Carpenter and Bürkner (2021), section 4."""
MINIMUM_ESS_PER_CHAIN = 100
"""Twice the 50 that the same authors ask of each split chain so that R-hat itself can be relied on."""


@dataclass(frozen=True)
class Diagnostics:
    """How the sampler went, over every quantity that a posterior holds.

    `max_r_hat`: the largest rank-normalised split R-hat; `min_bulk_ess`: the smallest bulk effective sample size of all
    chains together; `divergences`: transitions after tuning that diverged; `chains`: how many there were.
    """

    max_r_hat: float
    min_bulk_ess: float
    divergences: int
    chains: int

    def faults(self) -> list[str]:
        """A sentence for each threshold that was missed, NaN included; none if the draws can be trusted."""
        least = MINIMUM_ESS_PER_CHAIN * self.chains
        checks = {
            f"R-hat is {self.max_r_hat:.3f}, above {MAXIMUM_R_HAT}: the chains disagree.": (
                self.max_r_hat <= MAXIMUM_R_HAT
            ),
            f"The effective sample size is {self.min_bulk_ess:.0f}, below {least}: the draws say too little.": (
                self.min_bulk_ess >= least
            ),
            f"{self.divergences} transitions diverged: a part of the posterior was missed.": self.divergences == 0,
        }
        return [sentence for sentence, passed in checks.items() if not passed]

    @classmethod
    def worst(cls, each: Sequence[Diagnostics]) -> Diagnostics:
        """Of several fits: the worst of each."""
        return cls(
            max(one.max_r_hat for one in each),
            min(one.min_bulk_ess for one in each),
            sum(one.divergences for one in each),
            max(one.chains for one in each),
        )
