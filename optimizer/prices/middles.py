"""Middles: two lines of one market far enough apart that both bets can win, and a loss where they do not.

Pairs that cannot lose belong in `arbitrage`; both are told apart from value bets and never enter a portfolio.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import product
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.market.grid import ScoreGrid, Support
from core.settings import Staking
from optimizer.prices.arbitrage import SMALLEST_PROFIT, as_rows, equal_return, executable, opportunity, profits

Floats = NDArray[np.float64]
_PAIRS = {("totals", "over", "under"): 1.0, ("asian_handicap", "home", "away"): -1.0, ("spread", "home", "away"): -1.0}
"""Market with the two sides of a pair, and whether the first side's line is the lower (1) or the higher (-1) one."""


def middles(
    offers: pl.DataFrame,
    matches: pl.DataFrame,
    grid: ScoreGrid,
    staking: Staking,
    as_of: datetime,
    minimum_profit: float = 0.0,
) -> pl.DataFrame:
    """Rows of gold arbitrages of kind `middle` whose expected profit is above a minimum, the best first.

    `offers`: of `offers.offers` at `as_of`. `matches`: match_id, competition_id, season_code in the order of `grid`;
    others, and those without belief, have no middles. The two stakes bring the same return if one bet wins and the
    other loses; `worst_profit` is what that costs, `prob` how likely the pair does better, `expected_profit` the mean,
    both by the grid. Raises ValueError where the grid has another number of matches.
    """
    if len(matches) != len(grid):
        raise ValueError(f"{len(matches)} matches are named, and the grid has {len(grid)}.")
    cells = {match: grid.flat[place] for place, match in enumerate(matches["match_id"])}
    best = executable(offers, staking, as_of).filter(pl.col("match_id").is_in(list(cells)))
    found = [
        row
        for rows in best.partition_by("match_id", maintain_order=True)
        for row in _judged(rows.to_dicts(), cells[rows["match_id"][0]], grid.support)
        if row["expected_profit"] > minimum_profit
    ]
    order = [True, False]
    return as_rows("middle", found, matches, as_of).sort("expected_profit", "opportunity_id", descending=order)


def _judged(offers: list[dict[str, Any]], cells: Floats, support: Support) -> Iterator[dict[str, Any]]:
    """Every pair of one match that can win twice and can lose, with what the grid thinks of it."""
    for legs in _pairs(offers):
        stakes = equal_return(np.array([leg["net_odds_dec"] for leg in legs]))
        row, profit = opportunity(legs, stakes, support), profits(legs, support) @ stakes
        if row["worst_profit"] < 0.0:
            is_hit = profit > row["worst_profit"] + SMALLEST_PROFIT
            yield row | {"prob": float(cells @ is_hit), "expected_profit": float(cells @ profit)}


def _pairs(offers: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    for (market, first, second), sign in _PAIRS.items():
        sides = [
            [leg for leg in offers if (leg["market"], leg["selection"]) == (market, side)] for side in (first, second)
        ]
        yield from ((one, other) for one, other in product(*sides) if sign * one["line"] < sign * other["line"])
