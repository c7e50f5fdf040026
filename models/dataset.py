"""The frame that models learn from: decisions, what was known at each, and what happened."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.belief import Belief
from models.families import market, totals
from models.families.memory import log_ratios
from models.recipe import Recipe
from models.signals import OVER, signals

IDENTITY = (
    "match_id", "competition_id", "season_code", "as_of_utc", "event_at_utc", "home_team_id", "away_team_id",
)  # fmt: skip
_NOT_FEATURES = {*IDENTITY, "is_upcoming", "outcome", "over", "year", "books_count"}
_PRICED = (
    "market_supremacy", "market_draw", "market_supremacy_gap", "market_draw_gap", "market_total_gap", "hours_ahead",
)  # fmt: skip
_SEASON_STARTS_IN_MONTH = 7


@dataclass(frozen=True)
class Dataset:
    """Decisions in order of time.

    `rows`: identity, features, `outcome` (0 home, 1 draw, 2 away; null while unknown) and `year` in which its season
    began. `signals`: (n, k) ratings and filters (models/signals.py). `market`: belief from the sharpest price at the
    decision. `close`: the benchmark close, which learners may be fitted to and which no forecast may look at.
    `results`: match_id, known_at_utc, outcome, over (0 for over 2.5 goals, 1 for under), in the order in which they
    became known; corrections are further rows. `over_market`, `over_close`: the same beliefs about over and under 2.5.
    """

    rows: pl.DataFrame
    signals: pl.DataFrame
    market: Belief
    close: Belief
    results: pl.DataFrame
    over_market: Belief
    over_close: Belief

    @cached_property
    def features(self) -> pl.DataFrame:
        """What the learners see: numbers known at the decision, and no price of the match itself."""
        names = [name for name in self.rows.columns if name not in _NOT_FEATURES and not name.endswith("_odds_dec")]
        return self.rows.select(
            name for name in names if self.rows.schema[name].is_numeric() and name != "mean_overround"
        ).hstack(self.signals)

    @cached_property
    def priced_features(self) -> pl.DataFrame:
        """`features`, and what the price at the decision says beyond them; NaN without a price."""
        ratios = log_ratios(self.market)
        foretold = self.signals.select("memory_supremacy", "memory_draw").to_numpy()
        priced = np.column_stack([ratios, ratios - foretold, self._total_gap, self._hours_ahead])
        return self.features.hstack(pl.DataFrame(priced, schema=_PRICED))

    @property
    def _total_gap(self) -> NDArray[np.float64]:
        """Expected goals by the price of over 2.5, less those of the memory of totals."""
        gap: NDArray[np.float64] = totals.expected_total(self.over_market.probabilities[:, 0])
        return gap - self.signal("total_memory_goals")

    @property
    def _hours_ahead(self) -> NDArray[np.float64]:
        ahead = self.rows["event_at_utc"] - self.rows["as_of_utc"]
        return ahead.dt.total_minutes().to_numpy() / 60

    @property
    def outcome(self) -> NDArray[np.int64]:
        """(n,) of 0, 1, 2; -1 while unknown."""
        return self.rows["outcome"].fill_null(-1).to_numpy().astype(np.int64)

    @property
    def years(self) -> NDArray[np.int64]:
        """(n,) year in which the season began."""
        return self.rows["year"].to_numpy().astype(np.int64)

    @property
    def match_days(self) -> NDArray[np.int64]:
        """(n,) UTC day of kick-off, numbered from 1970: what is resampled as a block."""
        return self.rows["event_at_utc"].dt.date().to_physical().to_numpy().astype(np.int64)

    def signal(self, name: str) -> NDArray[np.float64]:
        """(n,) of one signal."""
        return self.signals[name].to_numpy()

    def where(self, mask: NDArray[np.bool_]) -> Dataset:
        """The decisions for which `mask` is true."""
        kept = pl.Series(mask)
        beliefs = (self.market, self.close, self.over_market, self.over_close)
        market, close, over_market, over_close = (Belief(belief.probabilities[mask]) for belief in beliefs)
        rows, signals = self.rows.filter(kept), self.signals.filter(kept)
        return Dataset(rows, signals, market, close, self.results, over_market, over_close)

    def labelled(self, cutoff: datetime) -> Dataset:
        """The decisions whose results were known at `cutoff`, with the outcomes as known then."""
        known = self.results.filter(pl.col("known_at_utc") <= cutoff).unique("match_id", keep="last")
        labels = known.select("match_id", "outcome", "over")
        rows = self.rows.drop("outcome", "over", strict=False).join(
            labels, on="match_id", how="left", maintain_order="left"
        )
        return replace(self, rows=rows).where(rows["outcome"].is_not_null().to_numpy())


def assemble(
    decisions: pl.DataFrame,
    schedule: pl.DataFrame,
    results: pl.DataFrame,
    prices: pl.DataFrame,
    total_prices: pl.DataFrame,
    statistics: pl.DataFrame,
    recipe: Recipe,
) -> Dataset:
    """Join what was known at each decision; pure, and blind to anything known later than that decision.

    `decisions`: gold spn_decisions with both clubs' form (feature_repo.store). `schedule`: gold feat_match_schedule.
    `results`: gold fct_results. `prices`: gold fct_match_prices. `total_prices`: gold fct_total_prices. `statistics`:
    gold fct_match_statistics.
    """
    over = results.filter(pl.col("state").is_in(OVER)).sort("known_at_utc", "match_id")
    versions = over.select("match_id", "known_at_utc", _outcome().alias("outcome"), _over().alias("over"))
    latest = versions.unique("match_id", keep="last", maintain_order=True).drop("known_at_utc")
    rows = (
        decisions.join(schedule.drop("competition_id", "season_code", "as_of_utc"), on="match_id", how="left")
        .join(latest, on="match_id", how="left")
        .with_columns(_year().alias("year"))
        .drop("home_known_at_utc", "away_known_at_utc", strict=False)
        .sort("as_of_utc", "match_id")
    )
    belief, _ = market.benchmark(rows, prices_at_decision(rows, prices))
    close, _ = market.benchmark(rows, market.closing(_told_before_the_result(prices, versions)))
    quoted = total_prices.filter(pl.col("line") == totals.LINE)
    over_market = totals.belief(rows, prices_at_decision(rows, quoted))
    over_close = totals.belief(rows, market.closing(_told_before_the_result(quoted, versions)))
    known = signals(results, prices, total_prices, statistics, rows, recipe)
    return Dataset(rows, known, belief, close, versions, over_market, over_close)


def prices_at_decision(decisions: pl.DataFrame, prices: pl.DataFrame) -> pl.DataFrame:
    """Each book's latest price known at each decision; closing prices count only where the decision came after them."""
    known = prices.join(decisions.select("match_id", "as_of_utc"), on="match_id").filter(
        pl.col("known_at_utc") <= pl.col("as_of_utc")
    )
    return known.sort("known_at_utc", "quote_kind").unique(["match_id", "bookmaker"], keep="last", maintain_order=True)


def _told_before_the_result(prices: pl.DataFrame, versions: pl.DataFrame) -> pl.DataFrame:
    """Prices that were known when a match's result was: whoever learns from the match later learns from the same."""
    first = versions.group_by("match_id").agg(pl.col("known_at_utc").min().alias("over_at_utc"))
    told = prices.join(first, on="match_id").filter(pl.col("known_at_utc") <= pl.col("over_at_utc"))
    return told.drop("over_at_utc")


def _outcome() -> pl.Expr:
    return 1 - (pl.col("home_goals") - pl.col("away_goals")).sign()


def _over() -> pl.Expr:
    return (pl.col("home_goals") + pl.col("away_goals") < totals.LINE).cast(pl.Int64)


def _year() -> pl.Expr:
    kickoff = pl.col("event_at_utc")
    return kickoff.dt.year() - (kickoff.dt.month() < _SEASON_STARTS_IN_MONTH).cast(pl.Int32)
