"""Boosted trees fitted to the closing lines: where spread and total will close, beyond what market memory says already.

The close is a label far less noisy than a result (models/families/residual.py). What the trees see is the caller's: any
numbers known at the decision. LightGBM itself stays behind models/families/trees.py.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.countdown import Countdown, Say
from models.families import trees
from models.kept import Kept
from models.schedule import Refit, boundaries

Floats = NDArray[np.float64]
BASE = ("memory_margin", "memory_total")
"""What the moves are counted from; always among the features."""
MINIMUM_GAMES = 1000
"""Games below which a season's trees would be noise: until then memory is taken at its word."""


@dataclass(frozen=True)
class ClosingParameters(trees.TreeParameters):
    """Of LightGBM's regressions: the best of 17 trials on the seasons 2016-17 to 2020-21."""

    rounds: int = 200
    learning_rate: float = 0.015
    leaves: int = 15
    minimum_leaf_matches: int = 30
    feature_share: float = 0.25
    bagging_share: float = 0.7
    l2: float = 10.0


@dataclass(frozen=True)
class Learner:
    """How trees are learned; a fit that was made before from the same rows is used again.

    `made_from` names the code. `threads` never changes an answer.
    """

    parameters: ClosingParameters
    seed: int
    threads: int
    kept: Kept
    made_from: str

    def at(self, features: pl.DataFrame, closing: Floats, known_at: pl.Series, moment: datetime) -> ClosingLines | None:
        """Trees on the games that were known at `moment`; None where these are fewer than `MINIMUM_GAMES`."""
        known = (known_at <= moment).fill_null(False).to_numpy() & np.isfinite(closing).any(axis=1)
        if known.sum() < MINIMUM_GAMES:
            return None
        inside, lines = features.filter(pl.Series(known)), closing[known]
        key = self._key(inside, lines)
        text = self.kept.get(key)
        if text is None:
            text = fit(inside, lines, self.parameters, self.seed, self.threads).to_text()
            self.kept.put(key, text)
        return ClosingLines.from_text(text)

    def _key(self, features: pl.DataFrame, closing: Floats) -> str:
        digest = sha256(f"{self.made_from} {self.parameters} {self.seed} {features.columns}".encode())
        digest.update(np.ascontiguousarray(features.cast(pl.Float64).to_numpy()).tobytes())
        digest.update(np.ascontiguousarray(closing).tobytes())
        return digest.hexdigest()


@dataclass(frozen=True)
class ClosingLines:
    """Two fitted boosters: by how many points the closing spread and total differ from memory's."""

    margin: trees.Booster
    total: trees.Booster

    def predict(self, features: pl.DataFrame) -> Floats:
        """Expected closing margin and total of n games in points, (n, 2); NaN without a base.

        `features`: the columns that it was fitted on; null is "unknown".
        """
        if features.is_empty():
            return np.empty((0, 2))
        moves = np.column_stack([self.margin.predict(features), self.total.predict(features)])
        return _base(features) + moves

    def to_text(self) -> str:
        """Both boosters in LightGBM's native text."""
        return json.dumps([self.margin.to_text(), self.total.to_text()])

    @classmethod
    def from_text(cls, text: str) -> ClosingLines:
        """Read what `to_text` wrote."""
        margin, total = map(trees.Booster.from_text, json.loads(text))
        return cls(margin, total)


def fit(
    features: pl.DataFrame, closing: Floats, parameters: trees.TreeParameters, seed: int, threads: int
) -> ClosingLines:
    """Learn from `features` (n, k; null allowed, with `BASE`) and the closing margin and total of each game, (n, 2).

    The margin is that of the home side, minus its line. Games without a base or a line (NaN) teach nothing about it.
    """
    moves = closing - _base(features)
    boosters = []
    for move in moves.T:
        known = np.isfinite(move)
        boosters.append(trees.regress(features.filter(pl.Series(known)), move[known], parameters, seed, threads))
    return ClosingLines(*boosters)


def walk(
    features: pl.DataFrame,
    closing: Floats,
    as_of: pl.Series,
    known_at: pl.Series,
    learner: Learner,
    say: Say,
) -> Floats:
    """What trees refitted on each 1 July say of n decisions, (n, 2); memory itself while there is too little to learn.

    `features` (n, k), `closing` (n, 2; NaN while unknown), `as_of` of each decision and `known_at`, when its line and
    result were known (UTC, null while unknown). Each fit sees the games that were known at its boundary, and no other.
    """
    found = _base(features)
    starts = boundaries(as_of, Refit.SEASON)
    seasons = starts.unique().sort()
    countdown = Countdown(len(seasons), say)
    for start in seasons:
        lines = learner.at(features, closing, known_at, start)
        if lines is not None:
            inside = (starts == start).to_numpy()
            found[inside] = lines.predict(features.filter(pl.Series(inside)))
        countdown.step(f"closing lines of the season from {start:%B %Y}")
    return found


def _base(features: pl.DataFrame) -> Floats:
    base: Floats = features.select(pl.col(BASE).cast(pl.Float64).fill_null(float("nan"))).to_numpy().copy()
    return base
