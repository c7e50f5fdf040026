"""Elo over 150,000 results, asked at every one of them: compiled recursion against the plain loop one finds online."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from models.families.elo import INITIAL_RATING, EloParameters, rating_differences

pytestmark = pytest.mark.benchmark(group="Elo ratings as known at 150,000 decisions")
MATCHES, CLUBS = 150_000, 1_200
PARAMETERS = EloParameters()


@pytest.fixture(scope="module")
def results() -> pl.DataFrame:
    """Invented results, seeded, one every hour."""
    generator = np.random.default_rng(11)
    home = generator.integers(0, CLUBS, MATCHES)
    away = (home + generator.integers(1, CLUBS, MATCHES)) % CLUBS
    first = datetime(2005, 7, 1, tzinfo=UTC)
    return pl.DataFrame(
        {
            "match_id": [f"m{number:06d}" for number in range(MATCHES)],
            "known_at_utc": pl.datetime_range(
                first, first + timedelta(hours=MATCHES - 1), "1h", time_unit="us", eager=True
            ),
            "home_team_id": [f"club-{number:04d}" for number in home],
            "away_team_id": [f"club-{number:04d}" for number in away],
            "home_goals": generator.poisson(1.5, MATCHES),
            "away_goals": generator.poisson(1.2, MATCHES),
        }
    )


def _spine(results: pl.DataFrame) -> pl.DataFrame:
    return results.select((pl.col("known_at_utc") - timedelta(minutes=1)).alias("as_of_utc"), "^.*_team_id$")


def _ours(results: pl.DataFrame) -> np.ndarray:
    return rating_differences(results, _spine(results), PARAMETERS)


def _loop(results: pl.DataFrame) -> np.ndarray:
    ratings: dict[str, float] = {}
    asked = []
    columns = ("home_team_id", "away_team_id", "home_goals", "away_goals")
    for home, away, home_goals, away_goals in results.select(columns).iter_rows():
        lead = ratings.get(home, INITIAL_RATING) - ratings.get(away, INITIAL_RATING) + PARAMETERS.home_advantage
        asked.append(lead)
        margin = home_goals - away_goals
        actual = 0.5 + 0.5 * ((margin > 0) - (margin < 0))
        expected = 1 / (1 + 10 ** (-lead / 400))
        step = PARAMETERS.k * (1 + PARAMETERS.margin_weight * np.log1p(abs(margin))) * (actual - expected)
        ratings[home] = ratings.get(home, INITIAL_RATING) + step
        ratings[away] = ratings.get(away, INITIAL_RATING) - step
    return np.array(asked)


@pytest.mark.parametrize(("peer", "rate"), [("fairline", _ours), ("a Python loop", _loop)])
def test_ratings(benchmark: Any, results: pl.DataFrame, peer: str, rate: Any) -> None:
    benchmark.extra_info["peer"] = peer
    benchmark.pedantic(rate, args=(results,), rounds=3, warmup_rounds=1)


def test_both_give_the_same_ratings(results: pl.DataFrame) -> None:
    assert np.allclose(_ours(results.head(5_000)), _loop(results.head(5_000)), atol=1e-9)
