"""Where the market will move: boosted trees from the price at the decision to the close.

Opening prices drift towards what memory, form and totals say of a match. This learner sees the price of the match at
hand, so it belongs to the blend and never to the model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import polars as pl

from models.belief import Belief
from models.families import trees
from models.families.residual import Base
from models.families.tree_pairs import TreePair

PRICE: Base = ("market_supremacy", "market_draw")
"""Log ratios of the price at the decision (models/families/memory.py)."""


@dataclass(frozen=True)
class DriftParameters(trees.TreeParameters):
    """Of LightGBM's regressions; the best of four combinations on 2018/19–2020/21."""

    rounds: int = 250
    learning_rate: float = 0.03
    leaves: int = 12
    minimum_leaf_matches: int = 200
    feature_share: float = 0.4
    bagging_share: float = 0.7
    l2: float = 10.0


@dataclass(frozen=True)
class DriftBelief(TreePair):
    """A fitted pair of boosters, for the moves of supremacy and of draw."""

    base: ClassVar[Base] = PRICE


def fit(features: pl.DataFrame, close: Belief, parameters: DriftParameters, seed: int, threads: int) -> DriftBelief:
    """Learn from `features` (n, k; null allowed, with the columns `PRICE`) and the close (n, 3) of each match.

    Matches without a price at the decision or without a close teach nothing.
    """
    return DriftBelief.fit(features, close, parameters, seed, threads)
