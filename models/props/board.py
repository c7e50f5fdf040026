"""The board of a night: every market of every player at a ladder of half lines, with the distribution behind it."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.props import pricing
from models.props.night import Night
from models.props.words import DOUBLE_DOUBLE, STATISTICS

MARKETS = (*STATISTICS, DOUBLE_DOUBLE)
LEVELS = {"q03": 0.03, "q10": 0.1, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q90": 0.9, "q97": 0.97}
"""Levels of the quantiles that are shown: q03 to q97 is the 94% interval."""
_RUNGS = 4
"""Half lines on each side of the one nearest to the median."""
RAREST = 0.01
"""Chances below which scenarios are too few to price a side."""


def board(night: Night) -> pl.DataFrame:
    """One row a player, market and line: match_id, team_id, player_id, plays_prob, market, mean, `q03` ... `q97`,

    line (halves, rising), over_prob, under_prob, over_fair_odds_dec and under_fair_odds_dec, all given that he plays. A
    double-double is over (yes) or under (no) a line of 0.5. A line of which one side wins less than once in a hundred
    nights is left out.
    """
    return pl.concat([_market(night, market) for market in MARKETS])


def _market(night: Night, market: str) -> pl.DataFrame:
    levels = pricing.quantiles(night, market, list(LEVELS.values()))
    shown = levels.rename({f"q{100 * level:g}": name for name, level in LEVELS.items()})
    ladder = _ladder(shown["q50"].to_numpy(), market)
    asked = shown.select("player_id").with_columns(pl.Series("line", ladder)).explode("line")
    priced = pricing.lines(night, market, asked).drop("plays_prob", "push_prob")
    kept = priced.filter(pl.min_horizontal("over_prob", "under_prob") >= RAREST)
    return shown.with_columns(pl.lit(market).alias("market")).join(kept, on="player_id", maintain_order="left_right")


def _ladder(median: NDArray[np.float64], market: str) -> NDArray[np.float64]:
    """(n, k) half lines around each median, from 0.5."""
    if market == DOUBLE_DOUBLE:
        return np.full((len(median), 1), 0.5)
    lowest = np.maximum(np.floor(median) - _RUNGS, 0.0) + 0.5
    rungs: NDArray[np.float64] = lowest[:, None] + np.arange(2 * _RUNGS + 1)
    return rungs
