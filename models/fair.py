"""Fair prices of all markets of a match from one score grid: the goal model's, bent to the blend's probabilities.

The nearest grid in relative entropy keeps the headline markets as calibrated as the blend, and every other market
coherent with them (core/market/tilt.py).
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import polars as pl

from core.market.grid import ScoreGrid, scores
from core.market.pricing import price
from core.market.tilt import Marginal, tilt
from models.belief import Belief
from models.dataset import Dataset
from models.families import totals
from models.signals import goal_grid

LOWEST_ODDS_DEC = 1.000001
"""What is as good as certain, and what cannot happen, has no price."""


def grids(data: Dataset, result: Belief, over: Belief) -> ScoreGrid:
    """The score grid of each decision with these probabilities of home, draw, away, and of over and under 2.5 goals.

    NaN where `result` is no belief; where `over` is none, the goal model's total is bent by the result alone.
    """
    base = goal_grid(data.signals).cells.copy()
    base[~result.present] = np.nan
    headlines = Marginal.of("1x2", result.probabilities), Marginal.of("totals", over.probabilities, totals.LINE)
    return tilt(ScoreGrid(base), headlines)


def fair_odds(data: Dataset, grid: ScoreGrid, markets: Iterable[str] | None = None) -> pl.DataFrame:
    """One row a decision, market, selection and line: the columns of gold fair_odds that come from beliefs.

    `grid`: of each decision (`grids`). `prob` is the share of a stake that is expected to be won and `push_share` what
    comes back, so that the price without margin is `1 + (1 - prob - push_share) / prob`.
    """
    priced = price(grid, markets).frame().filter(pl.col("fair_odds_dec") >= LOWEST_ODDS_DEC)
    rows = priced.join(_identity(data), on="match_index", maintain_order="left")
    return rows.rename({"win_share": "prob"}).drop("match_index", "lose_share")


def score_grids(data: Dataset, grid: ScoreGrid) -> pl.DataFrame:
    """One row a decision and final score with its probability: gold score_grids; decisions without belief have none."""
    home, away = scores()
    cells = pl.DataFrame({"home_goals": home, "away_goals": away})
    rows = _identity(data).join(cells, how="cross", maintain_order="left_right")
    told = rows.with_columns(pl.Series("prob", grid.flat.ravel()))
    return told.filter(pl.col("prob").is_not_nan()).drop("match_index")


def _identity(data: Dataset) -> pl.DataFrame:
    named = data.rows.select("match_id", "competition_id", "season_code", "as_of_utc")
    return named.with_row_index("match_index").cast({"match_index": pl.Int64})
