"""Fair prices of all markets of a match from one score grid: the goal model's, bent to the blend's probabilities.

The nearest grid in relative entropy keeps the headline markets as calibrated as the blend, and every other market
coherent with them (core/market/tilt.py).
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import polars as pl

from core.market.grid import ScoreGrid
from core.market.markets import FOOTBALL
from core.market.tilt import Marginal, tilt
from models import prices
from models.belief import Belief
from models.dataset import Dataset
from models.families import totals
from models.signals import goal_grid


def grids(data: Dataset, result: Belief, over: Belief) -> ScoreGrid:
    """The score grid of each decision with these probabilities of home, draw, away, and of over and under 2.5 goals.

    NaN where `result` is no belief; where `over` is none, the goal model's total is bent by the result alone.
    """
    base = goal_grid(data.signals).cells.copy()
    base[~result.present] = np.nan
    headlines = Marginal.of("1x2", result.probabilities), Marginal.of("totals", over.probabilities, totals.LINE)
    return tilt(ScoreGrid(base), headlines)


def fair_odds(data: Dataset, grid: ScoreGrid, markets: Iterable[str] | None = None) -> pl.DataFrame:
    """`models.prices.fair_odds` of football's markets; `grid`: of each decision (`grids`)."""
    return prices.fair_odds(data.rows, grid, FOOTBALL, markets)


def score_grids(data: Dataset, grid: ScoreGrid) -> pl.DataFrame:
    """`models.prices.score_grids`."""
    return prices.score_grids(data.rows, grid)
