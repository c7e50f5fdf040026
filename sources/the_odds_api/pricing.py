"""What every price has, of a match or of a player: its event, decimal form, times, and what can be wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import polars as pl

from core.market.odds import MAX_ODDS_DEC
from lake.conform import DETAIL, REASON
from sources.rows import decimal_odds, first_fault
from sources.the_odds_api.bookmakers import canonical

CLOCK_SKEW = timedelta(minutes=10)
STALE = timedelta(hours=6)
EVENT_FACTS = (
    "event",
    "home_team",
    "away_team",
    "commence_time",
    "competition_id",
    "season_code",
    "match_id",
    "event_at_utc",
)
SHOWN = (
    "home_team", "away_team", "commence_time", "bookmaker_key", "market_key", "last_update", "name", "description",
    "price", "point",
)  # fmt: skip
"""What a refused price shows of itself, in the vendor's words."""

Fault = tuple[str, pl.Expr, pl.Expr]


@dataclass(frozen=True)
class Asked:
    """How the prices of a payload were asked for: `known_at` is the capture, or the snapshot of a historical answer."""

    url: str
    known_at: datetime

    @property
    def is_american(self) -> bool:
        """Whether the address asks for American prices; the vendor's default is decimal."""
        return parse_qs(urlsplit(self.url).query).get("oddsFormat") == ["american"]


def priced(prices: pl.DataFrame, events: pl.DataFrame, asked: Asked) -> pl.DataFrame:
    """Prices with the facts of their events, `price_odds_dec`, `bookmaker`, and the columns of time.

    `events` has `EVENT_FACTS`, `_reason` and `_detail`, the fault of the event that all its prices share.
    """
    facts = events.select(*EVENT_FACTS, pl.col(REASON).alias("_event_reason"), pl.col(DETAIL).alias("_event_detail"))
    price = pl.col("price")
    american = _written_american(prices, asked)
    return (
        prices.rename({"bookmaker": "bookmaker_key", "market": "market_key"})
        .join(facts, on="event", how="left", maintain_order="left")
        .with_columns(
            (decimal_odds(price) if american else price).alias("price_odds_dec"),
            canonical(pl.col("bookmaker_key")).alias("bookmaker"),
            pl.col("last_update").alias("quoted_at_utc"),
            pl.lit(asked.known_at, pl.Datetime("us", "UTC")).alias("known_at_utc"),
            pl.lit("observed").alias("known_at_basis"),
        )
    )


@dataclass(frozen=True)
class Judging:
    """The reason why a row is refused, the event's own fault first, and its sentence; null where nothing is wrong."""

    reason: pl.Expr
    detail: pl.Expr


def judging(faults: list[Fault]) -> Judging:
    """After the event's fault these are looked for, then those that any price can have."""
    known, quoted, start = pl.col("known_at_utc"), pl.col("quoted_at_utc"), pl.col("commence_time")
    price = pl.col("price_odds_dec")
    nobody = pl.col("bookmaker_key").is_null() | pl.col("market_key").is_null()
    common: list[Fault] = [
        ("clock_skew", quoted > known + CLOCK_SKEW, pl.format("Updated {}, which was still to come.", "last_update")),
        ("stale_price", quoted < known - STALE, pl.format("Updated {}, over six hours before.", "last_update")),
        ("in_play", start <= known, pl.format("The match began {}: the price is not of before it.", "commence_time")),
        (
            "impossible_price",
            price.is_null() | (price <= 1) | (price > MAX_ODDS_DEC),
            pl.format("{} is no price that a bet can have.", "price"),
        ),
    ]
    first: list[Fault] = [("missing_field", nobody, pl.lit("The bookmaker or the market has no key."))]
    reason, detail = first_fault([*first, *faults, *common])
    return Judging(
        pl.coalesce("_event_reason", reason).alias(REASON), pl.coalesce("_event_detail", detail).alias(DETAIL)
    )


def judged(rows: pl.DataFrame, by: Judging) -> pl.DataFrame:
    """Add `_reason` and `_detail`; where nothing is wrong with any row, no sentence is made."""
    found = rows.with_columns(by.reason)
    return found.with_columns(by.detail if found[REASON].count() else pl.lit(None, pl.String).alias(DETAIL))


def without_clashes(rows: pl.DataFrame, selection: list[str]) -> pl.DataFrame:
    """Refuse a second, different price of one book on one selection: the one updated last stands, else the first."""
    sound = pl.col(REASON).is_null()
    one = [*selection, "bookmaker"]
    if not rows.filter(sound).select(one).is_duplicated().any():
        return rows
    order = rows.with_columns(pl.col("quoted_at_utc").fill_null(pl.datetime(1970, 1, 1, time_zone="UTC")))
    best = (
        order.filter(sound)
        .sort("quoted_at_utc", "row_number", descending=[True, False])
        .unique(one, keep="first", maintain_order=True)
        .select(*one, pl.col("price_odds_dec").alias("_standing"))
    )
    clash = sound & (pl.col("price_odds_dec") != pl.col("_standing"))
    said = pl.format("{} is {} here and {} elsewhere in the payload.", "bookmaker", "price_odds_dec", "_standing")
    return (
        rows.join(best, on=one, how="left", nulls_equal=True, maintain_order="left")
        .with_columns(
            pl.when(clash).then(pl.lit("two_prices")).otherwise(REASON).alias(REASON),
            pl.when(clash).then(said).otherwise(DETAIL).alias(DETAIL),
        )
        .drop("_standing")
    )


def _written_american(prices: pl.DataFrame, asked: Asked) -> bool:
    """Whether prices are American: as asked for, unless the numbers cannot be.

    No American price lies between -100 and 100 and no decimal one below 0; some copies of this vendor's answers have
    an address that says the one and prices that are the other.
    """
    if prices.is_empty():
        return asked.is_american
    price = pl.col("price")
    between, below = prices.select(
        ((price > 1) & (price < 100)).mean().alias("between"), (price <= -100).mean().alias("below")
    ).row(0)
    return bool(between <= 0.5) if asked.is_american else bool(below > between)
