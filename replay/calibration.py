"""How calibrated a forecaster's prices are, market by market, on the matches of a backtest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.market.markets import MARKETS
from core.market.pricing import price
from models import fair
from models.belief import Belief
from models.dataset import Dataset
from models.reliability import reliability

ASKED: tuple[tuple[str, float | None], ...] = (
    ("1x2", None), ("totals", 1.5), ("totals", 2.5), ("totals", 3.5), ("both_to_score", None),
    ("asian_handicap", -1.5), ("asian_handicap", 1.5), ("team_total_home", 1.5), ("team_total_away", 1.5),
)  # fmt: skip
"""Markets and lines at which exactly one selection wins: what happened is then one of their selections."""
Goals = NDArray[np.int64]


def calibration(
    data: Dataset, forecasters: Mapping[str, tuple[Belief, Belief]], results: pl.DataFrame, seed: int
) -> dict[str, dict[str, Any]]:
    """Slope, calibration error and their bands by forecaster and market; empty without a match.

    `forecasters`: beliefs about the result, and about over 2.5 goals; other markets are priced from both as the run
    prices them. `results`: gold fct_results; the latest version counts.
    """
    if data.rows.is_empty():
        return {}
    home, away = _goals(data, results)
    days = data.match_days
    return {
        name: {
            market: _finite(reliability(p, outcome, days, seed).to_json())
            for market, p, outcome in _markets(data, *beliefs, home, away)
        }
        for name, beliefs in forecasters.items()
    }


def _markets(
    data: Dataset, result: Belief, over: Belief, home: Goals, away: Goals
) -> Iterator[tuple[str, NDArray[np.float64], Goals]]:
    """Each market's name, its probabilities (n, k), and which selection won (n,)."""
    names = list(dict.fromkeys(name for name, _ in ASKED))
    prices = price(fair.grids(data, result, over), names)
    for name, line in ASKED:
        listed = (pl.col("market") == name) & pl.col("line").eq_missing(line)
        columns = prices.selections.with_row_index().filter(listed)
        paid = [MARKETS[name].payoff(home, away, selection, line) for selection in columns["selection"]]
        p = prices.win[:, columns["index"].to_numpy()]
        yield name if line is None else f"{name} {line:g}", p / p.sum(axis=1, keepdims=True), np.argmax(paid, axis=0)


def _goals(data: Dataset, results: pl.DataFrame) -> tuple[Goals, Goals]:
    latest = results.sort("known_at_utc").unique("match_id", keep="last").select("match_id", "home_goals", "away_goals")
    found = data.rows.select("match_id").join(latest, on="match_id", how="left", maintain_order="left")
    return found["home_goals"].to_numpy().astype(np.int64), found["away_goals"].to_numpy().astype(np.int64)


def _finite(value: Any) -> Any:
    """JSON knows no NaN: null instead; the points of the curve are for pictures and stay out."""
    if isinstance(value, dict):
        return {name: _finite(part) for name, part in value.items() if name != "curve"}
    if isinstance(value, (list, tuple)):
        return [_finite(part) for part in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value
