"""What a decision may look at: gold tables of one lake, joined into the frame that models read."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from feature_repo.store import Store, historical, latest
from lake.storage import Lake
from models import dataset
from models.belief import Belief
from models.dataset import Dataset
from models.families import market
from models.recipe import Recipe

TABLES: tuple[str, ...] = (
    "spn_decisions",
    "feat_team_form",
    "feat_match_schedule",
    "fct_results",
    "fct_match_prices",
    "fct_total_prices",
    "fct_match_statistics",
)


@dataclass(frozen=True)
class Evidence:
    """Gold as one run left it: decisions past and coming, and everything known at each."""

    decisions: pl.DataFrame
    form: pl.DataFrame
    schedule: pl.DataFrame
    results: pl.DataFrame
    prices: pl.DataFrame
    total_prices: pl.DataFrame
    statistics: pl.DataFrame

    @classmethod
    def of(cls, lake: Lake, sport: str) -> Evidence:
        """Read the tables of a sport."""
        return cls(*(lake.table(f"gold.{sport}.{name}").read() for name in TABLES))

    def past(self, recipe: Recipe) -> Dataset:
        """Every past decision with both clubs' form as known then."""
        past = self.decisions.filter(~pl.col("is_upcoming"))
        return self._assembled(historical(past, self.form), recipe)

    def coming(self, store: Store, recipe: Recipe) -> Dataset:
        """The coming decisions with both clubs' form read from the online store."""
        coming = self.decisions.filter("is_upcoming")
        clubs = pl.concat([coming["home_team_id"], coming["away_team_id"]]).unique().sort().to_list()
        return self._assembled(latest(coming, store.online(clubs)), recipe)

    def close(self, data: Dataset) -> tuple[Belief, pl.Series]:
        """The benchmark close of each decision's match, and which book gave it."""
        return market.benchmark(data.rows, market.closing(self.prices))

    def open(self, data: Dataset) -> tuple[Belief, pl.Series]:
        """The benchmark price at each decision, and which book gave it."""
        return market.benchmark(data.rows, dataset.prices_at_decision(data.rows, market.opening(self.prices)))

    def _assembled(self, decisions: pl.DataFrame, recipe: Recipe) -> Dataset:
        return dataset.assemble(
            decisions, self.schedule, self.results, self.prices, self.total_prices, self.statistics, recipe
        )
