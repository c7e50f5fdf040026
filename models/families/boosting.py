"""Boosted trees fitted to results: home, draw and away from gold features and ratings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.belief import Belief
from models.families import trees


@dataclass(frozen=True)
class BoostingParameters(trees.TreeParameters):
    """Every run is deterministic for a seed, whatever the number of threads."""

    rounds: int = 220
    learning_rate: float = 0.03
    leaves: int = 7
    minimum_leaf_matches: int = 300
    feature_share: float = 0.5
    bagging_share: float = 0.7
    l2: float = 10.0


@dataclass(frozen=True)
class BoostingBelief:
    """A fitted classifier."""

    booster: trees.Booster

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Columns that it was fitted on."""
        return self.booster.feature_names

    def predict(self, features: pl.DataFrame) -> Belief:
        """`features` has the columns it was fitted on, float; null is "unknown". Returns (n, 3)."""
        if features.is_empty():
            return Belief(np.empty((0, 3)))
        return Belief.of(self.booster.predict(features))

    def to_text(self) -> str:
        """LightGBM's native text."""
        return self.booster.to_text()

    @classmethod
    def from_text(cls, text: str) -> BoostingBelief:
        """Read what `to_text` wrote."""
        return cls(trees.Booster.from_text(text))


def fit(
    features: pl.DataFrame, outcome: NDArray[np.int64], parameters: BoostingParameters, seed: int, threads: int
) -> BoostingBelief:
    """Learn from `features` (n, k; null allowed) and `outcome` (n,) of 0 home, 1 draw, 2 away."""
    return BoostingBelief(trees.classify(features, outcome, parameters, seed, threads))
