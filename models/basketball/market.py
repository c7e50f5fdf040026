"""What books say at the decision of a game: the middle of their lines, set straight by the prices of both sides.

Only lines whose hour is known count; an archive's line of a day teaches and judges, and is never seen at a decision.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtri

from models.basketball.pool import Calibration, Pool

Floats = NDArray[np.float64]
MARKET, MODEL = "market", "model"
READER = Calibration((0.0, 0.0), (1.0, 1.0), (12.6, 18.0), 0.0)
"""How lines are read before any closing line is known: root mean squares of results around those of 2014-15 to
2020-21, in points."""
SHARES = Pool({MODEL: 0.09, MARKET: 0.91}, {MODEL: 0.0, MARKET: 1.0})
"""What the model is worth beside the market before any closing line is known: least squares on the same seasons."""
_PRICES = {"margin": ("home_odds_dec", "away_odds_dec"), "total": ("over_odds_dec", "under_odds_dec")}
_MOST = 0.15
"""Farther than this from an even chance a line is an alternative one, and says little of the middle."""


def lines(spine: pl.DataFrame, spreads: pl.DataFrame, totals: pl.DataFrame) -> Floats:
    """Expected home margin and total, (n, 2) in points, by the books at each `as_of_utc`; NaN where none told both.

    `spine`: match_id, as_of_utc. `spreads`, `totals`: gold fct_handicap_prices and fct_total_prices. Of each book
    counts its newest line known then whose two sides are nearest to even; of the books the median.
    """
    signs = {"margin": -1.0, "total": 1.0}
    found = spine.select("match_id")
    for place, (name, quotes) in enumerate(zip(signs, (spreads, totals), strict=True)):
        told = _told(spine, quotes, *_PRICES[name]).with_columns(
            (signs[name] * pl.col("line") + READER.sd[place] * pl.col("lean")).alias(name)
        )
        middle = told.group_by("match_id").agg(pl.col(name).median())
        found = found.join(middle, on="match_id", how="left", maintain_order="left")
    values = found.select(pl.col(*signs).fill_null(float("nan"))).to_numpy()
    return np.where(np.isnan(values).any(axis=1, keepdims=True), np.nan, values)


def _told(spine: pl.DataFrame, quotes: pl.DataFrame, first: str, second: str) -> pl.DataFrame:
    """One row a game and book: its line, and by how many standard deviations the first side is likelier than not."""
    known = quotes.filter(~pl.col("is_aggregate"), pl.col("known_at_basis") != "date_only").join(
        spine.select("match_id", "as_of_utc"), on="match_id"
    )
    priced = known.filter(pl.col("known_at_utc") <= pl.col("as_of_utc")).drop_nulls([first, second])
    chance = (1 / pl.col(first)) / (1 / pl.col(first) + 1 / pl.col(second))
    even = priced.with_columns(chance.alias("chance")).filter((pl.col("chance") - 0.5).abs() <= _MOST)
    order = ("match_id", "bookmaker", "known_at_utc", pl.col("chance").sub(0.5).abs().mul(-1.0), "line")
    newest = even.sort(*order).unique(["match_id", "bookmaker"], keep="last", maintain_order=True)
    return newest.with_columns(pl.Series("lean", ndtri(newest["chance"].to_numpy())))
