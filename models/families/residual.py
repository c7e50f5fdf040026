"""Learners of the closing price beyond what is known before: what all families have in common that are fitted to it.

The close is a soft label far less noisy than a result, so learners fitted to it forecast results better than learners
fitted to results. They learn the move: by how much the two log ratios of the close (models/families/memory.py) differ
from those of their base: what market memory foretold, or the price at the decision (models/families/drift.py).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Protocol, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.belief import Belief
from models.families.memory import belief_of, log_ratios

Floats = NDArray[np.float64]
Base = tuple[str, str]
MEMORY: Base = ("memory_supremacy", "memory_draw")


def lessons(features: pl.DataFrame, close: Belief, base: Base = MEMORY) -> tuple[pl.DataFrame, Floats]:
    """The m matches of `features` (n, k) that have a close (n, 3) and a base, and their moves (m, 2) from it.

    The others teach nothing.
    """
    moves = log_ratios(close) - features.select(base).to_numpy()
    known = np.isfinite(moves).all(axis=1)
    return features.filter(pl.Series(known)), moves[known]


def belief_after(features: pl.DataFrame, moves: Floats, base: Base = MEMORY) -> Belief:
    """The base of n matches after the foretold moves (n, 2) of supremacy and draw; (n, 3), NaN without a base."""
    return belief_of(*(features.select(base).to_numpy() + moves).T)


class Regression(Protocol):
    """A fitted regression that finds its own columns."""

    def predict(self, features: pl.DataFrame) -> Floats:
        """(n,) numbers."""

    def to_text(self) -> str:
        """All that is needed to read it back."""


Regress = Callable[[pl.DataFrame, Floats], Regression]
"""Learns a number (m,) from features (m, k; null allowed)."""


@dataclass(frozen=True)
class PairBelief:
    """Two regressions, one for each log ratio of a price."""

    supremacy: Regression
    draw: Regression
    base: ClassVar[Base] = MEMORY

    @classmethod
    def learn(cls, features: pl.DataFrame, close: Belief, regress: Regress) -> Self:
        """Learn both moves from `features` (n, k; with the base's columns) and the close (n, 3) of each match."""
        inside, moves = lessons(features, close, cls.base)
        return cls(regress(inside, moves[:, 0]), regress(inside, moves[:, 1]))

    def predict(self, features: pl.DataFrame) -> Belief:
        """`features` (n, k) with the columns it was fitted on; returns (n, 3)."""
        if features.is_empty():
            return Belief(np.empty((0, 3)))
        moves = np.column_stack([self.supremacy.predict(features), self.draw.predict(features)])
        return belief_after(features, moves, self.base)

    def to_text(self) -> str:
        """Both regressions' own texts."""
        return json.dumps([self.supremacy.to_text(), self.draw.to_text()])

    @classmethod
    def read(cls, text: str, regression: Callable[[str], Regression]) -> Self:
        """What `to_text` wrote; `regression` reads one of the two."""
        supremacy, draw = map(regression, json.loads(text))
        return cls(supremacy, draw)
