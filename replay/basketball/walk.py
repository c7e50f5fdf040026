"""The backtest of basketball: every game forecast by what was learned before it, on the same games for all, against the
closing lines. The archive's lines tell no hour and no book, so they judge and teach; nothing is bet on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.settings import Settings
from core.threads import one_blas_thread
from lake.keys import short_hash
from lake.storage import Lake
from models.basketball import pool, training
from models.basketball.bayes import strengths
from models.basketball.bayes.tally import games_with_lines
from models.basketball.belief import ScoreBelief
from models.basketball.closing import Learner
from models.basketball.games import Games
from models.basketball.market import MODEL
from models.basketball.recipe import GameRecipe
from models.basketball.scorecard import Judged, score
from models.registry import recipe_parameters
from replay import fingerprint
from replay.backtest_row import backtest_row, plain
from replay.basketball.evidence import TABLES, Evidence
from replay.craft import Progress
from replay.kept import kept, posteriors
from replay.posterior import forecaster
from replay.props import backtest as props

CLOSE = "market_close"
NO_TICKETS = "closing lines of the archive tell neither hour nor book, so nothing can be bet on them"
_OF_PLAYERS = ("silver.basketball.player_stats", "silver.basketball.team_stats", "silver.basketball.prop_quotes")
"""What the section of props stands on besides."""
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Walk:
    """What every forecaster, the pool and the closing lines themselves believed at each decision."""

    games: Games
    forecasters: Mapping[str, ScoreBelief]

    @classmethod
    def of(cls, games: Games, learner: Learner, progress: Progress) -> Walk:
        """Everything by what was known at the boundaries before each decision."""
        walked = training.walk(games, learner, progress)
        close = pool.walk(
            {CLOSE: games.closing}, games.closing, games.result, games.rows["as_of_utc"], games.known_at_utc
        ).members
        return cls(games, {**walked.members, MODEL: walked.model, **close})


def match_days(games: Games) -> pl.Series:
    """(n,) the days of the games, as they are counted in New York."""
    return games.rows["event_at_utc"].dt.convert_time_zone("America/New_York").dt.date()


def believed(walk: Walk, tested: Mask) -> Mask:
    """The decisions among `tested` whose result is known and of which the pool believed something."""
    found: Mask = tested & walk.forecasters[MODEL].present & np.isfinite(walk.games.result).all(axis=1)
    return found


def comparable(walk: Walk, tested: Mask) -> Mask:
    """The decisions among `tested` whose result is known and of which every forecaster believed something."""
    present = np.logical_and.reduce([belief.present for belief in walk.forecasters.values()])
    found: Mask = tested & present & np.isfinite(walk.games.result).all(axis=1)
    return found


def with_posterior(walk: Walk, seen: pl.DataFrame, chosen: Mask, folder: Path, progress: Progress) -> Walk:
    """The same with a forecaster `bayes`: what the model of points, sampled each month, says of the decisions `chosen`.

    `seen`: as `games_with_lines` makes it. `folder`: where posteriors are kept.
    """
    found = forecaster(seen, walk.games.rows, chosen, strengths.PointStrengths(), folder, progress)
    return replace(walk, forecasters={**walk.forecasters, "bayes": strengths.belief(found.signals)})


def backtest(
    lake: Lake, settings: Settings, first: date, last: date, progress: Progress, posterior: bool = False
) -> pl.DataFrame:
    """One row of gold backtests for the match days from `first` to `last`, inclusive, as they are counted in New York.

    With `posterior` the monthly posterior of the model of points is scored too, as the forecaster `bayes`; that takes
    seconds for each month that was not sampled before.

    `report`: scores overall, by season and by part of the season, on the games with closing lines; `without_close` of
    those without.
    """
    recipe, evidence = GameRecipe.of(settings), Evidence.of(lake, settings.sport)
    games = evidence.past(recipe)
    with one_blas_thread():
        walk = Walk.of(games, training.learner(recipe, kept(lake), fingerprint.code()), progress)
    tested = match_days(games).is_between(first, last).to_numpy()
    chosen = comparable(walk, tested)
    if posterior:
        seen = games_with_lines(evidence.results, evidence.spreads, evidence.totals)
        walk = with_posterior(walk, seen, chosen, posteriors(lake), progress)
    progress(f"scoring {int(chosen.sum()):,} games")
    report = {
        **_scores(walk, chosen, settings.seed),
        "without_close": _without_close(walk, believed(walk, tested) & ~chosen),
        "props": props.report(lake, settings, first, last, progress),
        "sport": settings.sport,
        "bets": {"n": 0, "why": NO_TICKETS},
    }
    backtest_hash = _hash(lake, settings, recipe, first, last, posterior)
    return backtest_row(backtest_hash, settings, first, last, int(chosen.sum()), report)


def _scores(walk: Walk, chosen: Mask, seed: int) -> dict[str, object]:
    rows = walk.games.rows
    return {
        "overall": _scope(walk, chosen, seed),
        "by_season": _parts(walk, chosen, rows["season_code"], seed),
        "by_part": _parts(walk, chosen, rows["season_type"], seed),
    }


def _without_close(walk: Walk, rows: Mask) -> dict[str, object]:
    """What can be said of games that nobody quoted: how far every forecaster was from their results."""
    result = walk.games.result[rows]
    inside = {name: belief.where(rows) for name, belief in walk.forecasters.items()}
    heard = {name: belief for name, belief in inside.items() if len(result) and belief.present.all()}
    return {"n": len(result), "forecasters": {name: _against(belief, result) for name, belief in heard.items()}}


def _against(belief: ScoreBelief, result: NDArray[np.float64]) -> dict[str, float]:
    own = Judged.of(belief, result)
    means = {"log_loss": own.log_loss, "brier": own.brier, "spread_mae": own.spread, "total_mae": own.total}
    return {name: float(values.mean()) for name, values in means.items()}


def _parts(walk: Walk, chosen: Mask, by: pl.Series, seed: int) -> dict[str, object]:
    names = by.to_numpy()
    return {str(name): _scope(walk, chosen & (names == name), seed) for name in np.unique(names[chosen])}


def _scope(walk: Walk, rows: Mask, seed: int) -> dict[str, object]:
    games = walk.games.where(rows)
    inside = {name: belief.where(rows) for name, belief in walk.forecasters.items()}
    cards = score(inside, inside[CLOSE], games.closing, games.result, games.match_days, seed) if len(games) else {}
    return {"n": len(games), "forecasters": {name: plain(card) for name, card in cards.items()}}


def _hash(lake: Lake, settings: Settings, recipe: GameRecipe, first: date, last: date, posterior: bool) -> str:
    """Code, data versions, configuration and seed."""
    names = sorted({name if "." in name else f"gold.{settings.sport}.{name}" for name in TABLES} | set(_OF_PLAYERS))
    data = [lake.table(name).content_hash() for name in names]
    return short_hash(
        fingerprint.code(), *data, sorted(recipe_parameters(replace(recipe, threads=0)).items()), settings.seed, first,
        last, *sorted(settings.leagues), *(["posterior"] if posterior else []),
    )  # fmt: skip
