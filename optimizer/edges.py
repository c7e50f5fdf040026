"""Value bets: where a named book's price beats our fair price, and why each candidate was taken or refused."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from core.settings import Staking

ACCEPTED = "accepted"
SELECTIONS = ("home", "draw", "away")


def quotes_long(prices: pl.DataFrame) -> pl.DataFrame:
    """Prices side by side (gold fct_match_prices) as one row a selection: match_id, bookmaker, market, selection, …."""
    return prices.unpivot(
        [f"{selection}_odds_dec" for selection in SELECTIONS],
        index=["match_id", "bookmaker", "is_aggregate", "known_at_utc"],
        variable_name="selection",
        value_name="price_odds_dec",
    ).with_columns(pl.col("selection").str.strip_suffix("_odds_dec"), pl.lit("1x2").alias("market"))


def value_bets(fair: pl.DataFrame, prices: pl.DataFrame, staking: Staking, as_of: datetime) -> pl.DataFrame:
    """The best executable price of every fair selection, its edge, and the verdict.

    `fair`: gold fair_odds of one moment (match_id, market, selection, line, prob, …). `prices`: each book's latest
    price known then. Only books that the policy names are executable; maxima and averages are nobody's price. A fresh
    price comes before any stale one. `verdict` is `accepted` or the first rule that refused.
    """
    executable = quotes_long(prices).filter(
        ~pl.col("is_aggregate") & pl.col("bookmaker").is_in(staking.bookmakers) & (pl.col("known_at_utc") <= as_of)
    )
    age = (pl.lit(as_of) - pl.col("known_at_utc")).dt.total_seconds() / 60
    aged = executable.with_columns(age.alias("price_age_minutes"))
    ranked = aged.sort(_is_stale(staking), "price_odds_dec", "bookmaker", descending=[False, True, False])
    best = ranked.unique(["match_id", "market", "selection"], keep="first", maintain_order=True)
    edge = pl.col("prob") * pl.col("price_odds_dec") - 1
    return (
        fair.join(best.drop("is_aggregate"), on=["match_id", "market", "selection"], how="inner")
        .rename({"known_at_utc": "price_known_at_utc"})
        .with_columns(edge.alias("edge"))
        .with_columns(_verdict(staking).alias("verdict"))
        .sort("edge", "match_id", "selection", descending=[True, False, False])
    )


def minimum_price(prob: pl.Expr, staking: Staking) -> pl.Expr:
    """The lowest price at which a selection is still worth taking under the policy's minimum edge."""
    return (1 + staking.minimum_edge) / prob


def _verdict(staking: Staking) -> pl.Expr:
    rules = [
        ("below_minimum_edge", pl.col("edge") < staking.minimum_edge),
        ("above_maximum_price", pl.col("price_odds_dec") > staking.maximum_price_odds_dec),
        ("stale_price", _is_stale(staking)),
    ]
    return pl.coalesce(*(pl.when(broken).then(pl.lit(name)) for name, broken in rules), pl.lit(ACCEPTED))


def _is_stale(staking: Staking) -> pl.Expr:
    return pl.col("price_age_minutes") > staking.maximum_price_age_minutes
