"""Football's craft: members pooled twice, with and without the match's prices, and fair prices from a grid of goals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.settings import Settings
from core.threads import one_blas_thread
from feature_repo.store import Store
from lake.storage import Lake
from models import artifacts, fair, training
from models.belief import OUTCOMES, Belief
from models.dataset import Dataset
from models.families.bayes.goals import GoalStrengths
from models.kept import Kept
from models.members import Mask, School
from models.recipe import Recipe
from models.schedule import Refit, boundary
from models.scorecard import Score, score
from models.scores import log_loss
from models.training import Trained
from replay import fingerprint
from replay import players as scorers
from replay.ablation import ablate
from replay.craft import PERFORMANCE, PLAYER_PREDICTIONS, Priced, Progress, Taught
from replay.evidence import TABLES, Evidence
from replay.walk_forward import backtest

__all__ = [
    "DECIDES", "MODEL", "PLAYERS_FROM", "SEEN", "TABLES", "ablate", "backtest", "described", "format", "players",
    "price", "recipe_of", "seen", "strengths", "teach", "train",
]  # fmt: skip

MODEL = "1x2"
DECIDES = "blend"
PLAYERS_FROM: Mapping[str, tuple[str, ...]] = {
    PLAYER_PREDICTIONS: ("gold.fair_odds", "silver.player_stats", "silver.players")
}
SEEN: tuple[str, ...] = ("fct_results",)
SHOWN = timedelta(days=365)
"""How long before the decision the forecasters are judged in gold model_performance."""


def recipe_of(settings: Settings) -> Recipe:
    """The recipe of a run."""
    return Recipe.of(settings)


def strengths() -> GoalStrengths:
    """The goals model."""
    return GoalStrengths()


def seen(lake: Lake, settings: Settings) -> pl.DataFrame:
    """Every version of every result."""
    return lake.table(f"gold.{settings.sport}.{SEEN[0]}").read()


def format() -> artifacts.Format:
    """How football's forecasters are written and read."""
    return artifacts.FORMAT


def described(trained: Trained) -> Mapping[str, object]:
    """Members, those that failed, and the weights of both pools."""
    return {
        "members": ", ".join(trained.members.fitted),
        "model_pool": dict(trained.result.model.pool.weights),
        "blend_pool": dict(trained.result.blend.pool.weights),
    }


def teach(lake: Lake, settings: Settings, as_of: datetime, kept: Kept, progress: Progress) -> Taught | None:
    """Train on what gold knows, and judge the forecasters of the months before on the last year."""
    evidence, recipe = Evidence.of(lake, settings.sport), recipe_of(settings)
    data = evidence.past(recipe)
    if not (data.outcome >= 0).any():
        return None
    trained, forecasters, tested = train(data, recipe, as_of, kept, progress)
    scores, reliability = _scores(evidence, data, forecasters, tested)
    return Taught(trained, scores, _losses(data, forecasters[DECIDES], tested), reliability, data.features.tail(3))


def price(lake: Lake, store: Store, settings: Settings, trained: Trained) -> Priced:
    """Every forecaster's 1X2 of the coming matches, and the blend's fair prices of all markets."""
    data = Evidence.of(lake, settings.sport).coming(store, recipe_of(settings))
    if data.rows.is_empty():
        return Priced.nothing(lake, settings.sport)
    found = trained.predict(data)
    said = pl.concat([_long(data.rows, name, belief) for name, belief in found.result.items()])
    grid = fair.grids(data, found.result[DECIDES], found.over[DECIDES])
    return Priced(said, fair.fair_odds(data, grid), fair.score_grids(data, grid))


def players(lake: Lake, settings: Settings, as_of: datetime) -> dict[str, pl.DataFrame]:
    """Every known player's chance to score in the coming matches."""
    return {PLAYER_PREDICTIONS: scorers.predict(lake, settings, as_of)}


def _long(rows: pl.DataFrame, forecaster: str, belief: Belief) -> pl.DataFrame:
    """Probabilities side by side as one row a selection; matches without a belief are left out."""
    identity = rows.select("match_id", "competition_id", "season_code", "as_of_utc")
    wide = identity.with_columns(pl.Series(name, belief.probabilities[:, place]) for place, name in enumerate(OUTCOMES))
    long = wide.unpivot(list(OUTCOMES), index=identity.columns, variable_name="selection", value_name="prob")
    return long.filter(pl.col("prob").is_not_nan()).with_columns(
        pl.lit(forecaster).alias("forecaster"),
        pl.lit("1x2").alias("market"),
        pl.lit(None, pl.Float64).alias("line"),
    )


def train(
    data: Dataset, recipe: Recipe, as_of: datetime, kept: Kept, progress: Progress
) -> tuple[Trained, dict[str, Belief], Mask]:
    """The forecaster of a moment, and what the forecasters of the months before it said in the last year.

    Returns it with their beliefs shaped like `data`, and the decisions that had enough to learn from.
    """
    with one_blas_thread():
        return _trained(data, recipe, as_of, kept, progress)


def _trained(
    data: Dataset, recipe: Recipe, as_of: datetime, kept: Kept, progress: Progress
) -> tuple[Trained, dict[str, Belief], Mask]:
    month = boundary(as_of, Refit.MONTH)
    school = School(data, recipe, kept, fingerprint.code(), progress)
    last_year = data.rows["as_of_utc"].is_between(month - SHOWN, as_of).to_numpy()
    result, goals = training.hear(school, data, month - SHOWN, as_of)
    matches = int((data.outcome >= 0).sum())
    progress(f"{matches:,} finished matches known")
    forecasters = dict(result.beliefs) | result.pooled(last_year)
    trained = Trained(school.members(as_of), result.panel(as_of), goals.panel(as_of), matches)
    return trained, forecasters, last_year & result.learned


def _losses(data: Dataset, blend: Belief, tested: Mask) -> pl.DataFrame:
    """The blend's log-loss of each tested match whose result is known: match_id, event_at_utc, log_loss."""
    rows = tested & blend.present & (data.outcome >= 0)
    identity = data.rows.filter(pl.Series(rows)).select("match_id", "event_at_utc")
    return identity.with_columns(pl.Series("log_loss", log_loss(blend.probabilities[rows], data.outcome[rows])))


def _scores(
    evidence: Evidence, data: Dataset, forecasters: dict[str, Belief], tested: Mask
) -> tuple[pl.DataFrame, tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Scores of the last year, each match by the forecasters that stood before it."""
    chosen = {name: Belief(belief.probabilities[tested]) for name, belief in forecasters.items()}
    close, _ = evidence.close(data)
    outcome = data.outcome[tested]
    matches, cards = score(chosen, Belief(close.probabilities[tested]), outcome, data.match_days[tested])
    rows = [row for name, card in cards.items() for row in _performance(name, card, matches)]
    told = pl.DataFrame(rows, schema=PERFORMANCE, orient="row")
    return told, (chosen[DECIDES].probabilities, outcome.astype(float))


def _performance(name: str, card: Score, matches: int) -> list[tuple[object, ...]]:
    plain = [(measure, getattr(card, measure), None, None) for measure in ("log_loss", "brier", "rps", "kl_to_close")]
    measured = [*plain, ("log_loss_minus_close", card.log_loss_minus_close, *card.log_loss_minus_close_ci95)]
    return [(name, *values, matches) for values in measured]
