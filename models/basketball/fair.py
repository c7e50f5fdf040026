"""Rows of gold from beliefs about basketball games: every forecaster's predictions, fair prices, score grids.

Prices and score grids come from one grid (models/basketball/scores.py).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.market.grid import ScoreGrid
from core.market.markets import BASKETBALL
from core.market.odds import MAX_ODDS_DEC
from models import prices
from models.basketball.belief import ScoreBelief
from models.basketball.grid import holds
from models.basketball.laws import Laws

Floats = NDArray[np.float64]


def fair_odds(decisions: pl.DataFrame, grid: ScoreGrid) -> pl.DataFrame:
    """`models.prices.fair_odds` of basketball's markets, at prices that a book could quote: 1.001 to 1001."""
    rows = prices.fair_odds(decisions, grid, BASKETBALL)
    return rows.filter(pl.col("fair_odds_dec").is_between(1 + 1 / (MAX_ODDS_DEC - 1), MAX_ODDS_DEC))


def score_grids(decisions: pl.DataFrame, grid: ScoreGrid) -> pl.DataFrame:
    """`models.prices.score_grids`."""
    return prices.score_grids(decisions, grid)


def predictions(decisions: pl.DataFrame, forecasters: Mapping[str, ScoreBelief]) -> pl.DataFrame:
    """Six rows a decision and forecaster: both sides of moneyline, spread and total.

    `decisions`: n rows with `models.prices.IDENTITY`; each belief is about them. `line` is the forecaster's own: minus
    its expected margin, as points added to the home side, and its expected total, neither rounded; `prob` that home
    covers or points go over, or that they do not, given that no stake comes back. A forecaster has no rows of games
    about which it has no belief, or one that no grid of points can hold. Raises ValueError for a belief about another
    number of games.
    """
    return pl.concat([_said(decisions.select(prices.IDENTITY), *one) for one in forecasters.items()])


def _said(named: pl.DataFrame, forecaster: str, belief: ScoreBelief) -> pl.DataFrame:
    if len(belief) != len(named):
        raise ValueError(f"{forecaster} has beliefs about {len(belief)} games, not {len(named)}.")
    told, held = holds(belief), belief.where(holds(belief))
    laws, spread, total = Laws.of(held), -held.margin_mean, held.total_mean
    none = np.full(len(held), np.nan)
    asked = (
        ("moneyline", none, laws.moneyline()[:, 0]),
        ("spread", spread, _decided(laws.spread(_settled_like(spread)))),
        ("totals", total, _decided(laws.over(_settled_like(total)))),
    )
    games = named.filter(pl.Series(told))
    return pl.concat([_sides(games, market, line, yes) for market, line, yes in asked]).with_columns(
        pl.lit(forecaster).alias("forecaster")
    )


def _settled_like(line: Floats) -> Floats:
    """The whole or half line that wins and loses at the same scores."""
    return np.where(line % 1 == 0, line, np.floor(line) + 0.5)


def _decided(shares: Floats) -> Floats:
    """Chance of winning (n,) where the stake does not come back; `shares` (n, 3) won, returned and lost."""
    chance: Floats = shares[:, 0] / (shares[:, 0] + shares[:, 2])
    return chance


def _sides(games: pl.DataFrame, market: str, line: Floats, yes: Floats) -> pl.DataFrame:
    """Two rows a game: the market's first selection with its probability (n,), and the second with the rest."""
    sold = [
        games.with_columns(
            pl.lit(market).alias("market"), pl.lit(selection).alias("selection"),
            pl.Series("line", line, nan_to_null=True), pl.Series("prob", prob),
        )
        for selection, prob in zip(BASKETBALL[market].selections, (yes, 1.0 - yes), strict=True)
    ]  # fmt: skip
    return pl.concat(sold)
