"""Boosted trees fitted to the closing price: where the close will stand, beyond what market memory says already."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from models.belief import Belief
from models.families import trees
from models.families.tree_pairs import TreePair


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
class ClosingBelief(TreePair):
    """A fitted pair of boosters, for supremacy and for draw."""


def fit(features: pl.DataFrame, close: Belief, parameters: ClosingParameters, seed: int, threads: int) -> ClosingBelief:
    """Learn from `features` (n, k; null allowed, with market memory's columns) and the close (n, 3) of each match.

    Matches without a close teach nothing.
    """
    return ClosingBelief.fit(features, close, parameters, seed, threads)
