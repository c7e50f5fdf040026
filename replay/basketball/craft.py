"""Basketball's craft: ratings, market memory and trees on closing lines, pooled to one belief about both scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.settings import Settings
from core.threads import one_blas_thread
from feature_repo.store import Store
from lake.storage import Lake
from models import artifacts as files
from models.basketball import artifacts, fair, training
from models.basketball.bayes.strengths import PointStrengths
from models.basketball.bayes.tally import games_with_lines
from models.basketball.grid import moneyline
from models.basketball.market import MODEL as JUDGED
from models.basketball.recipe import GameRecipe
from models.basketball.scorecard import Score, score
from models.basketball.scores import score_grid
from models.basketball.training import BLEND as DECIDES
from models.basketball.training import Trained
from models.kept import Kept
from models.schedule import Refit, boundary
from models.scores import log_loss
from replay import fingerprint
from replay.basketball.ablation import ablate
from replay.basketball.evidence import TABLES, Evidence
from replay.basketball.walk import CLOSE, Mask, Walk, backtest, believed, comparable
from replay.craft import (
    PERFORMANCE,
    PLAYER_BELIEFS,
    PLAYER_PREDICTIONS,
    PROP_VALUES,
    Priced,
    Progress,
    Taught,
)
from replay.props import forecast as props

__all__ = [
    "DECIDES", "MODEL", "PLAYERS_FROM", "SEEN", "TABLES", "ablate", "backtest", "described", "format", "players",
    "price", "recipe_of", "seen", "strengths", "teach",
]  # fmt: skip

MODEL = "scores"
_PLAYED = (
    "gold.spn_decisions", "gold.fct_results", "gold.fct_handicap_prices", "gold.fct_total_prices", "gold.score_grids",
    "silver.player_stats", "silver.team_stats", "silver.injuries",
)  # fmt: skip
PLAYERS_FROM: Mapping[str, tuple[str, ...]] = {
    PLAYER_PREDICTIONS: _PLAYED,
    PLAYER_BELIEFS: _PLAYED,
    PROP_VALUES: (*_PLAYED, "silver.prop_quotes"),
}
SEEN: tuple[str, ...] = ("fct_results", "fct_handicap_prices", "fct_total_prices")
SHOWN = timedelta(days=365)
"""How long before the decision the forecasters are judged in gold model_performance."""


def recipe_of(settings: Settings) -> GameRecipe:
    """The recipe of a run."""
    return GameRecipe.of(settings)


def strengths() -> PointStrengths:
    """The model of points."""
    return PointStrengths()


def seen(lake: Lake, settings: Settings) -> pl.DataFrame:
    """Every version of every result, with the game's closing lines."""
    return games_with_lines(*(lake.table(f"gold.{settings.sport}.{name}").read() for name in SEEN))


def format() -> files.Format:
    """How basketball's forecasters are written and read."""
    return artifacts.FORMAT


def described(trained: Trained) -> Mapping[str, object]:
    """The weights of the pools, of margin and of total."""
    if trained.pool is None:
        return {"pool": "too few games are known to believe anything"}
    pools = {"model": trained.pool, "blend": trained.blend}
    return {f"{name}_{of}_pool": dict(getattr(pool, of)) for name, pool in pools.items() for of in ("margin", "total")}


def teach(lake: Lake, settings: Settings, as_of: datetime, kept: Kept, progress: Progress) -> Taught | None:
    """Train on what gold knows, and judge the forecasters of the months before on the last year."""
    recipe = recipe_of(settings)
    games = Evidence.of(lake, settings.sport).past(recipe)
    if not np.isfinite(games.result).any():
        return None
    with one_blas_thread():
        learner = training.learner(recipe, kept, fingerprint.code())
        walk = Walk.of(games, learner, progress)
        trained = training.train(games, as_of, learner, progress)
    progress(f"{trained.games:,} finished games known")
    since = boundary(as_of, Refit.MONTH) - SHOWN
    last_year = games.rows["as_of_utc"].is_between(since, as_of).to_numpy()
    scores = _scores(walk, comparable(walk, last_year), settings.seed)
    return Taught(trained, scores, *_losses(walk, believed(walk, last_year)), games.features.tail(3))


def price(lake: Lake, store: Store, settings: Settings, trained: Trained) -> Priced:
    """Every forecaster's expected scores of the coming games, and the pool's fair prices of all markets."""
    games = Evidence.of(lake, settings.sport).coming(store, recipe_of(settings))
    said = trained.predict(games)
    if not said[DECIDES].present.any():
        return Priced.nothing(lake, settings.sport)
    grid = score_grid(said[DECIDES])
    return Priced(
        fair.predictions(games.rows, said), fair.fair_odds(games.rows, grid), fair.score_grids(games.rows, grid)
    )


def players(lake: Lake, settings: Settings, as_of: datetime) -> dict[str, pl.DataFrame]:
    """What every rotation player may do in the coming games, and what books' prices of it are worth."""
    return props.predict(lake, settings, as_of)


def _scores(walk: Walk, tested: Mask, seed: int) -> pl.DataFrame:
    """Scores on the games `tested`, each by the forecasters that stood before it."""
    games = walk.games.where(tested)
    beliefs = {name: belief.where(tested) for name, belief in walk.forecasters.items()}
    close, days = beliefs[CLOSE], games.match_days
    cards = score(beliefs, close, games.closing, games.result, days, seed) if len(games) else {}
    rows = [row for name, card in cards.items() for row in _performance(name, card, len(games))]
    return pl.DataFrame(rows, schema=PERFORMANCE, orient="row")


def _losses(walk: Walk, tested: Mask) -> tuple[pl.DataFrame, tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """The log-loss of the pool on the games `tested`; its probabilities of home and away, and which of them won."""
    games = walk.games.where(tested)
    chances, outcome = moneyline(walk.forecasters[JUDGED].where(tested)), 1 - games.home_won
    loss = pl.Series("log_loss", log_loss(chances, outcome.astype(np.int64)))
    return games.rows.select("match_id", "event_at_utc").with_columns(loss), (chances, outcome)


def _performance(name: str, card: Score, games: int) -> list[tuple[object, ...]]:
    """Every measure that is one number, with its interval where it has one."""
    values = asdict(card)
    measures = [one.name for one in fields(card) if isinstance(values[one.name], float)]
    return [
        (name, measure, values[measure], *values.get(f"{measure}_ci95", (None, None)), games) for measure in measures
    ]
