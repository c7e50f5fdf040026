"""Ratings and filters over past matches, as known at each decision: one column a signal."""

from __future__ import annotations

import numpy as np
import polars as pl

from core.market.grid import ScoreGrid
from models.families import elo, market, memory, pi_ratings, state_space, totals
from models.families.goals import walk
from models.families.goals.design import Family, Floats
from models.recipe import Recipe

OVER = ("finished", "corrected")
SHOTS_ON_TARGET = ("home_shots_on_target", "away_shots_on_target")
ASKED = ("match_id", "competition_id", "as_of_utc", "event_at_utc", "home_team_id", "away_team_id")
GOALS_AT_MOST = 12.0
"""Expected goals beyond which a grid of 15 goals would cut off too much."""
BIVARIATE = ("bivariate_home_goals", "bivariate_away_goals", "bivariate_covariance")
BINOMIAL = ("binomial_home_goals", "binomial_away_goals", "binomial_dispersion")
GOALS = ("dixon_coles_home_goals", "dixon_coles_away_goals", "dixon_coles_rho")


def signals(
    results: pl.DataFrame,
    prices: pl.DataFrame,
    total_prices: pl.DataFrame,
    statistics: pl.DataFrame,
    spine: pl.DataFrame,
    recipe: Recipe,
) -> pl.DataFrame:
    """A row a spine row in its order: ratings, memories, and what goal models expect; never NaN.

    `results`, `prices`, `total_prices`, `statistics`: gold fct_results, fct_match_prices, fct_total_prices and
    fct_match_statistics. `spine`: match_id, competition_id, as_of_utc, event_at_utc, home_team_id, away_team_id.
    """
    over = results.filter(pl.col("state").is_in(OVER))
    seen = seen_matches(over, prices, statistics)
    remembered = memory.signals(seen, spine, recipe.memory)
    asked = spine.select(ASKED).hstack(remembered.select("memory_supremacy"))
    foretold = totals.signals(totals.seen_totals(seen, total_prices, statistics), asked, recipe.totals)
    ratings = pl.DataFrame(
        {
            "elo_difference": elo.rating_differences(over, spine, recipe.elo),
            "pi_difference": pi_ratings.goal_differences(over, spine, recipe.pi),
        }
    )
    states = state_space.rates_as_known(_with_shots(over, statistics), spine, recipe.state_space)
    return pl.concat([ratings, remembered, foretold, states, _goals(over, spine, recipe)], how="horizontal")


def _goals(over: pl.DataFrame, spine: pl.DataFrame, recipe: Recipe) -> pl.DataFrame:
    """Expected goals and the shape of each goal model's weekly fits."""
    columns: dict[str, Floats] = {}
    for names, parameters, family in (
        (GOALS, recipe.goals, Family.DIXON_COLES),
        (BIVARIATE, recipe.bivariate, Family.BIVARIATE_POISSON),
        (BINOMIAL, recipe.binomial, Family.NEGATIVE_BINOMIAL),
    ):
        found = walk.walk(over, spine, parameters, family)
        columns |= dict(zip(names, (*found.rates.T, found.shape), strict=True))
    return pl.DataFrame(columns)


def _with_shots(over: pl.DataFrame, statistics: pl.DataFrame) -> pl.DataFrame:
    """Results with both sides' shots on target where they were told no later than the result."""
    told = statistics.select("match_id", pl.col("known_at_utc").alias("told_at_utc"), *SHOTS_ON_TARGET)
    rows = over.join(told, on="match_id", how="left", maintain_order="left")
    in_time = pl.col("told_at_utc") <= pl.col("known_at_utc")
    return rows.with_columns(pl.when(in_time).then(pl.col(name)).alias(name) for name in SHOTS_ON_TARGET)


def goal_grid(found: pl.DataFrame) -> ScoreGrid:
    """The score grid of each row of `signals` by its weekly Dixon-Coles fit (models/families/goals/walk.py)."""
    return ScoreGrid.poisson(*_bounded(found, GOALS))


def bivariate_grid(found: pl.DataFrame) -> ScoreGrid:
    """The same by its bivariate Poisson fit."""
    return ScoreGrid.bivariate_poisson(*_bounded(found, BIVARIATE))


def binomial_grid(found: pl.DataFrame) -> ScoreGrid:
    """The same by its negative binomial fit."""
    return ScoreGrid.negative_binomial(*_bounded(found, BINOMIAL))


def _bounded(found: pl.DataFrame, names: tuple[str, str, str]) -> tuple[Floats, Floats, Floats]:
    home, away, shape = (found[name].to_numpy() for name in names)
    return np.minimum(home, GOALS_AT_MOST), np.minimum(away, GOALS_AT_MOST), shape


def seen_matches(results: pl.DataFrame, prices: pl.DataFrame, statistics: pl.DataFrame) -> pl.DataFrame:
    """Each finished match once, as it stood when its first result became known, with its last price and its play.

    Columns: match_id, competition_id, known_at_utc, home_team_id, away_team_id; `supremacy`, `draw` (log ratios of the
    benchmark close, else of the benchmark price before; NaN without one); `goal_difference`, `total_goals`,
    `shot_on_target_difference`, `shot_difference` (NaN where untold by then).
    """
    first = results.sort("known_at_utc").unique("match_id", keep="first", maintain_order=True)
    by_then = prices.join(first.select("match_id", pl.col("known_at_utc").alias("over_at_utc")), on="match_id")
    ratios = memory.log_ratios(
        market.last_price(first, by_then.filter(pl.col("known_at_utc") <= pl.col("over_at_utc")))
    )
    played = first.join(
        statistics.select("match_id", pl.col("known_at_utc").alias("told_at_utc"), *_PLAY),
        on="match_id", how="left", maintain_order="left",
    )  # fmt: skip
    return played.select(
        "match_id", "competition_id", "known_at_utc", "home_team_id", "away_team_id",
        pl.Series("supremacy", ratios[:, 0]), pl.Series("draw", ratios[:, 1]),
        (pl.col("home_goals") - pl.col("away_goals")).alias("goal_difference"),
        (pl.col("home_goals") + pl.col("away_goals")).alias("total_goals"),
        _difference("shots_on_target").alias("shot_on_target_difference"),
        _difference("shots").alias("shot_difference"),
    )  # fmt: skip


_PLAY = ("home_shots", "away_shots", "home_shots_on_target", "away_shots_on_target")


def _difference(measure: str) -> pl.Expr:
    value = (pl.col(f"home_{measure}") - pl.col(f"away_{measure}")).cast(pl.Float64)
    return pl.when(pl.col("told_at_utc") <= pl.col("known_at_utc")).then(value).fill_null(float("nan"))
