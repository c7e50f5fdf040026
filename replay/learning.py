"""What a moment learns: the forecaster trained on everything known, registered, and judged on the year before.

What a forecaster is and how it is taught belongs to the sport's craft (`replay.craft`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.settings import Settings
from lake.storage import Lake
from models.promotion import Verdict, compare_out_of_fold
from models.registry import Incumbent, Registered, Registry, recipe_parameters
from replay import fingerprint
from replay.catalog import craft_of
from replay.craft import Craft, Progress, Taught
from replay.kept import kept

Picture = Callable[[NDArray[np.float64], NDArray[np.float64]], bytes]


@dataclass(frozen=True, eq=False)
class Learned:
    """The champion of this moment, its out-of-fold scores as rows of gold model_performance, and reliability pairs.

    `registered` is None on a first day without any result.
    """

    registered: Registered | None
    scores: pl.DataFrame
    reliability: tuple[NDArray[np.float64], NDArray[np.float64]] | None


def model_name(settings: Settings) -> str:
    """What the registry calls the forecaster of a sport."""
    return f"{settings.sport}_{craft_of(settings.sport).MODEL}"


def learn(
    lake: Lake, registry: Registry, settings: Settings, as_of: datetime, progress: Progress, picture: Picture
) -> Learned:
    """Train and register on what gold knows; what was trained on the same data before is used again.

    A refit of the champion's recipe by the same code follows it; anything else has to beat it on matches that neither
    was fitted on (models/promotion.py). `picture` draws reliability from probabilities (n, k) and outcomes (n,).
    """
    craft, name = craft_of(settings.sport), model_name(settings)
    training_hash = training_hash_of(lake, settings)
    performance = lake.table(f"gold.{settings.sport}.model_performance")
    found = registry.find(name, training_hash)
    if found is not None and not found.trained.failures:
        progress(f"trained on the same data already: version {found.version}")
        known = performance.read(pl.col("training_hash") == training_hash)
        return Learned(registry.standing(name, training_hash), known, None)
    taught = craft.teach(lake, settings, as_of, kept(lake), progress)
    if taught is None:
        return Learned(None, performance.contract.empty(), None)
    named = pl.lit(training_hash).alias("training_hash"), pl.lit(as_of).alias("as_of_utc")
    scores = taught.scores.with_columns(*named).select(performance.contract.column_names)
    _register(registry, settings, craft, taught, scores, training_hash, as_of, picture)
    return Learned(registry.standing(name, training_hash), scores, taught.reliability)


def _register(
    registry: Registry, settings: Settings, craft: Craft, taught: Taught, scores: pl.DataFrame, training_hash: str,
    as_of: datetime, picture: Picture,
) -> None:  # fmt: skip
    name, recipe, trained = model_name(settings), craft.recipe_of(settings), taught.trained
    recipe_hash = fingerprint.recipe(recipe)
    incumbent = registry.incumbent(name)
    follows = incumbent is not None and incumbent.parameters.get("recipe_hash") == recipe_hash
    is_refit = follows and not trained.failures
    registry.register(
        name, trained, training_hash, as_of,
        parameters=recipe_parameters(recipe)
        | {"matches": trained.matches, "training_hash": training_hash, "recipe_hash": recipe_hash},
        metrics={f"{row['forecaster']}.{row['measure']}": row["value"] for row in scores.iter_rows(named=True)},
        card=_card(settings, craft, trained, scores), pictures={"reliability.png": picture(*taught.reliability)},
        input_example=taught.example, out_of_fold=taught.losses, is_refit=is_refit,
        promote=None if is_refit else _verdict(incumbent, taught.losses, recipe.seed),
    )  # fmt: skip


def _verdict(incumbent: Incumbent | None, losses: pl.DataFrame, seed: int) -> Verdict | None:
    """Whether a new recipe beats the champion on matches that neither was fitted on; None where nothing compares."""
    if incumbent is None or incumbent.out_of_fold is None:
        return None
    return compare_out_of_fold(incumbent.out_of_fold, losses, seed)


def training_hash_of(lake: Lake, settings: Settings) -> str:
    """Names what is trained: the tables that a lake has now, and the recipe."""
    craft = craft_of(settings.sport)
    return fingerprint.training(lake, settings.sport, craft.TABLES, craft.recipe_of(settings))


def learned_from(sport: str) -> tuple[str, ...]:
    """The tables that a sport's forecaster is trained on."""
    return fingerprint.full_names(sport, craft_of(sport).TABLES)


def _card(settings: Settings, craft: Craft, trained: Any, scores: pl.DataFrame) -> str:
    """The model card: what it is, what it learned from, how it did on matches that it had not seen."""
    origin = "**Simulated data**: every figure is from the sandbox's invented world." if settings.simulated else ""
    lines = [
        f"# {model_name(settings)}", origin, f"{trained.matches:,} matches.",
        *(f"{name}: {value}." for name, value in craft.described(trained).items()),
        "", "The last year, each match forecast before it was played:", "",
        "| forecaster | measure | value |", "|---|---|---|",
        *(f"| {row['forecaster']} | {row['measure']} | {row['value']:.4f} |" for row in scores.iter_rows(named=True)),
    ]  # fmt: skip
    return "\n".join(lines)
