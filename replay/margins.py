"""Which devig method the seasons before a backtest would choose, beside the one that is used."""

from __future__ import annotations

import math
from datetime import datetime

import polars as pl

from models.dataset import Dataset
from models.families.market import BENCHMARKS, closing
from models.margins import DEFAULT, MethodScore, choose_method
from models.members import Mask

BOOK = BENCHMARKS[0]
_PRICES = ("home_odds_dec", "draw_odds_dec", "away_odds_dec")


def devig_choice(data: Dataset, tested: Mask, prices: pl.DataFrame) -> dict[str, object]:
    """The method that fits the first benchmark's closing prices best, if it beats the used one beyond chance.

    `data`: every decision of the lake. `tested`: those of the backtest. `prices`: gold fct_match_prices. `chosen` is
    None where no earlier season has such prices; the interval within a single season is a pair of None.
    """
    books = earlier_closes(data, tested, prices)
    if books.is_empty():
        return {"used": DEFAULT, "chosen": None, "n": 0, "scores": {}}
    outcome, year = (books[name].cast(pl.Int64).to_numpy() for name in ("outcome", "year"))
    found = choose_method(books.select(_PRICES).to_numpy(), outcome, year)
    scores = {method: _plain(score) for method, score in found.scores.items()}
    return {"used": DEFAULT, "chosen": found.method, "n": found.n, "scores": scores}


def earlier_closes(data: Dataset, tested: Mask, prices: pl.DataFrame) -> pl.DataFrame:
    """Matches of the seasons before the first tested one, as known at the first tested decision.

    Columns: match_id, `outcome`, `year` in which the season began, and the three closing prices as first told.
    """
    asked = data.rows.filter(pl.Series(tested))
    start, year = asked["as_of_utc"].min(), asked["year"].min()
    if not isinstance(start, datetime):
        return pl.DataFrame(schema=["match_id", "outcome", "year", *_PRICES])
    known = prices.filter((pl.col("bookmaker") == BOOK) & (pl.col("known_at_utc") <= start))
    labelled = data.labelled(start).rows.filter(pl.col("year") < year).select("match_id", "outcome", "year")
    return labelled.join(closing(known).select("match_id", *_PRICES), on="match_id", maintain_order="left")


def _plain(score: MethodScore) -> dict[str, object]:
    """JSON knows no NaN."""
    ends = [end if math.isfinite(end) else None for end in score.minus_default.ci95]
    return {"log_loss": score.log_loss, "minus_default": score.minus_default.mean, "ci95": ends}
