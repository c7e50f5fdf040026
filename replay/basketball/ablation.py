"""What each member of basketball's pool and each group of features adds: paired with the whole ones of a backtest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.settings import Settings
from core.threads import one_blas_thread
from lake.keys import short_hash
from lake.storage import Lake
from models.basketball import groups, training
from models.basketball.belief import ScoreBelief
from models.basketball.games import Games
from models.basketball.market import MODEL
from models.basketball.recipe import GameRecipe
from models.basketball.scorecard import Judged
from replay import fingerprint
from replay.basketball.evidence import TABLES, Evidence
from replay.basketball.parts import CLOSING, Ablated, without_and_alone, without_features
from replay.basketball.walk import Walk, comparable, match_days
from replay.changes import Scope, measured
from replay.craft import Progress
from replay.kept import kept
from replay.props import parts as props
from replay.props.parts import Nights
from replay.taken_away import require_backtest

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


NAMES = ("log_loss", "spread_mae", "spread_square_to_close", "total_mae", "total_square_to_close")
"""Means over games; lower is better: log-loss of the winner, nats; absolute error of margin and total against the
result, points; squared distance of both to the closing line, points squared."""


@dataclass(frozen=True)
class Ablation:
    """What everything adds, overall and by season, and to players by competition, where that was asked.

    `hash` names code, data versions, configuration and seed.
    """

    sport: str
    hash: str
    data: str
    overall: Scope
    by_season: Mapping[str, Scope]
    players: Mapping[str, Nights]

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        seasons = {name: scope.to_json() for name, scope in self.by_season.items()}
        players = {name: nights.to_json() for name, nights in self.players.items()}
        told = {"sport": self.sport, "hash": self.hash, "data": self.data}
        return told | {"overall": self.overall.to_json(), "by_season": seasons, "players": players}


def ablate(lake: Lake, settings: Settings, first: date, last: date, say: Progress, players: bool = False) -> Ablation:
    """Leave out each member and each group of features on the games of a backtest from `first` to `last`, inclusive.

    With `players` also each group of what is known of players, which takes minutes a group and season. Trees are fitted
    once, or kept by an earlier call. Raises PermanentError where the lake has no backtest of these
    days, or that has no game.
    """
    require_backtest(lake, settings, first, last)
    recipe = GameRecipe.of(settings)
    games = Evidence.of(lake, settings.sport).past(recipe)
    learner = training.learner(recipe, kept(lake), fingerprint.code())
    with one_blas_thread():
        walk = Walk.of(games, learner, say)
        lines = training.lines_of(games, learner, lambda _: None)
        ablated = [
            *without_and_alone(games, lines, say),
            *without_features(games, groups.grouped(games.features.columns), learner, say),
        ]
    say("scores")
    full = {name: walk.forecasters[name] for name in (MODEL, CLOSING)}
    judge = partial(compare, full=full, ablated=ablated, games=games, seed=settings.seed)
    made_from = fingerprint.training(lake, settings.sport, TABLES, recipe)
    chosen = comparable(walk, match_days(games).is_between(first, last).to_numpy())
    seasons = games.rows["season_code"].to_numpy()
    return Ablation(
        settings.sport,
        short_hash(made_from, settings.seed, first, last, *sorted(settings.leagues)),
        "sandbox" if settings.simulated else "archive",
        judge(chosen),
        {str(name): judge(chosen & (seasons == name)) for name in np.unique(seasons[chosen])},
        props.ablate(lake, settings, first, last, say) if players else {},
    )


def compare(rows: Mask, full: Mapping[str, ScoreBelief], ablated: Sequence[Ablated], games: Games, seed: int) -> Scope:
    """Every ablated forecaster against the whole one on the decisions `rows`, of which all of them believe something.

    Raises KeyError where the whole one of a change is missing.
    """
    inside = games.where(rows)
    whole = {name: losses(belief.where(rows), inside) for name, belief in full.items()}
    without = [(one, losses(one.belief.where(rows), inside)) for one in ablated]
    return measured(whole, without, dict(zip(NAMES, NAMES, strict=True)), inside.match_days, seed)


def losses(belief: ScoreBelief, games: Games) -> Floats:
    """What a forecaster lost on each of n games, by measure (5, n); NaN where no line closed."""
    own = Judged.of(belief, games.result)
    far = [(belief.margin_mean - games.closing[:, 0]) ** 2, (belief.total_mean - games.closing[:, 1]) ** 2]
    return np.stack([own.log_loss, own.spread, far[0], own.total, far[1]])
