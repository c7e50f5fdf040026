"""The optimiser against closed forms, a search over every stake on a grid, and its own optimality conditions."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from optimizer.portfolio.limits import DayExposure, Drawdown, MaximumTickets, Room
from optimizer.portfolio.optimise import PROVEN, STALLED, optimise, relative_gap
from optimizer.portfolio.problem import Problem
from optimizer.portfolio.verify import broken
from tests.unit.optimizer.portfolio.worlds import Floats, day, problem, random_problem

EXACT = 1e-6


def kelly_of_exclusive_outcomes(prob: Floats, odds_dec: Floats) -> Floats:
    """Full Kelly stakes on mutually exclusive outcomes in closed form (Smoczynski and Tomkins, 2010)."""
    order = np.argsort(-prob * odds_dec)
    reserve, taken = 1.0, []
    for place in order:
        if prob[place] * odds_dec[place] <= reserve:
            break
        taken.append(place)
        reserve = (1.0 - prob[taken].sum()) / (1.0 - (1.0 / odds_dec[taken]).sum())
    stakes = np.zeros_like(prob)
    stakes[taken] = prob[taken] - reserve / odds_dec[taken]
    return stakes


def best_on_the_grid(asked: Problem, steps: list[list[float]]) -> float:
    """The growth of the best allowed combination of these stakes, by trying all."""
    c, best = asked.kelly_fraction, 0.0
    for stakes in itertools.product(*steps):
        wealth = 1.0 + (asked.standing + asked.returns @ np.array(stakes)) / c
        if wealth.min() > 0 and not broken(asked, np.array(stakes)):
            gain = c * asked.weights @ (np.log(wealth) - np.log(1.0 + asked.standing / c))
            best = max(best, float(gain))
    return best


@pytest.mark.parametrize("fraction", [1.0, 0.25])
@pytest.mark.parametrize(("prob", "odds"), [(0.5, 2.2), (0.3, 4.0), (0.9, 1.3), (0.02, 80.0), (0.5, 1.9)])
def test_one_bet_gets_its_kelly_stake(prob: float, odds: float, fraction: float) -> None:
    found = optimise(problem([[odds - 1], [-1.0]], [prob, 1 - prob], kelly_fraction=fraction))
    kelly = max((prob * odds - 1) / (odds - 1), 0.0)  # Kelly (1956)
    assert found.stakes[0] == pytest.approx(fraction * kelly, abs=EXACT)
    assert found.status == PROVEN
    assert found.binding == ("kelly",)


@pytest.mark.parametrize("fraction", [1.0, 0.4])
@pytest.mark.parametrize("odds", [(2.25, 3.6, 3.5), (1.9, 4.3, 4.0), (2.0, 3.3, 4.4)])
def test_mutually_exclusive_outcomes_get_the_stakes_of_the_closed_form(
    odds: tuple[float, ...], fraction: float
) -> None:
    prob, prices = np.array([0.47, 0.27, 0.26]), np.array(odds)
    found = optimise(problem(np.diag(prices) - 1.0, prob, kelly_fraction=fraction))
    np.testing.assert_allclose(found.stakes, fraction * kelly_of_exclusive_outcomes(prob, prices), atol=1e-5)


def test_staking_in_two_steps_comes_to_the_same_as_staking_at_once() -> None:
    rng = np.random.default_rng(5)
    returns = np.where(rng.random((400, 2)) < 0.5, 1.3, -1.0)
    at_once = optimise(problem(returns, kelly_fraction=0.5)).stakes
    standing = returns[:, 0] * at_once[0]
    later = optimise(problem(returns[:, 1:], standing=standing, kelly_fraction=0.5)).stakes
    assert later[0] == pytest.approx(at_once[1], abs=EXACT)


@pytest.mark.parametrize("seed", range(6))
def test_no_allowed_combination_of_stakes_grows_faster(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 5))
    returns = np.where(rng.random((30, n)) < 0.5, rng.uniform(0.9, 2.0, n), -1.0)
    asked = problem(
        returns, standing=rng.normal(0.0, 0.08, 30) * (seed % 2), lower=0.04, upper=0.16, increment=0.02,
        kelly_fraction=0.6,
        groups={"day": np.ones((1, n))}, limits=(MaximumTickets(2), DayExposure(0.22), Drawdown(0.9, 0.15)),
    )  # fmt: skip
    best = best_on_the_grid(asked, [[0.0, *np.arange(2, 9) * 0.02]] * n)
    found = optimise(asked, seconds=3.0, gap=1e-3)
    assert broken(asked, found.stakes) == []
    assert found.bound >= best - 1e-9
    assert found.growth >= best * (1 - 1e-3) - 1e-9
    assert found.status == PROVEN
    assert found.growth <= best + 1e-9


def test_the_exact_stakes_meet_the_optimality_conditions() -> None:
    assert 0.0 < optimise(day()).residual < 1e-6


@pytest.mark.parametrize("seed", range(3))
def test_a_day_of_sixty_candidates_is_solved_to_one_percent(seed: int) -> None:
    asked = day(seed=seed)
    found = optimise(asked, seconds=10.0)
    assert (found.status, broken(asked, found.stakes)) == (PROVEN, [])
    assert 0.0 <= found.gap <= 0.01
    assert found.gap == relative_gap(found.growth, found.bound)


def test_equal_problems_have_equal_answers() -> None:
    first, second = optimise(random_problem(4)), optimise(random_problem(4))
    np.testing.assert_array_equal(first.stakes, second.stakes)
    assert (first.bound, first.binding) == (second.bound, second.binding)


@pytest.mark.parametrize("seed", range(3))
def test_at_a_quarter_of_kelly_many_small_stakes_become_twenty_tickets_to_one_percent(seed: int) -> None:
    asked = day(300, 500, seed=seed, fraction=0.25)
    found = optimise(asked, seconds=30.0)
    assert (found.status, broken(asked, found.stakes)) == (PROVEN, [])
    assert found.gap <= 0.01 + 1e-9


def test_a_search_that_stalls_ends_long_before_its_time_and_always_at_the_same_stakes() -> None:
    asked = day(150, 400, fraction=0.25)
    first, second = (optimise(asked, seconds=300.0, gap=1e-4) for _ in range(2))
    assert first.status == STALLED
    assert first.seconds < 60.0
    np.testing.assert_array_equal(first.stakes, second.stakes)
    assert (first.bound, first.growth, first.binding) == (second.bound, second.growth, second.binding)


@pytest.mark.parametrize("seconds", [0.0, 0.05])
def test_without_time_the_answer_is_still_allowed_and_its_bound_holds(seconds: float) -> None:
    asked = day(120, 500, fraction=0.25)
    short, long = optimise(asked, seconds, gap=0.0), optimise(asked, seconds=2.0)
    assert broken(asked, short.stakes) == []
    assert short.bound >= long.growth
    assert short.status == "out_of_time"


def test_nothing_is_staked_where_there_is_nothing_to_stake_on() -> None:
    empty = optimise(problem(np.zeros((4, 0))))
    assert (empty.stakes.shape, empty.growth, empty.gap, empty.binding) == ((0,), 0.0, 0.0, ())
    losing = optimise(problem([[0.5], [-1.0]]))
    assert losing.stakes.tolist() == [0.0]


def test_standing_tickets_that_break_a_limit_leave_no_room() -> None:
    asked = problem(
        [[1.5], [-1.0]], groups={"day": np.ones((1, 1))}, used={"day": np.array([0.2])}, limits=(DayExposure(0.1),)
    )
    assert optimise(asked).stakes.tolist() == [0.0]


def test_a_sure_loss_of_all_that_kelly_stakes_lets_nothing_lose_more() -> None:
    asked = problem([[1.5], [-1.0]], standing=np.array([0.0, -0.4]), kelly_fraction=0.3)
    assert optimise(asked).stakes.tolist() == [0.0]


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({}, "kelly"),
        ({"upper": 0.05}, "ticket"),
        ({"lower": 0.2}, "minimum"),
        ({"groups": {"day": np.ones((1, 1))}, "limits": (DayExposure(0.05),)}, "day"),
        ({"limits": (Drawdown(0.6, 0.05),)}, "drawdown"),
        ({"limits": (Room("week", 0.05), Room("month", 0.06))}, "week"),
        ({"limits": (MaximumTickets(0),)}, "tickets"),
    ],
)
def test_each_stake_says_what_set_it(changes: dict[str, object], name: str) -> None:
    found = optimise(problem([[1.2], [-1.0]], **changes))  # full Kelly: 0.0833
    assert found.binding == (name,)
