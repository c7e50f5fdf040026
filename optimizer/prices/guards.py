"""Guards: prices that look good because they are old, because the market turned, or because the book made a mistake.

What a price must be worth belongs in `edges`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from optimizer.prices.offers import SELECTION


@dataclass(frozen=True)
class Guards:
    """How far a price may lie from others before it is not trusted; shares of the decimal price.

    `maximum_rise_share`: how far the book may have lengthened its price since its quote before: the market turned
    against the selection, perhaps for news that the belief does not know. `maximum_outlier_share`: how far the price
    may exceed the fair price by the consensus of the other books, when at least `minimum_books` of them quote: beyond
    it a palpable error is likely, which the book's rules allow it to void. Raises ValueError for a negative share.
    """

    maximum_rise_share: float = 0.15
    maximum_outlier_share: float = 0.30
    minimum_books: int = 3

    def __post_init__(self) -> None:
        if min(self.maximum_rise_share, self.maximum_outlier_share) < 0 or self.minimum_books < 1:
            raise ValueError("Guards are shares of 0 or more, and ask for at least one other book.")

    def rules(self) -> list[tuple[str, pl.Expr]]:
        """Each guard's name and when it refuses; a price that cannot be compared is not refused."""
        rise = (pl.col("price_odds_dec") / pl.col("previous_price_odds_dec") - 1).cast(pl.Float64).fill_nan(None)
        excess = (pl.col("price_odds_dec") * pl.col("consensus_prob") - 1).cast(pl.Float64).fill_nan(None)
        return [
            ("price_lengthened", rise > self.maximum_rise_share),
            ("outlier_price", (excess > self.maximum_outlier_share) & (pl.col("others_count") >= self.minimum_books)),
        ]


def with_consensus(offers: pl.DataFrame, sharpness: Mapping[str, float] | None = None) -> pl.DataFrame:
    """Offers with `consensus_prob`, what the other named books say, and `others_count`, how many of them.

    Each book's probability without its margin is weighted by its `sharpness` (equal without it; a book that is not in
    it weighs nothing), as in `core.market.consensus`. Null where no other book of any weight quotes the selection.
    """
    weights = pl.lit(1.0) if sharpness is None else _weight(sharpness)
    said = ~pl.col("is_aggregate") & pl.col("book_prob").is_not_null()
    weighed = offers.with_columns(pl.when(said).then(weights).otherwise(0.0).alias("weight"))
    part = pl.col("weight") * pl.col("book_prob").fill_null(0.0)
    others = pl.col("weight").sum().over(SELECTION) - pl.col("weight")
    mean = (part.sum().over(SELECTION) - part) / others
    counted = pl.col("weight") > 0
    return (
        weighed.with_columns(
            (counted.sum().over(SELECTION) - counted).cast(pl.Int64).alias("others_count"), mean.alias("consensus_prob")
        )
        .with_columns(pl.when(pl.col("others_count") > 0).then("consensus_prob"))
        .drop("weight")
    )


def _weight(sharpness: Mapping[str, float]) -> pl.Expr:
    return pl.col("bookmaker").replace_strict(dict(sharpness), default=0.0, return_dtype=pl.Float64)
