"""Score grids as rows of gold: fair prices of all markets, and the grids themselves, of any sport.

Where a grid comes from belongs in the sport's own models: `fair` and `basketball.fair`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from core.market import score_rows
from core.market.grid import ScoreGrid
from core.market.markets import Market
from core.market.pricing import price

IDENTITY = ("match_id", "competition_id", "season_code", "as_of_utc")
LOWEST_ODDS_DEC = 1.000001
"""What is as good as certain, and what cannot happen, has no price."""


def fair_odds(
    decisions: pl.DataFrame, grid: ScoreGrid, catalogue: Mapping[str, Market], markets: Iterable[str] | None = None
) -> pl.DataFrame:
    """One row a decision, market, selection and line: the columns of gold fair_odds that come from beliefs.

    `decisions`: n rows with `IDENTITY`. `grid`: of each. `prob` is the share of a stake that is expected to be won and
    `push_share` what comes back, so that the price without margin is `1 + (1 - prob - push_share) / prob`.
    """
    priced = price(grid, markets, catalogue).frame().filter(pl.col("fair_odds_dec") >= LOWEST_ODDS_DEC)
    named = decisions.select(IDENTITY).with_row_index("match_index").cast({"match_index": pl.Int64})
    rows = priced.join(named, on="match_index", maintain_order="left")
    return rows.rename({"win_share": "prob"}).drop("match_index", "lose_share")


def score_grids(decisions: pl.DataFrame, grid: ScoreGrid) -> pl.DataFrame:
    """One row a decision and final score with its probability: gold score_grids; decisions without belief have none."""
    return score_rows.to_rows(decisions.select(IDENTITY), grid)
