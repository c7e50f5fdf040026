"""What is believed of the coming matches at a moment: predictions, fair prices, score grids.

What is done about it stands in `issue` and `booking`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import polars as pl

from core.settings import Settings
from feature_repo.store import Store
from lake.storage import Lake
from models.registry import Registry
from replay.catalog import craft_of
from replay.craft import PRICED, Priced
from replay.learning import model_name, training_hash_of

__all__ = ["PRICED", "Priced", "at_moment", "predict"]


def at_moment(as_of: datetime) -> pl.Expr:
    """The rows of one decision moment."""
    return pl.col("as_of_utc") == as_of


def predict(lake: Lake, registry: Registry, store: Store, settings: Settings) -> Priced:
    """What every forecaster says of the coming matches of a sport, and the fair prices of all its markets."""
    champion = registry.standing(model_name(settings), training_hash_of(lake, settings))
    if champion is None:
        return Priced.nothing(lake, settings.sport)
    found = craft_of(settings.sport).price(lake, store, settings, champion.trained)
    trained_on = pl.lit(champion.training_hash).alias("training_hash")
    stand_ins = pl.lit(champion.trained.stand_ins, pl.String).alias("stand_ins")
    return replace(
        found,
        predictions=found.predictions.with_columns(trained_on),
        fair_odds=found.fair_odds.with_columns(trained_on, stand_ins),
    )
