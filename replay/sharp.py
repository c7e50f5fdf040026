"""How sharp each book has been: what weighs them in the consensus that an offer is compared with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.market.consensus import sharpness
from core.market.devig import devig
from models.dataset import prices_at_decision
from models.families import market
from models.schedule import Refit, boundary

Weights = Mapping[str, float]
MEMORY = timedelta(days=3 * 365)
_ODDS = ("home_odds_dec", "draw_odds_dec", "away_odds_dec")


def sharpness_at(decisions: pl.DataFrame, prices: pl.DataFrame, as_of: datetime) -> Weights:
    """Weight of each named book by how near its price at past decisions came to the close, 1X2.

    Learned on the first of July before `as_of` from the three years before it, so that a live run and a walk weigh
    alike. `decisions`: gold spn_decisions; `prices`: gold fct_match_prices. Empty where there is nothing to learn from:
    all books then weigh the same.
    """
    season = boundary(as_of, Refit.SEASON)
    inside = pl.col("event_at_utc").is_between(season - MEMORY, season, closed="left")
    past = decisions.filter(inside).sort("match_id")
    known = prices.filter((pl.col("known_at_utc") < season) & pl.col("match_id").is_in(past["match_id"].implode()))
    close, _ = market.benchmark(past, market.closing(known))
    told = prices_at_decision(past, known).filter(~pl.col("is_aggregate"))
    if told.is_empty() or not close.present.any():
        return {}
    books = told["bookmaker"].unique().sort().to_list()
    said = np.stack([_said(past, told.filter(bookmaker=book)) for book in books])
    return dict(zip(books, sharpness(said, close.probabilities).tolist(), strict=True))


def by_season(decisions: pl.DataFrame, prices: pl.DataFrame) -> Callable[[datetime], Weights]:
    """`sharpness_at` for many moments: learned once a season."""

    @cache
    def learned(season: datetime) -> Weights:
        return sharpness_at(decisions, prices, season)

    return lambda as_of: learned(boundary(as_of, Refit.SEASON))


def _said(matches: pl.DataFrame, told: pl.DataFrame) -> NDArray[np.float64]:
    """(n, 3) what a book said of each match without its margin; NaN where it said nothing."""
    odds = matches.select("match_id").join(told, on="match_id", how="left", maintain_order="left").select(_ODDS)
    return devig(odds.fill_null(float("nan")).to_numpy())
