"""Basketball's strengths, as a walk asks for them: the model of points on what is known of a league."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.basketball.bayes import model
from models.basketball.bayes.posterior import Posterior
from models.basketball.bayes.tally import History, Tally, tally_as_known
from models.basketball.belief import ScoreBelief
from models.families.bayes import walk
from models.families.bayes.sampler import Sampling

OUTCOMES = ("home", "away")
MOMENTS = ("bayes_margin", "bayes_margin_sd", "bayes_total", "bayes_total_sd")
"""Expected home margin and total with their standard deviations, in points."""


@dataclass(frozen=True)
class PointStrengths:
    """Which games count, and how the posterior is sampled: a `walk.Strengths`."""

    history: History = field(default_factory=History)
    sampling: Sampling = field(default_factory=Sampling)
    market: str = "moneyline"
    outcomes: tuple[str, ...] = OUTCOMES
    signals: tuple[str, ...] = (*walk.chances(OUTCOMES), *MOMENTS)
    version: int = model.VERSION

    def tally(self, seen: pl.DataFrame, league: str, cutoff: datetime) -> Tally:
        """`seen`: as `tally_as_known` takes games."""
        return tally_as_known(seen, league, cutoff, self.history)

    def fit(self, tally: Tally) -> Posterior:
        """Sample."""
        return model.fit(tally, self.sampling)

    def read(self, path: Path, key: str) -> Posterior:
        """Read what was sampled before."""
        return Posterior.read(path, key)


def belief(signals: pl.DataFrame) -> ScoreBelief:
    """What signals of n games say of margin and total; no belief where they are NaN."""
    moments: NDArray[np.float64] = signals.select(MOMENTS).to_numpy()
    return ScoreBelief.of(*moments.T)
