"""From best offers to prices of matches: what silver knows of a market's number gives an offer its meaning."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from core.market.odds import MAX_ODDS_DEC
from lake.keys import with_selection_key
from sources.placing import refuse, unjudged
from sources.rows import accepted_of, refused_of

BOOKMAKER = "betfair_exchange"
CLOCK_SKEW = timedelta(minutes=10)
STALE = timedelta(hours=1)
_KEY = ["market_id", "selection_id", "handicap"]
_SHOWN = ("market_id", "selection_id", "handicap", "back", "back_size", "lay", "lay_size", "published_at")
_SILVER = (
    "match_id", "competition_id", "season_code", "event_at_utc", "known_at_utc", "known_at_basis", "selection_key",
    "market", "selection", "line", "bookmaker", "is_aggregate", "quote_kind", "price_odds_dec", "quoted_at_utc",
    "lay_odds_dec", "liquidity", "traded_volume",
)  # fmt: skip


def quotes(offers: pl.DataFrame, markets: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows of silver odds_quotes, and refused ones.

    `offers`: the columns of `reading.OFFER`. `markets`: silver exchange_markets, the newest row of each runner. Only
    offers to back an active runner of a known market that is open and not in play are candidates.
    """
    meaning = ("match_id", "competition_id", "season_code", "event_at_utc", "market", "selection", "line")
    known = markets.select(*_KEY, *meaning).unique(_KEY, keep="last")
    open_ = (pl.col("status") == "OPEN") & ~pl.col("in_play").fill_null(False)
    active = pl.col("runner_status").fill_null("ACTIVE") == "ACTIVE"
    own = offers.filter(open_ & active & pl.col("back").is_not_null())
    found = unjudged(own.join(known, on=_KEY, how="inner", maintain_order="left")).with_columns(
        pl.col("back").alias("price_odds_dec"),
        pl.col("lay").alias("lay_odds_dec"),
        pl.col("back_size").alias("liquidity"),
        pl.col("market_matched").alias("traded_volume"),
        pl.col("published_at").alias("quoted_at_utc"),
        pl.col("received_at").alias("known_at_utc"),
        pl.lit("observed").alias("known_at_basis"),
        pl.lit(BOOKMAKER).alias("bookmaker"),
        pl.lit(False).alias("is_aggregate"),
        pl.lit("observed").alias("quote_kind"),
    )
    judged = refuse(found, _faults())
    return with_selection_key(accepted_of(judged)).select(_SILVER), refused_of(judged, _SHOWN)


def _faults() -> list[tuple[str, pl.Expr, pl.Expr]]:
    back, lay, said, known = (pl.col(name) for name in ("back", "lay", "published_at", "known_at_utc"))
    off = (back <= 1) | (back > MAX_ODDS_DEC) | (lay <= 1) | (lay > MAX_ODDS_DEC)
    shown = pl.format("{} to back and {} to lay: one is no price.", back, lay.cast(pl.String).fill_null("nothing"))
    began = pl.format("The match was to begin {}: the price is not of before it.", "event_at_utc")
    return [
        ("clock_skew", said > known + CLOCK_SKEW, pl.format("Published {}, which was still to come.", said)),
        ("stale_price", said < known - STALE, pl.format("Published {}, over an hour before.", said)),
        ("impossible_price", off, shown),
        ("crossed_prices", lay < back, pl.format("{} to lay is below {} to back.", lay, back)),
        ("in_play", pl.col("event_at_utc") <= known, began),
    ]
