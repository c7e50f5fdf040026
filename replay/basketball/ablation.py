"""What each member of basketball's pool and each group of features adds: paired with the whole ones of a backtest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
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
from replay.craft import Progress
from replay.kept import kept
from replay.props import parts as props
from replay.props.parts import Nights
from replay.taken_away import Interval, Kind, interval, require_backtest

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Measures:
    """Means over games; lower is better.

    `log_loss` of the winner, nats. `spread_mae`, `total_mae`: absolute error of margin and total against the result,
    points. `spread_square_to_close`, `total_square_to_close`: squared distance to the closing line, points squared.
    """

    log_loss: float
    spread_mae: float
    spread_square_to_close: float
    total_mae: float
    total_square_to_close: float


NAMES = tuple(one.name for one in fields(Measures))


@dataclass(frozen=True)
class Change:
    """By how much the means of an ablated forecaster lie above those of the whole one, by measure: above 0 is worse.

    Paired by game; 95% intervals resample match days, and are None for fewer than two. They do not hold the chance in
    the fits: trees without a column also draw their columns and rows otherwise.
    """

    kind: Kind
    of: str
    name: str
    minus_full: Mapping[str, float]
    minus_full_ci95: Mapping[str, Interval]

    def to_json(self) -> dict[str, Any]:
        """Plain values: one name a measure."""
        means = {f"{name}_minus_full": value for name, value in self.minus_full.items()}
        ends = {f"{name}_minus_full_ci95": found for name, found in self.minus_full_ci95.items()}
        return {"kind": str(self.kind), "of": self.of, "name": self.name, **means, **ends}


@dataclass(frozen=True)
class Scope:
    """All changes on the same n games, and the whole forecasters that they are measured from."""

    n: int
    full: Mapping[str, Measures]
    changes: tuple[Change, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        full = {name: asdict(one) for name, one in self.full.items()}
        return {"n": self.n, "full": full, "changes": [change.to_json() for change in self.changes]}


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
    changes = tuple(
        _change(one, losses(one.belief.where(rows), inside) - whole[one.of], inside.match_days, seed)
        for one in ablated
    )  # fmt: skip
    return Scope(len(inside), {name: Measures(*_means(each).tolist()) for name, each in whole.items()}, changes)


def losses(belief: ScoreBelief, games: Games) -> Floats:
    """What a forecaster lost on each of n games, by measure (5, n); NaN where no line closed."""
    own = Judged.of(belief, games.result)
    far = [(belief.margin_mean - games.closing[:, 0]) ** 2, (belief.total_mean - games.closing[:, 1]) ** 2]
    return np.stack([own.log_loss, own.spread, far[0], own.total, far[1]])


def _means(losses: Floats) -> Floats:
    means: Floats = np.nanmean(losses, axis=1)
    return means


def _change(one: Ablated, differences: Floats, days: NDArray[np.int64], seed: int) -> Change:
    told = np.isfinite(differences)
    ends = [interval(each[known], days[known], seed) for each, known in zip(differences, told, strict=True)]
    return Change(
        one.kind, one.of, one.name,
        dict(zip(NAMES, _means(differences).tolist(), strict=True)), dict(zip(NAMES, ends, strict=True)),
    )  # fmt: skip
