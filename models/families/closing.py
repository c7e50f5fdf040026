"""Boosted trees fitted to the closing price: where the close will stand, beyond what market memory says already.

The close is a soft label far less noisy than a result, so learners fitted to it forecast results better than learners
fitted to results. Two regressions, one for each log ratio of a price (models/families/memory.py); no price of the
match at hand is among their features.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.belief import Belief
from models.families import trees
from models.families.memory import belief_of, log_ratios

_BASE = ("memory_supremacy", "memory_draw")


@dataclass(frozen=True)
class ClosingParameters(trees.TreeParameters):
    """Of LightGBM's regressions; chosen on seasons up to 2020/21."""

    rounds: int = 250
    learning_rate: float = 0.03
    leaves: int = 15
    minimum_leaf_matches: int = 100
    feature_share: float = 0.4
    bagging_share: float = 0.7
    l2: float = 10.0


@dataclass(frozen=True)
class ClosingBelief:
    """A fitted pair of boosters, for supremacy and for draw."""

    boosters: tuple[trees.Booster, trees.Booster]

    def predict(self, features: pl.DataFrame) -> Belief:
        """`features` (n, k) with the columns it was fitted on; returns (n, 3)."""
        moved = [
            features[base].to_numpy() + booster.predict(features)
            for base, booster in zip(_BASE, self.boosters, strict=True)
        ]
        return belief_of(moved[0], moved[1])

    def to_text(self) -> str:
        """LightGBM's native text of both."""
        return json.dumps([booster.to_text() for booster in self.boosters])

    @classmethod
    def from_text(cls, text: str) -> ClosingBelief:
        """Read what `to_text` wrote."""
        supremacy, draw = (trees.Booster.from_text(one) for one in json.loads(text))
        return cls((supremacy, draw))


def fit(features: pl.DataFrame, close: Belief, parameters: ClosingParameters, seed: int, threads: int) -> ClosingBelief:
    """Learn from `features` (n, k; null allowed, with market memory's columns) and the close (n, 3) of each match.

    Matches without a close teach nothing.
    """
    known = pl.Series(close.present)
    inside, targets = features.filter(known), log_ratios(close)[close.present]
    supremacy, draw = (
        trees.regress(inside, _residual(inside, base, targets[:, place]), parameters, seed, threads)
        for place, base in enumerate(_BASE)
    )
    return ClosingBelief((supremacy, draw))


def _residual(features: pl.DataFrame, base: str, target: NDArray[np.float64]) -> NDArray[np.float64]:
    left: NDArray[np.float64] = target - features[base].to_numpy()
    return left
