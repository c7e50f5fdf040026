"""The market itself as a forecaster: named books' prices without their margin."""

from __future__ import annotations

import numpy as np
import polars as pl

from core.market.devig import Method, devig
from models.belief import Belief

BENCHMARKS = ("pinnacle", "betfair_exchange")
"""Books that price a match's benchmark, the first that quotes it; else the mean of the named books."""
_PRICES = ("home_odds_dec", "draw_odds_dec", "away_odds_dec")


def consensus(matches: pl.DataFrame, prices: pl.DataFrame, method: Method = "power") -> Belief:
    """Mean of the named books' devigged probabilities per match, in the order of `matches`; NaN without a book.

    `matches`: match_id. `prices`: rows of gold fct_match_prices, one row a book and match. Averaged in probability
    space, never in odds.
    """
    named = prices.filter(~pl.col("is_aggregate"))
    return _mean_by_match(matches, named, method)


def benchmark(matches: pl.DataFrame, prices: pl.DataFrame, method: Method = "power") -> tuple[Belief, pl.Series]:
    """The sharpest quote of each match and who gave it: Pinnacle, else Betfair Exchange, else the average.

    Returns the belief in the order of `matches`, and the name of the benchmark per match (null where there is none).
    """
    names = pl.Series("benchmark", [None] * len(matches), dtype=pl.String)
    chosen = np.full((len(matches), 3), np.nan)
    for book in (*BENCHMARKS, "market_average"):
        belief = _mean_by_match(matches, prices.filter(pl.col("bookmaker") == book), method)
        open_rows = np.isnan(chosen).any(axis=1) & belief.present
        chosen[open_rows] = belief.probabilities[open_rows]
        names = pl.select(pl.when(pl.Series(open_rows)).then(pl.lit(book)).otherwise(names).alias("benchmark")).to_series()
    return Belief(chosen), names


def _mean_by_match(matches: pl.DataFrame, prices: pl.DataFrame, method: Method) -> Belief:
    fair = devig(prices.select(_PRICES).to_numpy(), method) if len(prices) else np.empty((0, 3))
    frame = prices.select("match_id").with_columns(
        pl.Series(name, fair[:, place]).fill_nan(None) for place, name in enumerate(_PRICES)
    )
    means = frame.sort("match_id", *_PRICES).group_by("match_id", maintain_order=True).agg(pl.col(_PRICES).mean())
    found = matches.select("match_id").join(means, on="match_id", how="left", maintain_order="left")
    return Belief.of(found.select(_PRICES).to_numpy())
