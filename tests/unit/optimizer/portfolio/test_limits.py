"""Each limit holds in the optimiser's portfolios, and the last gate notices where one is taken away."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimizer.portfolio.limits import (
    BookExposure,
    Cash,
    CurrencyExposure,
    DayExposure,
    Drawdown,
    LeagueExposure,
    Limit,
    MarketExposure,
    MatchExposure,
    MaximumTickets,
    Room,
)
from optimizer.portfolio.optimise import optimise
from optimizer.portfolio.problem import Problem
from optimizer.portfolio.tail import conditional_value_at_risk, tail_weights
from optimizer.portfolio.verify import broken
from tests.unit.optimizer.portfolio.worlds import KINDS, one_hot, problem

LIMITS: list[Limit] = [
    MaximumTickets(2), MatchExposure(0.05), LeagueExposure(0.05), MarketExposure(0.05), BookExposure((0.05, 0.03)),
    DayExposure(0.05), CurrencyExposure(0.05), Cash(0.05), Room("week", 0.05), Drawdown(0.9, 0.03),
]  # fmt: skip


def eager(*limits: Limit, **changes: object) -> Problem:
    """Six invented bets good enough to break any limit, in two groups of every kind; 1% stands open in each."""
    rng = np.random.default_rng(3)
    groups = {kind.name: one_hot(np.arange(6) % 2) for kind in KINDS}
    used = {kind.name: np.full(2, 0.01) for kind in KINDS}
    returns = np.where(rng.random((300, 6)) < 0.55, 1.1, -1.0)
    return problem(returns, groups=groups, used=used, limits=limits, **changes)


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.name)
def test_a_portfolio_made_without_a_limit_is_caught_by_the_last_gate(limit: Limit) -> None:
    kept, free = optimise(eager(limit), 2.0), optimise(eager(), 2.0)
    assert broken(eager(limit), kept.stakes) == []
    assert kept.growth > 0
    (sentence,) = {said.split(" of group")[0].split(" is ")[0] for said in broken(eager(limit), free.stakes)}
    assert sentence == f"The limit '{limit.name}'"


def test_what_stands_open_counts_under_a_limit() -> None:
    found = optimise(eager(DayExposure((0.05, 0.005))))
    assert found.stakes[0::2].sum() == pytest.approx(0.04, abs=1e-6)
    assert found.stakes[1::2].sum() == 0.0


def test_standing_tickets_count_in_the_drawdown() -> None:
    hedged = eager(Drawdown(0.9, 0.03))
    laden = replace(hedged, standing=np.full(300, -0.02))
    assert optimise(laden).stakes.sum() < optimise(hedged).stakes.sum() / 2


@pytest.mark.parametrize(
    ("stakes", "words"),
    [
        ([0.3, 0.0], "outside its bounds"),
        ([0.004, 0.0], "outside its bounds"),
        ([0.015, 0.0], "whole multiple"),
        ([-0.1, 0.0], "has the stake -0.1"),
        ([np.nan, 0.0], "has the stake nan"),
    ],
)
def test_stakes_off_their_bounds_or_increments_are_caught(stakes: list[float], words: str) -> None:
    asked = problem([[1.0, 1.0], [-1.0, -1.0]], lower=0.01, upper=0.2, increment=0.01)
    assert words in broken(asked, np.array(stakes))[0]
    assert broken(asked, np.array([0.03, 0.2])) == []


def test_ruin_is_caught() -> None:
    asked = problem([[1.0, 1.0], [-1.0, -1.0]], kelly_fraction=0.5)
    assert "takes all" in broken(asked, np.array([0.3, 0.2]))[0]


def test_a_limit_that_no_check_knows_is_no_limit_kept() -> None:
    class Colour(Limit):
        name = "colour"

    with pytest.raises(TypeError, match="colour"):
        broken(problem([[1.0]], limits=(Colour(),)), np.zeros(1))


def test_the_worst_scenarios_share_the_tail_by_their_weight() -> None:
    loss, weights = np.array([1.0, 4.0, 2.0, 3.0]), np.array([0.7, 0.05, 0.2, 0.05])
    np.testing.assert_allclose(tail_weights(loss, weights, 0.8), [0.0, 0.25, 0.5, 0.25])
    assert conditional_value_at_risk(loss, weights, 0.8) == pytest.approx(0.25 * 4 + 0.5 * 2 + 0.25 * 3)


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.name)
def test_adding_a_limit_never_makes_a_portfolio_worth_more(limit: Limit) -> None:
    assert optimise(eager(limit), 2.0).growth <= optimise(eager(), 2.0).bound
