"""The frame that models learn from: decisions, what was known at each, and what happened."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.belief import Belief
from models.families import elo, market

IDENTITY = (
    "match_id", "competition_id", "season_code", "as_of_utc", "event_at_utc", "home_team_id", "away_team_id",
)  # fmt: skip
_NOT_FEATURES = {*IDENTITY, "is_upcoming", "outcome", "year", "books_count"}
_SEASON_STARTS_IN_MONTH = 7


@dataclass(frozen=True)
class Dataset:
    """Decisions in order of time.

    `rows`: identity, features, `outcome` (0 home, 1 draw, 2 away; null while unknown) and `year` in which its season
    began. `elo_difference`: (n,) rating points. `market`: belief from the sharpest price at the decision.
    """

    rows: pl.DataFrame
    elo_difference: NDArray[np.float64]
    market: Belief

    @property
    def features(self) -> pl.DataFrame:
        """What the learners see: numbers known at the decision, and no price of the match itself."""
        names = [name for name in self.rows.columns if name not in _NOT_FEATURES and not name.endswith("_odds_dec")]
        return self.rows.select(
            name for name in names if self.rows.schema[name].is_numeric() and name != "mean_overround"
        ).with_columns(pl.Series("elo_difference", self.elo_difference))

    @property
    def outcome(self) -> NDArray[np.int64]:
        """(n,) of 0, 1, 2; -1 while unknown."""
        return self.rows["outcome"].fill_null(-1).to_numpy().astype(np.int64)

    @property
    def years(self) -> NDArray[np.int64]:
        """(n,) year in which the season began."""
        return self.rows["year"].to_numpy().astype(np.int64)

    def where(self, mask: NDArray[np.bool_]) -> Dataset:
        """The decisions for which `mask` is true."""
        belief = Belief(self.market.probabilities[mask])
        return Dataset(self.rows.filter(pl.Series(mask)), self.elo_difference[mask], belief)


def assemble(
    decisions: pl.DataFrame,
    schedule: pl.DataFrame,
    results: pl.DataFrame,
    prices: pl.DataFrame,
    parameters: elo.EloParameters,
) -> Dataset:
    """Join what was known at each decision; pure, and blind to anything known later than that decision.

    `decisions`: gold spn_decisions with both clubs' form (feature_repo.store). `schedule`: gold feat_match_schedule.
    `results`: gold fct_results. `prices`: gold fct_match_prices.
    """
    over = results.filter(pl.col("state").is_in(["finished", "corrected"]))
    latest = over.sort("known_at_utc").unique("match_id", keep="last", maintain_order=True)
    rows = (
        decisions.join(schedule.drop("competition_id", "season_code", "as_of_utc"), on="match_id", how="left")
        .join(latest.select("match_id", _outcome().alias("outcome")), on="match_id", how="left")
        .with_columns(_year().alias("year"))
        .drop("home_known_at_utc", "away_known_at_utc", strict=False)
        .sort("as_of_utc", "match_id")
    )
    belief, _ = market.benchmark(rows, prices_at_decision(rows, prices))
    return Dataset(rows, elo.rating_differences(over, rows, parameters), belief)


def prices_at_decision(decisions: pl.DataFrame, prices: pl.DataFrame) -> pl.DataFrame:
    """Each book's latest price known at each decision; closing prices count only where the decision came after them."""
    known = prices.join(decisions.select("match_id", "as_of_utc"), on="match_id").filter(
        pl.col("known_at_utc") <= pl.col("as_of_utc")
    )
    return known.sort("known_at_utc", "quote_kind").unique(["match_id", "bookmaker"], keep="last", maintain_order=True)


def _outcome() -> pl.Expr:
    return 1 - (pl.col("home_goals") - pl.col("away_goals")).sign()


def _year() -> pl.Expr:
    kickoff = pl.col("event_at_utc")
    return kickoff.dt.year() - (kickoff.dt.month() < _SEASON_STARTS_IN_MONTH).cast(pl.Int32)
