"""Football's strengths, as a walk asks for them: the goals model on what is known of a league."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import polars as pl

from models.belief import OUTCOMES
from models.families.bayes import model, walk
from models.families.bayes.posterior import Posterior
from models.families.bayes.sampler import Sampling
from models.families.bayes.tally import History, Tally, tally_as_known

SIGNALS = walk.chances(OUTCOMES)
PROBABILITIES = SIGNALS[: len(OUTCOMES)]
"""Of them, the mean of each outcome."""


@dataclass(frozen=True)
class GoalStrengths:
    """Which results count, and how the posterior is sampled: a `walk.Strengths`."""

    history: History = field(default_factory=History)
    sampling: Sampling = field(default_factory=Sampling)
    market: str = "1x2"
    outcomes: tuple[str, ...] = OUTCOMES
    signals: tuple[str, ...] = SIGNALS
    version: int = model.VERSION

    def tally(self, seen: pl.DataFrame, league: str, cutoff: datetime) -> Tally:
        """`seen`: as `tally_as_known` takes results."""
        return tally_as_known(seen, league, cutoff, self.history)

    def fit(self, tally: Tally) -> Posterior:
        """Sample."""
        return model.fit(tally, self.sampling)

    def read(self, path: Path, key: str) -> Posterior:
        """Read what was sampled before."""
        return Posterior.read(path, key)
