"""Small invented worlds in which the truth is known: beliefs, results and decisions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.belief import Belief
from models.dataset import Dataset
from models.families import memory
from models.signals import BINOMIAL, BIVARIATE, GOALS

START = datetime(2020, 8, 1, 15, tzinfo=UTC)
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def truths(n: int, seed: int, concentration: float = 4.0) -> Floats:
    """True probabilities of n matches, shaped (n, 3)."""
    return np.random.default_rng(seed).dirichlet(np.full(3, concentration), n)


def outcomes(probabilities: Floats, seed: int) -> Integers:
    """One drawn outcome a match: 0 home, 1 draw, 2 away."""
    drawn = np.random.default_rng(seed).random(len(probabilities))
    return (drawn[:, None] > np.cumsum(probabilities, axis=1)[:, :2]).sum(axis=1).astype(np.int64)


def results(seed: int, clubs: int = 6, matches: int = 60, same_time: int = 3) -> pl.DataFrame:
    """Random results; `same_time` matches become known at each moment, listed in random order."""
    generator = np.random.default_rng(seed)
    sides = np.array([generator.choice(clubs, 2, replace=False) for _ in range(matches)])
    frame = pl.DataFrame(
        {
            "match_id": [f"m{place:03d}" for place in generator.permutation(matches)],
            "known_at_utc": [START + timedelta(days=place // same_time) for place in range(matches)],
            "home_team_id": [f"club-{home}" for home, _ in sides],
            "away_team_id": [f"club-{away}" for _, away in sides],
            "home_goals": generator.integers(0, 5, matches),
            "away_goals": generator.integers(0, 5, matches),
        },
        schema_overrides={"known_at_utc": pl.Datetime("us", "UTC")},
    )
    return frame.sample(fraction=1, shuffle=True, seed=seed)


def spine(asks: list[tuple[datetime, str, str]]) -> pl.DataFrame:
    """Questions of (as_of, home club, away club)."""
    schema = {"as_of_utc": pl.Datetime("us", "UTC"), "home_team_id": pl.String, "away_team_id": pl.String}
    return pl.DataFrame(asks, schema=schema, orient="row")


def decisions(years: Integers, outcome: Integers, columns: dict[str, Floats], market: Floats, elo: Floats) -> Dataset:
    """A dataset with these feature columns; -1 in `outcome` is "not yet known"."""
    n = len(years)
    at = [datetime(int(year), 9, 1, 17, tzinfo=UTC) + timedelta(hours=place) for place, year in enumerate(years)]
    rows = pl.DataFrame(
        {
            "match_id": [f"m{place:05d}" for place in range(n)],
            "competition_id": "X1",
            "season_code": [f"{year}-{(year + 1) % 100:02d}" for year in years],
            "as_of_utc": at,
            "event_at_utc": [moment + timedelta(days=1) for moment in at],
            "home_team_id": "club-a",
            "away_team_id": "club-b",
            "outcome": pl.Series([None if value < 0 else int(value) for value in outcome], dtype=pl.Int64),
            "year": years,
            **columns,
        }
    )
    flat = dict.fromkeys(memory.SIGNALS, 0.0) | {"total_memory_goals": 2.7, "total_memory_variance": 0.01}
    flat |= {"state_home_goals": 1.5, "state_away_goals": 1.2, "state_variance": 0.01}
    for names, shape in ((GOALS, 0.0), (BIVARIATE, 0.05), (BINOMIAL, 0.02)):
        flat |= dict(zip(names, (1.5, 1.2, shape), strict=True))
    signals = pl.DataFrame({"elo_difference": elo, "pi_difference": elo / 100}).with_columns(
        pl.lit(value).alias(name) for name, value in flat.items()
    )
    unpriced = Belief(np.full((n, 2), np.nan))
    return Dataset(rows, signals, Belief(market), Belief(market), results_of(rows), unpriced, unpriced)


def results_of(rows: pl.DataFrame, days: float = 1.125) -> pl.DataFrame:
    """The known outcomes of decisions, told so many days after each."""
    told = rows.filter(pl.col("outcome").is_not_null())
    known = (pl.col("as_of_utc") + timedelta(days=days)).alias("known_at_utc")
    return told.select("match_id", known, "outcome", (pl.col("outcome") % 2).alias("over"))
