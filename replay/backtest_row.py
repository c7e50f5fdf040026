"""The row of gold backtests that every sport's walk ends in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from core.settings import Settings

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def backtest_row(
    backtest_hash: str, settings: Settings, first: date, last: date, matches: int, report: Mapping[str, object]
) -> pl.DataFrame:
    """One row: `report` as JSON with the hash and the world it is about, of n matches from `first` to `last`."""
    told = {**report, "hash": backtest_hash, "data": "sandbox" if settings.simulated else "archive"}
    return pl.DataFrame(
        {
            "backtest_hash": [backtest_hash],
            "first_day": [first],
            "last_day": [last],
            "leagues": [",".join(sorted(settings.leagues))],
            "matches": [matches],
            "report": [json.dumps(told, sort_keys=True)],
        }
    )


def plain(card: DataclassInstance) -> dict[str, object]:
    """A forecaster's scores; JSON knows no NaN: an interval (`..._ci95`) of fewer than two days is a pair of nulls."""
    values = asdict(card)
    ends = {name: [None if np.isnan(end) else end for end in values[name]] for name in values if name.endswith("_ci95")}
    return values | ends
