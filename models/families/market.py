"""The market itself as a forecaster: the sharpest quote of each match without its margin."""

from __future__ import annotations

import numpy as np
import polars as pl

from core.market.devig import Method, devig
from models.belief import Belief

BENCHMARKS = ("pinnacle", "betfair_exchange")
"""Books that price a match's benchmark, the first that quotes it; else the vendor's average over books."""
_QUOTE = ("match_id", "bookmaker")
_PRICES = ("home_odds_dec", "draw_odds_dec", "away_odds_dec")


def benchmark(matches: pl.DataFrame, prices: pl.DataFrame, method: Method = "power") -> tuple[Belief, pl.Series]:
    """The sharpest quote of each match and who gave it: Pinnacle, else Betfair Exchange, else the average.

    `matches`: match_id. `prices`: rows of gold fct_match_prices, one row a book and match. Returns the belief in the
    order of `matches`, and the name of the benchmark per match (null, and a belief of NaN, where there is none).
    """
    names = pl.Series("benchmark", [None] * len(matches), dtype=pl.String)
    chosen = np.full((len(matches), 3), np.nan)
    for book in (*BENCHMARKS, "market_average"):
        belief = _devigged(matches, prices.filter(pl.col("bookmaker") == book), method)
        open_rows = np.isnan(chosen).any(axis=1) & belief.present
        chosen[open_rows] = belief.probabilities[open_rows]
        names = pl.select(
            pl.when(pl.Series(open_rows)).then(pl.lit(book)).otherwise(names).alias("benchmark")
        ).to_series()
    return Belief(chosen), names


def closing(prices: pl.DataFrame) -> pl.DataFrame:
    """Each book's closing price of a match as first told, so that a late correction never reaches back."""
    return _first_of_kind(prices, "closing")


def opening(prices: pl.DataFrame) -> pl.DataFrame:
    """Each book's opening price of a match as first told."""
    return _first_of_kind(prices, "opening")


def last_price(matches: pl.DataFrame, prices: pl.DataFrame, method: Method = "power") -> Belief:
    """The benchmark close of each match, first as told; else the benchmark of the last prices before it.

    `matches`: match_id. `prices`: rows of gold fct_match_prices. NaN where there is neither.
    """
    before_it = prices.filter(pl.col("quote_kind") != "closing").sort("known_at_utc", "quote_kind")
    close, _ = benchmark(matches, closing(prices), method)
    before, _ = benchmark(matches, before_it.unique(_QUOTE, keep="last", maintain_order=True), method)
    return Belief(np.where(close.present[:, None], close.probabilities, before.probabilities))


def _first_of_kind(prices: pl.DataFrame, kind: str) -> pl.DataFrame:
    rows = prices.filter(pl.col("quote_kind") == kind).sort("known_at_utc")
    return rows.unique(_QUOTE, keep="first", maintain_order=True)


def _devigged(matches: pl.DataFrame, prices: pl.DataFrame, method: Method) -> Belief:
    """One book's fair probabilities in the order of `matches`; NaN where it has no whole set of prices."""
    found = matches.select("match_id").join(prices, on="match_id", how="left", maintain_order="left")
    return Belief.of(devig(found.select(pl.col(_PRICES).fill_null(float("nan"))).to_numpy(), method))
