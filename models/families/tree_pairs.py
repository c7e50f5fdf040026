"""Pairs of LightGBM regressions fitted to the closing price; families of them differ by parameters and base."""

from __future__ import annotations

from functools import partial
from typing import Self

import polars as pl

from models.belief import Belief
from models.families import trees
from models.families.residual import PairBelief


class TreePair(PairBelief):
    """A fitted pair of boosters, for supremacy and for draw."""

    @classmethod
    def fit(cls, features: pl.DataFrame, close: Belief, parameters: trees.Parameters, seed: int, threads: int) -> Self:
        """Learn from `features` (n, k; null allowed, with the base's columns) and the close (n, 3) of each match.

        Matches without a base or a close teach nothing.
        """
        return cls.learn(features, close, partial(trees.regress, parameters=parameters, seed=seed, threads=threads))

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read what `to_text` wrote."""
        return cls.read(text, trees.Booster.from_text)
