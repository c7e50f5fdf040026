"""Results and statistics: those of the published world to the present, and later ones under the news until kick-off."""

from __future__ import annotations

import numpy as np
import polars as pl

from sandbox.arrays import Floats, stream
from sandbox.hazards import LOG_RATE_RANGE
from sandbox.match_stats import statistics, strictness_of
from sandbox.play import play
from sandbox.world import SANDBOX_NOW

POSSESSION_A_LOG_RATE, POSSESSION_SD = 0.11, 0.05


def true_log_rates(matches: pl.DataFrame, changes: pl.DataFrame) -> Floats:
    """Return the log base rates under which the matches are played, shape (n, 2): those who miss them miss them."""
    summed = changes.group_by("match_key").agg(pl.col("home", "away").sum())
    shift = matches.select("match_key").join(summed, on="match_key", how="left", maintain_order="left").fill_null(0.0)
    rates = matches.select("log_home", "log_away").to_numpy() + shift.select("home", "away").to_numpy()
    clipped: Floats = np.clip(rates, *LOG_RATE_RANGE)
    return clipped


def results(matches: pl.DataFrame, rates: Floats, seed: int) -> pl.DataFrame:
    """Return what every match came to: match_key, the statistics of the world per side, and home_possession_share."""
    rng = stream(seed, "timeline", "results")
    played = play(rates[:, 0], rates[:, 1], rng)
    anew = statistics(played, strictness_of(matches["referee"], seed), rng)
    is_past = matches["planned_at_utc"] < SANDBOX_NOW
    counted = [pl.when(is_past).then(matches[name]).otherwise(anew[name]).alias(name) for name in anew.columns]
    balance = POSSESSION_A_LOG_RATE * (rates[:, 0] - rates[:, 1]) + rng.normal(0.0, POSSESSION_SD, len(rates))
    return matches.select("match_key", *counted).with_columns(
        home_possession_share=pl.Series(np.round(np.clip(0.5 + balance, 0.25, 0.75), 2))
    )


def team_stats(results: pl.DataFrame, matches: pl.DataFrame) -> pl.DataFrame:
    """Return the statistics with one row per side, in the columns of `Universe.team_stats`."""
    named = results.join(matches.select("match_key", "home", "away"), on="match_key", maintain_order="left")
    share = pl.col("home_possession_share")
    sides = [_side(named, "home", share), _side(named, "away", 1.0 - share)]
    return pl.concat(sides).sort("match_key", pl.col("side") == "away")


def _side(named: pl.DataFrame, side: str, share: pl.Expr) -> pl.DataFrame:
    names = ("shots", "shots_on_target", "corners", "fouls", "yellows", "reds", "xg")
    return named.select(
        "match_key",
        pl.lit(side).alias("side"),
        pl.col(side).alias("club"),
        pl.col(f"{side}_goals").alias("goals"),
        pl.col(f"{side}_half_time_goals").alias("goals_half_time"),
        *(pl.col(f"{side}_{name}").alias(name) for name in names),
        share.round(2).alias("possession_share"),
    )
