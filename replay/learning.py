"""What a moment learns: the forecaster trained on everything known, registered, and judged on the year before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.settings import Settings
from core.threads import one_blas_thread
from lake.keys import short_hash
from lake.storage import Lake
from models import training
from models.belief import Belief
from models.dataset import Dataset
from models.kept import InFolder, Kept
from models.members import Mask, School
from models.promotion import Verdict, compare_out_of_fold
from models.recipe import Recipe
from models.registry import Incumbent, Registered, Registry, recipe_parameters
from models.schedule import Refit, boundary
from models.scorecard import Score, score
from models.scores import log_loss
from models.training import Trained
from replay import fingerprint
from replay.evidence import TABLES, Evidence

TRAINED_ON = TABLES
SHOWN = timedelta(days=365)
"""How long before the decision the forecasters are judged in gold model_performance."""
Progress = Callable[[str], None]
Picture = Callable[[NDArray[np.float64], NDArray[np.float64]], bytes]


@dataclass(frozen=True)
class Learned:
    """The champion of this moment, its out-of-fold scores as rows of gold model_performance, and reliability pairs.

    `registered` is None on a first day without any result.
    """

    registered: Registered | None
    scores: pl.DataFrame
    reliability: tuple[NDArray[np.float64], NDArray[np.float64]] | None


def model_name(settings: Settings) -> str:
    """What the registry calls the forecaster of a sport's match result."""
    return f"{settings.sport}_1x2"


def kept(lake: Lake) -> Kept:
    """Where fits stand that may be used again."""
    return InFolder(lake.root / "learned")


def learn(
    lake: Lake, registry: Registry, settings: Settings, as_of: datetime, progress: Progress, picture: Picture
) -> Learned:
    """Train and register on what gold knows; what was trained on the same data before is used again.

    A refit of the champion's recipe by the same code follows it; anything else has to beat it on matches that neither
    was fitted on (models/promotion.py). `picture` draws reliability from probabilities (n, 3) and outcomes (n,).
    """
    recipe, name = recipe_of(settings), model_name(settings)
    training_hash = training_hash_of(lake, settings, recipe)
    performance = lake.table(f"gold.{settings.sport}.model_performance")
    found = registry.find(name, training_hash)
    if found is not None and not found.trained.members.failed:
        progress(f"trained on the same data already: version {found.version}")
        known = performance.read(pl.col("training_hash") == training_hash)
        return Learned(registry.standing(name, training_hash), known, None)
    evidence = Evidence.of(lake, settings.sport)
    data = evidence.past(recipe)
    if not (data.outcome >= 0).any():
        return Learned(None, performance.contract.empty(), None)
    trained, forecasters, tested = train(data, recipe, as_of, kept(lake), progress)
    scores, reliability = _scores(evidence, data, forecasters, tested, training_hash, as_of)
    losses, recipe_hash = _losses(data, forecasters["blend"], tested), _recipe_hash(recipe)
    incumbent = registry.incumbent(name)
    follows = incumbent is not None and incumbent.parameters.get("recipe_hash") == recipe_hash
    is_refit = follows and not trained.members.failed
    registry.register(
        name, trained, training_hash, as_of,
        parameters=recipe_parameters(recipe)
        | {"matches": trained.matches, "training_hash": training_hash, "recipe_hash": recipe_hash},
        metrics={f"{row['forecaster']}.{row['measure']}": row["value"] for row in scores.iter_rows(named=True)},
        card=_card(settings, trained, scores), pictures={"reliability.png": picture(*reliability)},
        input_example=data.features.tail(3), out_of_fold=losses, is_refit=is_refit,
        promote=None if is_refit else _verdict(incumbent, losses, recipe.seed),
    )  # fmt: skip
    return Learned(registry.standing(name, training_hash), scores, reliability)


def _recipe_hash(recipe: Recipe) -> str:
    """Names how is learned: code and parameters, apart from what never changes an answer."""
    return short_hash(fingerprint.code(), sorted(recipe_parameters(replace(recipe, threads=0)).items()))


def _verdict(incumbent: Incumbent | None, losses: pl.DataFrame, seed: int) -> Verdict | None:
    """Whether a new recipe beats the champion on matches that neither was fitted on; None where nothing compares."""
    if incumbent is None or incumbent.out_of_fold is None:
        return None
    return compare_out_of_fold(incumbent.out_of_fold, losses, seed)


def _losses(data: Dataset, blend: Belief, tested: Mask) -> pl.DataFrame:
    """The blend's log-loss of each tested match whose result is known: match_id, event_at_utc, log_loss."""
    rows = tested & blend.present & (data.outcome >= 0)
    identity = data.rows.filter(pl.Series(rows)).select("match_id", "event_at_utc")
    return identity.with_columns(pl.Series("log_loss", log_loss(blend.probabilities[rows], data.outcome[rows])))


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


def recipe_of(settings: Settings) -> Recipe:
    """The recipe of a run."""
    return Recipe(seed=settings.seed % 2**31, threads=settings.threads)


def training_hash_of(lake: Lake, settings: Settings, recipe: Recipe) -> str:
    """Names what is trained: the tables that a lake has now, and the recipe."""
    hashes = [lake.table(f"gold.{settings.sport}.{name}").content_hash() for name in TRAINED_ON]
    return short_hash(_recipe_hash(recipe), *hashes)


def _scores(
    evidence: Evidence,
    data: Dataset,
    forecasters: dict[str, Belief],
    tested: Mask,
    training_hash: str,
    as_of: datetime,
) -> tuple[pl.DataFrame, tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Scores of the last year, each match by the forecasters that stood before it."""
    chosen = {name: Belief(belief.probabilities[tested]) for name, belief in forecasters.items()}
    close, _ = evidence.close(data)
    days = data.match_days[tested]
    outcome = data.outcome[tested]
    matches, cards = score(chosen, Belief(close.probabilities[tested]), outcome, days)
    rows = [row for name, card in cards.items() for row in _performance(name, card, matches, training_hash, as_of)]
    return pl.DataFrame(rows, schema=_PERFORMANCE, orient="row"), (chosen["blend"].probabilities, outcome.astype(float))


_PERFORMANCE = {
    "training_hash": pl.String(), "as_of_utc": pl.Datetime("us", "UTC"), "forecaster": pl.String(),
    "measure": pl.String(), "value": pl.Float64(), "low_ci95": pl.Float64(), "high_ci95": pl.Float64(),
    "matches": pl.Int64(),
}  # fmt: skip


def _performance(name: str, card: Score, matches: int, training_hash: str, as_of: datetime) -> list[tuple[object, ...]]:
    plain = [(measure, getattr(card, measure), None, None) for measure in ("log_loss", "brier", "rps", "kl_to_close")]
    measured = [*plain, ("log_loss_minus_close", card.log_loss_minus_close, *card.log_loss_minus_close_ci95)]
    return [(training_hash, as_of, name, *values, matches) for values in measured]


def _card(settings: Settings, trained: Trained, scores: pl.DataFrame) -> str:
    """The model card: what it is, what it learned from, how it did on matches that it had not seen."""
    origin = "**Simulated data**: every figure is from the sandbox's invented world." if settings.simulated else ""
    lines = [
        f"# {model_name(settings)}", origin,
        f"A pool of {', '.join(trained.members.fitted)} and the market; {trained.matches:,} matches.",
        f"Weights without the match's price: {dict(trained.result.model.pool.weights)}; with it: "
        f"{dict(trained.result.blend.pool.weights)}.",
        "", "The last year, each match forecast before it was played:", "",
        "| forecaster | measure | value |", "|---|---|---|",
        *(f"| {row['forecaster']} | {row['measure']} | {row['value']:.4f} |" for row in scores.iter_rows(named=True)),
    ]  # fmt: skip
    return "\n".join(lines)
