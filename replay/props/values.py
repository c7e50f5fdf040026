"""Books' standing prices of player props beside our own chances at exactly their lines."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import polars as pl

from core.market.devig import devig
from models.props import pricing
from models.props.board import MARKETS, RAREST
from models.props.night import Night
from models.props.words import DOUBLE_DOUBLE

OLDEST = timedelta(hours=24)
"""Age from which a price that was seen is no price of the moment any more."""
_QUOTED = ["match_id", "player_id", "market", "bookmaker"]
_IS_MORE = pl.col("selection").is_in(["over", "yes"])
_ASKED_LINE = pl.when(pl.col("market") == DOUBLE_DOUBLE).then(0.5).otherwise(pl.col("line"))


def standing(quotes: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """Each book's newest prices of each player and market that were seen within `OLDEST` before a moment.

    `quotes`: rows of silver prop_quotes. A line that a book left is no price any more, and a price of which only the
    date is known never was one. `market` loses its `player_`; `market_prob` is the chance to win without the book's
    margin, taken out in proportion, if the stake does not come back: null where one side of the line is missing.
    """
    seen = (pl.col("known_at_basis") == "observed") & pl.col("known_at_utc").is_between(as_of - OLDEST, as_of)
    newest = quotes.filter(seen).filter(pl.col("known_at_utc") == pl.col("known_at_utc").max().over(_QUOTED))
    one = newest.sort("source", "price_odds_dec").unique([*_QUOTED, "selection", "line"], keep="last")
    return without_margin(one.with_columns(pl.col("market").str.strip_prefix("player_")))


def values(night: Night, quotes: pl.DataFrame) -> pl.DataFrame:
    """What each standing price (`standing`) of a night's players is worth, by the night's own scenarios.

    Adds `prob` and `push_prob` (given that he plays; half a count can never push), fair_odds_dec = 1 + lose / win and
    edge = prob * (price - 1) - (1 - prob - push_prob). Left out are players who are not in the night, markets that are
    not priced, and lines of which one side wins less than once in a hundred nights.
    """
    mine = quotes.filter(pl.col("match_id").is_in(night.rows["match_id"].unique().implode()))
    parts = [_priced(night, market, mine.filter(pl.col("market") == market)) for market in MARKETS]
    found = pl.concat(parts).filter(pl.min_horizontal("prob", "lose_prob") >= RAREST)
    profit = pl.col("prob") * (pl.col("price_odds_dec") - 1.0)
    return found.with_columns(
        (1.0 + pl.col("lose_prob") / pl.col("prob")).alias("fair_odds_dec"),
        (profit - pl.col("lose_prob")).alias("edge"),
    )


def mean_prob(prob: str) -> pl.Expr:
    """The mean of probabilities as log-odds."""
    return probability(log_odds(prob).mean())


def log_odds(prob: str) -> pl.Expr:
    """Of a column of probabilities."""
    return (pl.col(prob) / (1.0 - pl.col(prob))).log()


def probability(odds: pl.Expr) -> pl.Expr:
    """Of log-odds."""
    return 1.0 / (1.0 + (-odds).exp())


def _priced(night: Night, market: str, quotes: pl.DataFrame) -> pl.DataFrame:
    asked = pricing.lines(night, market, quotes.with_columns(_ASKED_LINE.alias("line")))
    more, less = pl.col("over_prob"), pl.col("under_prob")
    return asked.with_columns(
        quotes["line"], pl.when(_IS_MORE).then(more).otherwise(less).alias("prob"),
        pl.when(_IS_MORE).then(less).otherwise(more).alias("lose_prob"),
    )  # fmt: skip


def without_margin(quotes: pl.DataFrame) -> pl.DataFrame:
    """Adds `market_prob`: what each book says of a side of a line, its margin taken out in proportion; null without the
    other side.

    One price a match_id, player_id, market, bookmaker, line and selection.
    """
    line, price = [*_QUOTED, "line"], pl.col("price_odds_dec")
    both = quotes.select(
        price.filter(_IS_MORE).first().over(line).alias("more"),
        price.filter(~_IS_MORE).first().over(line).alias("less"),
    )
    fair = devig(both.fill_null(np.nan).to_numpy(), "multiplicative") if len(both) else np.empty((0, 2))
    more, less = (pl.Series(fair[:, side], dtype=pl.Float64).fill_nan(None) for side in (0, 1))
    return quotes.with_columns(pl.when(_IS_MORE).then(more).otherwise(less).alias("market_prob"))
