"""Ratings and filters over past matches, as known at each decision: one column a signal."""

from __future__ import annotations

import polars as pl

from models.families import elo, market, memory
from models.families.goals import walk
from models.recipe import Recipe

OVER = ("finished", "corrected")
GOALS = ("dixon_coles_home_goals", "dixon_coles_away_goals", "dixon_coles_rho")


def signals(
    results: pl.DataFrame, prices: pl.DataFrame, statistics: pl.DataFrame, spine: pl.DataFrame, recipe: Recipe
) -> pl.DataFrame:
    """A row a spine row in its order: `elo_difference`, market memory, and Dixon-Coles' goals and rho; never NaN.

    `results`, `prices`, `statistics`: gold fct_results, fct_match_prices and fct_match_statistics. `spine`: match_id,
    competition_id, as_of_utc, event_at_utc, home_team_id, away_team_id.
    """
    over = results.filter(pl.col("state").is_in(OVER))
    rated = pl.Series("elo_difference", elo.rating_differences(over, spine, recipe.elo))
    remembered = memory.signals(seen_matches(over, prices, statistics), spine, recipe.memory)
    goals = walk.walk(over, spine, recipe.goals)
    scored = pl.DataFrame({GOALS[0]: goals.rates[:, 0], GOALS[1]: goals.rates[:, 1], GOALS[2]: goals.rho})
    return remembered.insert_column(0, rated).hstack(scored)


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
