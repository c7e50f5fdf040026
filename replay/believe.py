"""What is believed of the coming matches at a moment: predictions, fair prices, score grids.

What is done about it stands in `issue` and `booking`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from core.settings import Settings
from feature_repo.store import Store
from lake.storage import Lake
from models import fair
from models.belief import OUTCOMES, Belief
from models.registry import Registry
from replay.evidence import Evidence
from replay.learning import model_name, recipe_of, training_hash_of

PRICED = ("predictions", "fair_odds", "score_grids")


def at_moment(as_of: datetime) -> pl.Expr:
    """The rows of one decision moment."""
    return pl.col("as_of_utc") == as_of


@dataclass(frozen=True)
class Priced:
    """What is thought of the coming matches: rows of gold predictions, fair_odds, score_grids; empty on a first day."""

    predictions: pl.DataFrame
    fair_odds: pl.DataFrame
    score_grids: pl.DataFrame


def predict(lake: Lake, registry: Registry, store: Store, settings: Settings, as_of: datetime) -> Priced:
    """Every forecaster's 1X2 of the coming matches, and the blend's fair prices of all markets."""
    recipe = recipe_of(settings)
    data = Evidence.of(lake, settings.sport).coming(store, recipe)
    champion = registry.standing(model_name(settings), training_hash_of(lake, settings, recipe))
    if champion is None or data.rows.is_empty():
        return Priced(*(lake.table(f"gold.{settings.sport}.{name}").contract.empty() for name in PRICED))
    found = champion.trained.predict(data)
    said = pl.concat([_long(data.rows, name, belief) for name, belief in found.result.items()])
    trained_on = pl.lit(champion.training_hash).alias("training_hash")
    stand_ins = pl.lit(champion.trained.members.stand_ins, pl.String).alias("stand_ins")
    grid = fair.grids(data, found.result["blend"], found.over["blend"])
    priced = fair.fair_odds(data, grid).with_columns(trained_on, stand_ins)
    return Priced(said.with_columns(trained_on), priced, fair.score_grids(data, grid))


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
