"""Offers: what each book would pay at one moment, market by market in one frame, net of what it keeps of a win.

Whether an offer is worth taking belongs in `edges`, whether its price can be trusted in `guards`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import polars as pl
import yaml
from pydantic import BaseModel, ConfigDict, Field

from core.frames import with_nulls
from core.market.devig import devig
from core.market.player_markets import selections_of

BOOK_TERMS = Path(__file__).with_name("book_terms.yaml")
SELECTION = ("match_id", "player_id", "market", "selection", "line")
"""What makes two books' prices prices of the same thing; player and line are null where the market has none."""


class Terms(BaseModel):
    """What a book keeps of a win and how much it takes; limits in major units of the bankroll's currency."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    commission_share: float = Field(default=0.0, ge=0, lt=1)
    stake_limit: float | None = Field(default=None, gt=0)
    liquidity: float | None = Field(default=None, gt=0)
    source: str


def book_terms(path: Path = BOOK_TERMS) -> dict[str, Terms]:
    """Terms by bookmaker, for those whose terms are more than their price.

    Raises pydantic's ValidationError for a term that is out of range or not known.
    """
    found = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    return {bookmaker: Terms.model_validate(terms) for bookmaker, terms in found.items()}


def commissions(books: Mapping[str, Terms]) -> dict[str, float]:
    """What each book keeps of a win, for those that keep anything."""
    return {name: terms.commission_share for name, terms in books.items() if terms.commission_share > 0.0}


def offers(prices: Mapping[str, pl.DataFrame], books: Mapping[str, Terms], as_of: datetime) -> pl.DataFrame:
    """One row per match, market, selection, line and bookmaker that quoted it at `as_of`.

    `prices`: gold fct_match_prices, fct_total_prices and fct_handicap_prices of one sport by the market they quote, and
    prices of that shape of its player markets, with `player_id`;
    what became known later does not exist, a line without a price is no offer, and nor is one of which only the date
    is known (`known_at_basis` date_only, where a table has it). A book's latest quote of a market counts, with all
    lines of it: a line that it left is no offer any more.
    Columns: those of `SELECTION`, bookmaker, is_aggregate, price_known_at_utc, `price_odds_dec` as displayed,
    `net_odds_dec` after commission on the winnings, `book_prob` without the book's own margin (the chance to win if the
    stake does not come back), `previous_price_odds_dec` (the book's quote before, null without), commission_share,
    stake_limit and liquidity (both null where none is known).
    """
    long = pl.concat([_long(_standing(_timed(frame), as_of, market), market) for market, frame in prices.items()])
    terms = pl.DataFrame(
        [(name, term.commission_share, term.stake_limit, term.liquidity) for name, term in books.items()],
        schema={"bookmaker": pl.String, "commission_share": pl.Float64, "stake_limit": pl.Float64,
                "liquidity": pl.Float64}, orient="row",
    )  # fmt: skip
    return (
        long.join(terms, on="bookmaker", how="left", maintain_order="left")
        .with_columns(pl.col("commission_share").fill_null(0.0))
        .with_columns((pl.col("price_odds_dec") - _commission()).alias("net_odds_dec"))
    )


def _commission() -> pl.Expr:
    """What the book keeps of a win, per unit staked."""
    return (pl.col("price_odds_dec") - 1) * pl.col("commission_share")


def _timed(prices: pl.DataFrame) -> pl.DataFrame:
    """Prices with a line, null where the market has none, of which more than the date is known."""
    named = with_player(with_nulls(prices, {"line": pl.Float64}))
    return named.filter(pl.col("known_at_basis") != "date_only") if "known_at_basis" in named.columns else named


def with_player(rows: pl.DataFrame) -> pl.DataFrame:
    """The same rows with a `player_id`, null where they are of whole matches."""
    return with_nulls(rows, {"player_id": pl.String})


def _standing(prices: pl.DataFrame, as_of: datetime, market: str) -> pl.DataFrame:
    """The newest quote of each book with the one before it on the same line, still side by side."""
    quoted = ["match_id", "player_id", "bookmaker"]
    odds = [f"{side}_odds_dec" for side in selections_of(market)]
    known = prices.filter(pl.col("known_at_utc") <= as_of).sort(*quoted, "line", "known_at_utc", "quote_kind")
    before = pl.col(odds).shift(1).over(*quoted, "line").name.prefix("previous_")
    return (
        known.with_columns(before)
        .filter(pl.col("known_at_utc") == pl.col("known_at_utc").max().over(quoted))
        .unique([*quoted, "line"], keep="last", maintain_order=True)
        .drop_nulls(odds)
    )


def _long(prices: pl.DataFrame, market: str) -> pl.DataFrame:
    """One row a selection, each with its share of the book without margin."""
    sides = selections_of(market)
    probs = devig(prices.select(f"{side}_odds_dec" for side in sides).to_numpy())
    return pl.concat(
        prices.select(
            "match_id",
            "player_id",
            pl.lit(market).alias("market"),
            pl.lit(side).alias("selection"),
            "line",
            "bookmaker",
            "is_aggregate",
            pl.col("known_at_utc").alias("price_known_at_utc"),
            pl.col(f"{side}_odds_dec").alias("price_odds_dec"),
            pl.col(f"previous_{side}_odds_dec").alias("previous_price_odds_dec"),
            pl.Series("book_prob", probs[:, place], nan_to_null=True),
        )
        for place, side in enumerate(sides)
    )
