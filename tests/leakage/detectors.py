"""Detectors of leakage: each says where the future got in. `test_detectors.py` plants the fault that each must find."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.resampling import block_mean_interval
from models.scores import log_loss

DAYS = timedelta(days=400)


def changed_columns(before: pl.DataFrame, after: pl.DataFrame, key: Sequence[str]) -> list[str]:
    """Columns whose values differ between two versions of the same rows, in order; `rows` where the rows differ."""
    left, right = before.sort(key), after.sort(key)
    if not left.select(key).equals(right.select(key)):
        return ["rows"]
    others = [name for name in left.columns if name not in key]
    missing = [name for name in others if name not in right.columns]
    shared = [name for name in others if name in right.columns]
    return [*missing, *(name for name in shared if not left[name].equals(right[name], null_equal=True))]


def rewritten_history(before: pl.DataFrame, after: pl.DataFrame, known: str, moment: datetime, key: Sequence[str]) -> (
    list[str]
):  # fmt: skip
    """What a correction known from `moment` on changed in rows of earlier moments: it must be nothing."""
    earlier = pl.col(known) < moment
    return changed_columns(before.filter(earlier), after.filter(earlier), key)


def better_than_the_close(
    forecast: NDArray[np.float64], close: NDArray[np.float64], outcome: NDArray[np.int64], days: NDArray[np.int64]
) -> bool:
    """Whether a forecast beats the closing price by more than chance: no honest forecast of 1X2 does, and not by this.

    Paired log-losses, whole days resampled; true where the upper end of the 95% interval lies below zero.
    """
    seen = np.isfinite(forecast).all(axis=1) & np.isfinite(close).all(axis=1) & (outcome >= 0)
    gain = log_loss(forecast[seen], outcome[seen]) - log_loss(close[seen], outcome[seen])
    return block_mean_interval(gain, days[seen], 0, 2000)[1] < 0


def prices_after_the_decision(decisions: pl.DataFrame, taken: pl.DataFrame) -> pl.DataFrame:
    """Prices used for a decision that are closing prices or became known after it. `taken`: match_id, price's facts."""
    compared = taken.drop("as_of_utc", strict=False).join(decisions.select("match_id", "as_of_utc"), on="match_id")
    return compared.filter((pl.col("known_at_utc") > pl.col("as_of_utc")) | (pl.col("quote_kind") == "closing"))


def windows_that_reach_the_match(decisions: pl.DataFrame, results: pl.DataFrame) -> list[str]:
    """Matches whose `home_goals_for_l5` is not the mean of the home side's last five results known at the decision.

    Form looks back 400 days from the newest result known, and says nothing once that is 400 days old.

    An oracle by brute force: slow, obvious, and blind to the match itself. `results`: finished silver matches, each as
    first known, from which no score was corrected.
    """
    goals = pl.concat(
        [
            results.select(pl.col(f"{side}_team_id").alias("team"), "event_at_utc", "known_at_utc", f"{side}_goals")
            .rename({f"{side}_goals": "goals"})
            for side in ("home", "away")
        ]
    )  # fmt: skip
    by_team = {team: rows for (team,), rows in goals.sort("event_at_utc").partition_by("team", as_dict=True).items()}
    return [row["match_id"] for row in decisions.iter_rows(named=True) if not _is_honest(row, by_team)]


def _is_honest(row: dict[str, object], by_team: dict[object, pl.DataFrame]) -> bool:
    shown, team = row["home_goals_for_l5"], row["home_team_id"]
    known = by_team[team].filter(pl.col("known_at_utc") <= row["as_of_utc"]) if team in by_team else pl.DataFrame()
    if len(known):
        newest = known["known_at_utc"].max()
        alive = (pl.col("event_at_utc") > newest - DAYS) & (pl.lit(newest) >= row["as_of_utc"] - DAYS)
        known = known.filter(alive)
    if known.is_empty():
        return shown is None
    return shown is not None and abs(float(str(shown)) - float(known["goals"].tail(5).mean())) < 1e-9  # type: ignore[arg-type]
