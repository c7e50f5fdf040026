"""Every book's prices of the quoted markets, as one decision or a walk over many of them sees them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import polars as pl

from core.market.sports import SPORTS, Sport
from lake.storage import Lake
from optimizer.prices.offers import book_terms, offers
from replay.props import bets


@dataclass(frozen=True)
class Quotes:
    """Prices of one sport by the market that is quoted: the gold tables of `Sport.price_tables`, or rows of them."""

    sport: Sport
    by_market: Mapping[str, pl.DataFrame]

    @classmethod
    def of(cls, lake: Lake, sport: str) -> Quotes:
        """Read the tables of a sport."""
        tables = SPORTS[sport].price_tables
        return cls(
            SPORTS[sport], {market: lake.table(f"gold.{sport}.{name}").read() for market, name in tables.items()}
        )

    def with_players(self, lake: Lake, match_ids: pl.Series, as_of: datetime) -> Quotes:
        """The same prices and, in a sport that has player markets, those on the players of some matches."""
        return replace(self, by_market={**self.by_market, **bets.prices(lake, self.sport.name, match_ids, as_of)})

    def of_matches(self, match_ids: pl.Series) -> Quotes:
        """The prices of some matches."""
        wanted = pl.col("match_id").is_in(match_ids.implode())
        return replace(self, by_market={market: rows.filter(wanted) for market, rows in self.by_market.items()})

    def offers(self, as_of: datetime) -> pl.DataFrame:
        """What each book would have paid at a moment (optimizer/prices/offers.py)."""
        return offers(self.by_market, book_terms(), as_of)

    def by_moment(self, decisions: pl.DataFrame) -> dict[datetime, Quotes]:
        """What was known at each decision of its own matches. `decisions`: match_id, as_of_utc."""
        parts = {market: _known(rows, decisions) for market, rows in self.by_market.items()}
        nothing = {market: rows.clear() for market, rows in self.by_market.items()}
        return {
            moment: replace(self, by_market={name: part.get(moment, nothing[name]) for name, part in parts.items()})
            for moment in sorted(set().union(*parts.values()))
        }


def _known(prices: pl.DataFrame, decisions: pl.DataFrame) -> dict[datetime, pl.DataFrame]:
    joined = prices.join(decisions.select("match_id", pl.col("as_of_utc").alias("decided_at_utc")), on="match_id")
    known = joined.filter(pl.col("known_at_utc") <= pl.col("decided_at_utc"))
    parts = known.partition_by("decided_at_utc", as_dict=True, include_key=False)
    return {moment: rows for (moment,), rows in parts.items() if isinstance(moment, datetime)}
