"""The frame that basketball's models learn from: decisions, what was known at each, and what happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.basketball import market, ratings
from models.basketball.expected import expected
from models.basketball.recipe import GameRecipe
from models.basketball.seen import seen_games

Floats = NDArray[np.float64]
IDENTITY = (
    "match_id", "competition_id", "season_code", "season_type", "as_of_utc", "event_at_utc", "home_team_id",
    "away_team_id", "is_neutral", "is_upcoming",
)  # fmt: skip
NUMBERS = (pl.Float64, pl.Int64, pl.Boolean)
_CLOSING, _RESULT = ("closing_margin", "closing_total"), ("margin", "total")
MEMBERS = ("elo", "filter", "memory", "closing")
"""Who foretells margin and total; the last is fitted to closing lines, the others read past games one by one."""


@dataclass(frozen=True, eq=False)
class Games:
    """n decisions in order of time.

    `rows`: the columns `IDENTITY`. `features`: (n, k) numbers known at each decision; null is unknown. `lines`:
    expected home margin and total, (n, 2) in points, of every member but `closing`, as known at each decision.
    `closing` and `result`: (n, 2) margin and total of the closing lines and of the final score, NaN while unknown;
    `known_at_utc`: when the result became known. `market`: (n, 2) what books said at the decision, NaN where none did.
    """

    rows: pl.DataFrame
    features: pl.DataFrame
    lines: Mapping[str, Floats]
    closing: Floats
    result: Floats
    known_at_utc: pl.Series
    market: Floats

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def match_days(self) -> NDArray[np.int64]:
        """(n,) the day on which each was decided, numbered: games of a day share their luck."""
        return self.rows["as_of_utc"].dt.date().to_physical().to_numpy().astype(np.int64)

    @property
    def home_won(self) -> Floats:
        """(n,) 1 where the home side won, 0 where the away side did, NaN while unknown."""
        margin = self.result[:, 0]
        return np.where(np.isnan(margin), np.nan, (margin > 0).astype(float))

    def where(self, mask: NDArray[np.bool_]) -> Games:
        """Some of the decisions."""
        chosen = pl.Series(mask)
        lines = {name: line[mask] for name, line in self.lines.items()}
        return Games(
            self.rows.filter(chosen), self.features.filter(chosen), lines, self.closing[mask], self.result[mask],
            self.known_at_utc.filter(chosen), self.market[mask],
        )  # fmt: skip


def assemble(
    decisions: pl.DataFrame,
    schedule: pl.DataFrame,
    absences: pl.DataFrame,
    results: pl.DataFrame,
    spreads: pl.DataFrame,
    totals: pl.DataFrame,
    reports: pl.DataFrame,
    recipe: GameRecipe,
) -> Games:
    """Join what was known at each decision; pure, and blind to anything known later than that decision.

    `decisions`: gold spn_decisions with both teams' features (feature_repo.store). `schedule`, `absences`: gold
    feat_match_schedule and feat_absences. `results`, `spreads`, `totals`: gold fct_results, fct_handicap_prices and
    fct_total_prices. `reports`: player_id, team_id, season_code, known_at_utc, status of silver injuries.
    """
    known = decisions.sort("as_of_utc", "match_id")
    for table in (schedule, absences):
        own = [name for name in table.columns if name == "match_id" or name not in known.columns]
        known = known.join(table.select(own), on="match_id", how="left", maintain_order="left")
    rows, seen = known.select(IDENTITY), seen_games(results, spreads, totals)
    filtered, remembered = expected(seen, reports, rows, recipe)
    elo = ratings.elo_differences(results, rows, recipe.elo) / ratings.POINTS_OF_MARGIN
    numbers = known.drop(IDENTITY).select(pl.selectors.by_dtype(*NUMBERS))
    lines = {
        "elo": np.column_stack([elo, filtered["filter_total"]]),
        "filter": filtered.select("filter_margin", "filter_total").to_numpy(),
        "memory": remembered.select("memory_margin", "memory_total").to_numpy(),
    }
    over = seen.select("match_id", "known_at_utc", *_CLOSING, *_RESULT)
    told = rows.select("match_id").join(over, on="match_id", how="left", maintain_order="left")
    return Games(
        rows, pl.concat([numbers, remembered, filtered], how="horizontal").cast(pl.Float64), lines,
        _pair(told, _CLOSING), _pair(told, _RESULT), told["known_at_utc"],
        market.lines(rows, spreads, totals),
    )  # fmt: skip


def _pair(rows: pl.DataFrame, columns: tuple[str, str]) -> Floats:
    values: Floats = rows.select(pl.col(columns).cast(pl.Float64).fill_null(float("nan"))).to_numpy()
    return values
