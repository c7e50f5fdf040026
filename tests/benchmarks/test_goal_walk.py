"""The walk of five leagues through three seasons, a refit a week and league, by each family; compiled beforehand."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import polars as pl
import pytest

from models.families.goals.design import Family
from models.families.goals.walk import PARAMETERS, Walk, walk
from tests.unit.models.goals.leagues import START, asks_of, seasons_of

pytestmark = pytest.mark.benchmark(group="weekly goal models of five leagues through three seasons")
PEERS = {
    Family.DIXON_COLES: "fairline",
    Family.BIVARIATE_POISSON: "fairline, bivariate Poisson",
    Family.NEGATIVE_BINOMIAL: "fairline, negative binomial",
}
CLUBS, HISTORY, WALKED = 20, 3, 3
"""Seasons known before the first decision, and seasons walked."""


@pytest.fixture(scope="module")
def results() -> pl.DataFrame:
    """Invented results, seeded: 11,400 matches, with three new clubs a season."""
    seasons = range(HISTORY + WALKED)
    clubs = [[f"old-{n}" for n in range(CLUBS - 3)] + [f"new-{season}-{n}" for n in range(3)] for season in seasons]
    return pl.concat([seasons_of(f"X{league}", clubs, seed=league) for league in range(5)])


@pytest.fixture(scope="module")
def asks(results: pl.DataFrame) -> pl.DataFrame:
    return asks_of(results.filter(pl.col("event_at_utc") >= START + timedelta(days=365 * HISTORY)))


@pytest.mark.parametrize("family", PEERS, ids=lambda family: family.name)
def test_walking(benchmark: Any, results: pl.DataFrame, asks: pl.DataFrame, family: Family) -> None:
    began = time.perf_counter()
    walk(results, asks.head(1), PARAMETERS[family], family)
    benchmark.extra_info["peer"] = PEERS[family]
    benchmark.extra_info["first_call_seconds"] = time.perf_counter() - began
    walked: Walk = benchmark.pedantic(walk, args=(results, asks, PARAMETERS[family], family), rounds=7, warmup_rounds=1)
    benchmark.extra_info["refits"] = len(walked.converged)
    assert len(walked.rates) == 5 * WALKED * CLUBS * (CLUBS - 1)
    assert len(walked.converged) > 525
    assert walked.converged.all()
