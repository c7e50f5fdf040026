"""Every book's prices of the quoted markets, as one decision or a walk over many of them sees them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from core.market.sports import SPORTS, Sport
from lake.storage import Lake
from optimizer.prices.offers import book_terms, offers

TABLES = ("fct_match_prices", "fct_total_prices", "fct_handicap_prices")


@dataclass(frozen=True)
class Quotes:
    """Gold fct_match_prices, fct_total_prices and fct_handicap_prices of one sport, or rows of them."""

    sport: Sport
    match: pl.DataFrame
    total: pl.DataFrame
    handicap: pl.DataFrame

    @classmethod
    def of(cls, lake: Lake, sport: str) -> Quotes:
        """Read the tables of a sport."""
        return cls(SPORTS[sport], *(lake.table(f"gold.{sport}.{name}").read() for name in TABLES))

    @property
    def frames(self) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
        """The three tables in order."""
        return self.match, self.total, self.handicap

    @property
    def by_market(self) -> dict[str, pl.DataFrame]:
        """The three tables by the market that each quotes."""
        return dict(zip(self.sport.quoted, self.frames, strict=True))

    def of_matches(self, match_ids: pl.Series) -> Quotes:
        """The prices of some matches."""
        wanted = pl.col("match_id").is_in(match_ids.implode())
        return Quotes(self.sport, *(frame.filter(wanted) for frame in self.frames))

    def offers(self, as_of: datetime) -> pl.DataFrame:
        """What each book would have paid at a moment (optimizer/prices/offers.py)."""
        return offers(self.by_market, book_terms(), as_of)

    def by_moment(self, decisions: pl.DataFrame) -> dict[datetime, Quotes]:
        """What was known at each decision of its own matches. `decisions`: match_id, as_of_utc."""
        parts = [_known(frame, decisions) for frame in self.frames]
        moments = sorted(set().union(*parts))
        nothing = [frame.clear() for frame in self.frames]
        return {
            moment: Quotes(self.sport, *(part.get(moment, empty) for part, empty in zip(parts, nothing, strict=True)))
            for moment in moments
        }


def _known(prices: pl.DataFrame, decisions: pl.DataFrame) -> dict[datetime, pl.DataFrame]:
    joined = prices.join(decisions.select("match_id", pl.col("as_of_utc").alias("decided_at_utc")), on="match_id")
    known = joined.filter(pl.col("known_at_utc") <= pl.col("decided_at_utc"))
    parts = known.partition_by("decided_at_utc", as_dict=True, include_key=False)
    return {moment: rows for (moment,), rows in parts.items() if isinstance(moment, datetime)}
