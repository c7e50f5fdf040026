"""The betting exchange: the best three prices to back and to lay with their sizes, and what has been traded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl

from sandbox.arrays import Floats, Ints, stream
from sandbox.moments import UTC_TIME, microseconds
from sandbox.timeline.paths import HOUR, MINUTE
from sandbox.timeline.prices import EXCHANGE, Board
from sandbox.truth import ScoreModel

STEPS = ((1.01, 2.0, 0.01), (2.0, 3.0, 0.02), (3.0, 4.0, 0.05), (4.0, 6.0, 0.1), (6.0, 10.0, 0.2), (10.0, 20.0, 0.5),
         (20.0, 30.0, 1.0), (30.0, 50.0, 2.0), (50.0, 100.0, 5.0), (100.0, 1000.1, 10.0))  # fmt: skip
LEVELS = 3
RUNNERS = (("1x2", "home"), ("1x2", "draw"), ("1x2", "away"), ("totals", "over"), ("totals", "under"))
TURNOVER_EUR, TURNOVER_SPREAD = 400_000.0, 0.7
TOTALS_SHARE, SIZE_SHARE = 0.2, 0.004
HALF_TRADED = 9 * HOUR


def ladder() -> Floats:
    """Return the prices that the exchange allows, rising."""
    return np.round(np.concatenate([np.arange(low, high, step) for low, high, step in STEPS]), 2)


@dataclass(frozen=True)
class Books:
    """Prices and sizes of m matches and five runners, best first: back and lay, each (m, 5, 3)."""

    back: Floats
    lay: Floats
    back_sizes: Floats
    lay_sizes: Floats


def exchange(board: Board, scores: ScoreModel, kickoffs: Ints, t: datetime, seed: int) -> pl.DataFrame:
    """Return the exchange's books in the columns of `Universe.exchange`; `kickoffs` (m,) in microseconds."""
    quoted_at = board.quoted_at[EXCHANGE]
    rates = board.rates + board.errors.books[EXCHANGE] + board.news(board.keys, quoted_at)
    fair = _fair(scores, rates)
    # The shares of the runners stand still, so that no volume is ever taken back.
    traded = _traded(board.keys, _fair(scores, board.rates), kickoffs, t, seed)
    books = _books(
        fair, traded, np.maximum(kickoffs - microseconds(t), 0), stream(seed, "exchange", microseconds(t) // MINUTE)
    )
    return _table(board, books, traded, quoted_at)


def _fair(scores: ScoreModel, rates: Floats) -> Floats:
    """Return the probabilities of the five runners, (m, 5)."""
    beliefs = scores.beliefs(*rates.T)
    return np.column_stack([beliefs.outcomes, beliefs.over, 1.0 - beliefs.over])


def _traded(keys: Ints, fair: Floats, kickoffs: Ints, t: datetime, seed: int) -> Floats:
    """Return the volume so far by runner, (m, 5): it comes late, and on the favourites."""
    popularity = np.array([float(stream(seed, "exchange", int(key)).normal()) for key in keys])
    whole = TURNOVER_EUR * np.exp(TURNOVER_SPREAD * popularity)
    left = np.maximum(kickoffs - microseconds(t), 0)
    so_far = whole / (1.0 + left / HALF_TRADED) ** 2
    share = np.hstack([fair[:, :3], TOTALS_SHARE * fair[:, 3:]])
    return np.round(so_far[:, None] * share, 2)


def _books(fair: Floats, traded: Floats, left: Ints, rng: np.random.Generator) -> Books:
    prices = ladder()
    best = np.clip(np.searchsorted(prices, 1.0 / fair, side="right") - 1, LEVELS, len(prices) - LEVELS - 2)
    # Thin books far from the kick-off leave a tick more between the two sides.
    gap = 1 + (left > 24 * HOUR)[:, None].astype(np.int64)
    levels = np.arange(LEVELS)
    back = prices[best[:, :, None] - levels]
    lay = prices[np.minimum((best + gap)[:, :, None] + levels, len(prices) - 1)]
    depth = (5.0 + SIZE_SHARE * traded)[:, :, None] * np.array([1.0, 1.6, 2.4])
    sizes = [np.round(depth * rng.lognormal(0.0, 0.6, depth.shape), 2) for _ in range(2)]
    return Books(back, lay, *sizes)


def _table(board: Board, books: Books, traded: Floats, quoted_at: Ints) -> pl.DataFrame:
    count, runners = len(board.keys), len(RUNNERS)
    lists = {
        "back_prices": books.back,
        "back_sizes": books.back_sizes,
        "lay_prices": books.lay,
        "lay_sizes": books.lay_sizes,
    }
    columns = {
        name: pl.Series(table.reshape(-1, LEVELS), dtype=pl.Array(pl.Float64, LEVELS)) for name, table in lists.items()
    }
    rows = pl.DataFrame(
        {
            "match_key": np.repeat(board.keys, runners),
            "market": [market for market, _ in RUNNERS] * count,
            "selection": [selection for _, selection in RUNNERS] * count,
            "line": pl.Series([2.5 if market == "totals" else None for market, _ in RUNNERS] * count, dtype=pl.Float64),
            **columns,
            "last_price": books.back[:, :, 0].ravel(),
            "traded_volume": traded.ravel(),
            "quoted_at_utc": np.repeat(quoted_at, runners),
            "is_quoted": np.repeat(board.is_quoted[EXCHANGE], runners),
        }
    )
    listed = rows.with_columns(pl.col(*lists).arr.to_list(), pl.col("quoted_at_utc").cast(UTC_TIME))
    return listed.filter("is_quoted").drop("is_quoted")
