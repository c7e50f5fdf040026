"""Dixon-Coles on three real seasons, cold and warm, against penaltyblog: the same matches, weights and model."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from penaltyblog.models import DixonColesGoalModel
from threadpoolctl import threadpool_limits

from models.families.goals import dixon_coles
from models.families.goals.design import GoalPrior, Matches, time_weights
from models.families.goals.walk import WalkParameters

pytestmark = pytest.mark.benchmark(group="Dixon-Coles fitted to three seasons of the Premier League")
PEER = f"penaltyblog {version('penaltyblog')}"
SEASONS = ("2021", "2122", "2223")
WEEK = 10
"""Matches of the last week: the warm start comes from a fit without them."""
WEAK = GoalPrior(club_precision=1e-7, base_precision=1e-7, home_precision=1e-7, shape_precision=1e-7)


@pytest.fixture(scope="module")
def seasons(archive: Path) -> pl.DataFrame:
    """Real results of E0, 2020/21 to 2022/23, by date."""
    index = pl.read_csv(archive / "index.csv")
    urls = [f"https://www.football-data.co.uk/mmz4281/{season}/E0.csv" for season in SEASONS]
    paths = index.filter(pl.col("url").is_in(urls))["path"]
    columns = ["Date", "HomeTeam", "AwayTeam", "FTHG", "FTAG"]
    files = [pl.read_csv(archive / path, columns=columns, encoding="utf8-lossy") for path in paths]
    found = pl.concat(files).with_columns(pl.col("Date").str.to_date("%d/%m/%Y")).sort("Date", "HomeTeam")
    assert len(found) == 1_140
    return found


@pytest.fixture(scope="module")
def league(seasons: pl.DataFrame) -> Matches:
    return _matches(seasons)


def _matches(seasons: pl.DataFrame, known: int = 1_140) -> Matches:
    teams = pl.concat([seasons["HomeTeam"], seasons["AwayTeam"]]).unique().sort()
    numbers = {team: number for number, team in enumerate(teams)}
    home, away = (
        seasons[side].replace_strict(numbers, return_dtype=pl.Int64).to_numpy() for side in ("HomeTeam", "AwayTeam")
    )
    age = (seasons["Date"][known - 1] - seasons["Date"]).dt.total_days().to_numpy().astype(float)
    columns = home, away, seasons["FTHG"].to_numpy(), seasons["FTAG"].to_numpy()
    weights = time_weights(age, WalkParameters().decay_per_day)
    return Matches(*(column[:known] for column in columns), weights[:known], len(teams))


def _peer(league: Matches) -> DixonColesGoalModel:
    return DixonColesGoalModel(league.home_goals, league.away_goals, league.home, league.away, league.weights)


def test_fairline_cold(benchmark: Any, league: Matches) -> None:
    benchmark.extra_info["peer"] = "fairline"
    fitted = benchmark.pedantic(dixon_coles.fit, args=(league,), rounds=200, warmup_rounds=2)
    assert fitted.converged


def test_fairline_warm(benchmark: Any, seasons: pl.DataFrame, league: Matches) -> None:
    benchmark.extra_info["peer"] = "fairline, warm start"
    start = dixon_coles.fit(_matches(seasons, len(seasons) - WEEK))
    fitted = benchmark.pedantic(dixon_coles.fit, args=(league,), kwargs={"start": start}, rounds=200, warmup_rounds=2)
    assert fitted.converged


def test_fairline_with_a_club_that_has_not_scored_yet(benchmark: Any, league: Matches) -> None:
    benchmark.extra_info["peer"] = "fairline, with a club that has not scored yet"
    lost = _with_a_new_club(league)
    fitted = benchmark.pedantic(dixon_coles.fit, args=(lost,), rounds=200, warmup_rounds=2)
    assert fitted.converged
    assert fitted.attack[-1] < 0
    assert np.isfinite(fitted.rates(lost.home, lost.away)).all()


def _with_a_new_club(league: Matches) -> Matches:
    """Two more matches, an invented 0-2 and 1-0, of a club that plays for the first time."""
    new, one = league.n_clubs, int(league.home[0])
    home, away = np.append(league.home, [new, one]), np.append(league.away, [one, new])
    home_goals, away_goals = np.append(league.home_goals, [0, 1]), np.append(league.away_goals, [2, 0])
    return Matches(home, away, home_goals, away_goals, np.append(league.weights, [1.0, 1.0]), new + 1)


def test_penaltyblog(benchmark: Any, league: Matches) -> None:
    """The peer's fit alone, at its best: its model is made beforehand, and BLAS threads do not wait for each other."""
    benchmark.extra_info["peer"] = PEER
    with threadpool_limits(1):
        benchmark.pedantic(DixonColesGoalModel.fit, setup=lambda: ((_peer(league),), {}), rounds=7, warmup_rounds=1)


def test_our_log_likelihood_is_not_lower(league: Matches) -> None:
    peer = _peer(league)
    peer.fit()
    ours = dixon_coles.fit(league, WEAK)
    assert ours.converged
    assert ours.log_likelihood >= peer.loglikelihood - 1e-6
    assert np.isclose(ours.log_likelihood, peer.loglikelihood, atol=0.05)
