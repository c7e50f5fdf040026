"""Value bets: the best named price of every fair selection, and what it is worth.

Whether an offer may be taken is for the rules of `optimizer.controls` to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import polars as pl

from core.frames import with_nulls
from core.settings import Staking
from optimizer.prices.guards import with_consensus
from optimizer.prices.offers import SELECTION

ACCEPTED = "accepted"
_NOTHING = pl.lit(0.0)


def value_bets(
    fair: pl.DataFrame,
    offers: pl.DataFrame,
    staking: Staking,
    as_of: datetime,
    sharpness: Mapping[str, float] | None = None,
) -> pl.DataFrame:
    """The best executable offer of every fair selection and its edge, best edge first; no verdict yet.

    `fair`: gold fair_odds of one moment, with `player_id` where selections are of players, and perhaps further columns,
    which stay. `offers`: of `offers.offers` at that
    moment. Only books that the policy names are executable; maxima and averages are nobody's price. A fresh price comes
    before any stale one, then the higher net of commission, then the first name. `edge` is the expected profit per unit
    staked; `second_odds_dec` the net price of the next best book (null without one), `books_count` how many executable
    books quote the selection.
    `sharpness`: weights of books in the consensus.
    """
    known = offers.filter(pl.col("price_known_at_utc") <= as_of)
    age = (pl.lit(as_of) - pl.col("price_known_at_utc")).dt.total_seconds() / 60
    executable = (
        with_consensus(known, sharpness)
        .filter(~pl.col("is_aggregate") & pl.col("bookmaker").is_in(staking.bookmakers))
        .with_columns(age.alias("price_age_minutes"))
    )
    best = _best(executable, staking)
    return (
        with_nulls(fair, {"player_id": pl.String, "player_name": pl.String})
        .join(best, on=SELECTION, how="inner", nulls_equal=True)
        .with_columns(_edge().alias("edge"))
        .sort("edge", *SELECTION, descending=[True, *[False] * len(SELECTION)])
    )


def minimum_price(
    prob: pl.Expr, staking: Staking, push_share: pl.Expr = _NOTHING, commission_share: pl.Expr = _NOTHING
) -> pl.Expr:
    """The lowest displayed price at which a selection is still worth taking under the policy's minimum edge.

    `prob` and `push_share`: shares of a stake expected to be won and to come back.
    """
    net = (1 - prob - push_share + staking.minimum_edge) / prob
    return 1 + net / (1 - commission_share)


def _best(executable: pl.DataFrame, staking: Staking) -> pl.DataFrame:
    ranked = executable.sort(_is_stale(staking), "net_odds_dec", "bookmaker", descending=[False, True, False])
    return (
        ranked.with_columns(
            pl.len().over(SELECTION).cast(pl.Int64).alias("books_count"),
            pl.col("net_odds_dec").shift(-1).over(SELECTION).alias("second_odds_dec"),
        )
        .unique(SELECTION, keep="first", maintain_order=True)
        .drop("is_aggregate", "book_prob")
    )


def _edge() -> pl.Expr:
    """What is expected back, less the stake: `prob * (net - 1) - (1 - prob - push_share)`."""
    return pl.col("prob") * pl.col("net_odds_dec") + pl.col("push_share").fill_null(0.0) - 1


def _is_stale(staking: Staking) -> pl.Expr:
    return pl.col("price_age_minutes") > staking.maximum_price_age_minutes
