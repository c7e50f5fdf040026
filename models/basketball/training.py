"""The forecaster of a moment: trees on the closing lines, how each member is read, and how all are pooled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from core.countdown import Say
from models.basketball import closing, market, pool
from models.basketball.belief import ScoreBelief
from models.basketball.closing import ClosingLines, Learner
from models.basketball.games import MEMBERS, Games
from models.basketball.market import MARKET, MODEL
from models.basketball.pool import Calibration, Pool, Walked
from models.basketball.recipe import GameRecipe
from models.kept import Kept
from models.schedule import Refit, boundary

Floats = NDArray[np.float64]
BLEND = "blend"


@dataclass(frozen=True)
class Trained:
    """Fitted trees (None before there is enough to learn), readers by member, pools, and how many games were known.

    `pool` weighs the members, `blend` that pool (`model`) and the market at the decision. Without a pool nothing is
    believed.
    """

    closing: ClosingLines | None
    readers: Mapping[str, Calibration]
    pool: Pool | None
    blend: Pool
    games: int

    @property
    def matches(self) -> int:
        """Finished games known, in the registry's word."""
        return self.games

    @property
    def failures(self) -> Mapping[str, str]:
        """Why members are missing: none of them can fail alone."""
        return {}

    @property
    def stand_ins(self) -> str | None:
        """Who answers for members that failed: nobody has to."""
        return None

    def predict(self, games: Games) -> dict[str, ScoreBelief]:
        """What members, their pool (`model`), the market and the blend of both believe of n games.

        The blend is the model where no book told a line. "No belief" before anything was learned.
        """
        lines = dict(games.lines)
        base = lines["memory"]
        lines["closing"] = base if self.closing is None else self.closing.predict(games.features)
        if self.pool is None:
            nothing = ScoreBelief(*np.full((5, len(games)), np.nan))
            return dict.fromkeys((*MEMBERS, MODEL, BLEND), nothing)
        said = {name: self.readers[name].read(lines[name]) for name in MEMBERS}
        said |= {MODEL: self.pool.blend(said), MARKET: self.readers[MARKET].read(games.market)}
        return said | {BLEND: self.blend.blend(said).or_else(said[MODEL])}


def learner(recipe: GameRecipe, kept: Kept, made_from: str) -> Learner:
    """How the trees of `closing` are learned; `made_from` names the code."""
    return Learner(recipe.closing, recipe.seed, recipe.threads, kept, made_from)


def walk(games: Games, learner: Learner, say: Say) -> Walked:
    """What members and pool believed at each decision, by what was known at the boundaries before it."""
    lines = lines_of(games, learner, say)
    return pool.walk(lines, games.closing, games.result, games.rows["as_of_utc"], games.known_at_utc)


def train(games: Games, as_of: datetime, learner: Learner, say: Say) -> Trained:
    """The forecaster that answers a decision at `as_of`: the same that `walk` asks there."""
    lines = lines_of(games, learner, say)
    trees = learner.at(games.features, games.closing, games.known_at_utc, boundary(as_of, Refit.SEASON))
    month = boundary(as_of, Refit.MONTH)
    taught = pool.learned(lines, games.closing, games.result, games.known_at_utc, month)
    readers, weights = taught or ({}, None)
    reader, blend = _beside_the_market(games, lines, readers, weights, month)
    finished = int(np.isfinite(games.result[:, 0]).sum())
    return Trained(trees, {**readers, MARKET: reader}, weights, blend, finished)


def _beside_the_market(
    games: Games,
    lines: Mapping[str, Floats],
    readers: Mapping[str, Calibration],
    weights: Pool | None,
    moment: datetime,
) -> tuple[Calibration, Pool]:
    """How a market's line is read, and what the model is worth beside it: by closing lines and results known then."""
    told = {MARKET: games.closing}
    found = pool.learned(told, np.full_like(games.closing, np.nan), games.result, games.known_at_utc, moment)
    if found is None or weights is None:
        return market.READER, market.SHARES
    reader = found[0][MARKET]
    known = pool.window(games.known_at_utc, moment)
    members = {name: reader_.read(lines[name][known]) for name, reader_ in readers.items()}
    sides = {MODEL: weights.blend(members), MARKET: reader.read(games.closing[known])}
    result = games.result[known]
    return reader, pool.fit(sides, np.full_like(result, np.nan), result)


def lines_of(games: Games, learner: Learner, say: Say) -> dict[str, Floats]:
    """Expected margin and total of every member at each decision, (n, 2) in points, as known then."""
    trees = closing.walk(games.features, games.closing, games.rows["as_of_utc"], games.known_at_utc, learner, say)
    return dict(games.lines) | {"closing": trees}
