"""A random forest fitted to the closing price: many deep trees, each on its own draw of matches, and their mean.

Breiman, "Random Forests" (2001); grown by LightGBM, which draws matches without replacement.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from models.belief import Belief
from models.families import trees
from models.families.tree_pairs import TreePair


@dataclass(frozen=True)
class ForestParameters(trees.RandomForestParameters):
    """Chosen on seasons up to 2020/21; a bootstrap sample holds 0.632 of all matches."""

    rounds: int = 100
    leaves: int = 64
    minimum_leaf_matches: int = 30
    split_feature_share: float = 0.33
    bagging_share: float = 0.632


@dataclass(frozen=True)
class ForestBelief(TreePair):
    """A fitted pair of forests, for supremacy and for draw."""


def fit(features: pl.DataFrame, close: Belief, parameters: ForestParameters, seed: int, threads: int) -> ForestBelief:
    """Learn from `features` (n, k; null allowed, with market memory's columns) and the close (n, 3) of each match.

    Matches without a close teach nothing.
    """
    return ForestBelief.fit(features, close, parameters, seed, threads)
