"""Fair prices of all markets: headline markets are the blend's, the others agree, and no set of bets is a sure win."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from core.market.coherence import sure_profit
from core.market.grid import scores
from core.market.markets import FOOTBALL
from models.belief import Belief
from models.dataset import Dataset
from models.fair import fair_odds, grids, score_grids
from tests.unit.models.worlds import decisions, truths

N = 12
OVER = Belief.of(np.random.default_rng(4).uniform(0.3, 0.7, (N, 2)))


@pytest.fixture(scope="module")
def data() -> Dataset:
    """Invented decisions, each with expected goals of its own."""
    made = decisions(np.full(N, 2020), np.full(N, -1), {}, truths(N, 1), np.zeros(N))
    drawn = np.random.default_rng(2).uniform(0.4, 2.8, (N, 2))
    goals = [pl.Series(f"dixon_coles_{side}_goals", drawn[:, place]) for place, side in enumerate(("home", "away"))]
    return replace(made, signals=made.signals.with_columns(goals))


@pytest.fixture(scope="module")
def blend() -> Belief:
    p = truths(N, 3, 8.0)
    p[0] = np.nan
    return Belief(p)


@pytest.fixture(scope="module")
def prices(data: Dataset, blend: Belief) -> pl.DataFrame:
    return fair_odds(data, grids(data, blend, OVER))


def test_the_match_result_is_the_blends(prices: pl.DataFrame, blend: Belief) -> None:
    found = prices.filter(pl.col("market") == "1x2").sort("match_id")["prob"].to_numpy().reshape(-1, 3)
    assert np.allclose(found, blend.probabilities[1:], atol=1e-9)


def test_over_and_under_two_and_a_half_are_those_asked_for(prices: pl.DataFrame) -> None:
    found = prices.filter(market="totals", line=2.5).sort("match_id", "selection")["prob"].to_numpy().reshape(-1, 2)
    assert np.allclose(found, OVER.probabilities[1:], atol=1e-9)


def test_a_match_without_a_belief_has_no_price(prices: pl.DataFrame, data: Dataset) -> None:
    assert set(prices["match_id"]) == set(data.rows["match_id"][1:])


def test_every_market_is_priced(prices: pl.DataFrame) -> None:
    assert set(prices["market"]) == set(FOOTBALL)
    assert prices["fair_odds_dec"].is_between(1.000001, 1e12).all()


def test_goals_of_the_goal_model_stay_where_the_blend_says_nothing_of_them(data: Dataset, blend: Belief) -> None:
    """Bent as little as possible: a match with more expected goals than another keeps more."""
    found = grids(data, blend, Belief(np.full((N, 2), np.nan)))
    home, away = scores()
    total = found.flat[1:] @ (home + away)
    wanted = (data.signal("dixon_coles_home_goals") + data.signal("dixon_coles_away_goals"))[1:]
    assert np.corrcoef(total, wanted)[0, 1] > 0.95


def test_no_set_of_bets_at_fair_prices_wins_whatever_the_score(prices: pl.DataFrame) -> None:
    """Linear programming over all markets of each match: the best guaranteed profit is nothing."""
    offers = ("market", "selection", "line", "fair_odds_dec")
    for _, rows in prices.group_by("match_id"):
        assert sure_profit(rows.select(offers).iter_rows()) <= 1e-7


def test_the_cells_of_a_match_are_its_whole_distribution(data: Dataset, blend: Belief, prices: pl.DataFrame) -> None:
    cells = score_grids(data, grids(data, blend, OVER))
    sums = cells.group_by("match_id").agg(pl.len(), pl.col("prob").sum())
    assert set(sums["match_id"]) == set(data.rows["match_id"][1:])
    assert (sums["len"] == 256).all()
    assert np.allclose(sums["prob"], 1.0, atol=1e-12)
    home = cells.filter(pl.col("home_goals") > pl.col("away_goals")).group_by("match_id").agg(pl.col("prob").sum())
    said = prices.filter(market="1x2", selection="home").sort("match_id")["prob"]
    assert np.allclose(home.sort("match_id")["prob"], said, atol=1e-12)
