"""The simplest forecasts of a player's count: his last five games, his season, and a weighted mean of all his games.

Each row is foretold from that player's earlier games only; without any there is nothing to average, and NaN.
"""

from __future__ import annotations

import polars as pl

HALF_LIVES = (2.0, 3.0, 5.0, 8.0, 10.0, 12.0, 16.0, 20.0, 30.0)
"""Games, among which the weighted mean's is chosen on the first half of a season."""


def averages(games: pl.DataFrame, column: str) -> pl.DataFrame:
    """`last_five`, `season` and `weighted_h2` ... `weighted_h30` of a column, for each row of `games`.

    `games`: rows of one season with player_id, event_at_utc and the count; one row a player and game that he played.
    """
    order = games.select("player_id", "event_at_utc", column).with_row_index("row").sort("player_id", "event_at_utc")
    past = pl.col(column).cast(pl.Float64)
    return (
        order.with_columns(
            past.rolling_mean(5, min_samples=1).shift(1).over("player_id").alias("last_five"),
            (past.cum_sum() / past.cum_count()).shift(1).over("player_id").alias("season"),
            *(past.ewm_mean(half_life=h).shift(1).over("player_id").alias(weighted(h)) for h in HALF_LIVES),
        )
        .sort("row")
        .select(pl.col("last_five", "season", *map(weighted, HALF_LIVES)).fill_null(float("nan")))
    )


def weighted(half_life: float) -> str:
    """The column of a weighted mean with this half-life in games."""
    return f"weighted_h{half_life:g}"
