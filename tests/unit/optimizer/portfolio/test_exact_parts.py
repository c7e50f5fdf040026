"""The exact parts beside slow, obvious oracles: interior points, the relaxation's bound, the door to the solver."""

from __future__ import annotations

import itertools
import time

import numpy as np
import pytest
from scipy.optimize import minimize

from optimizer.portfolio.growth import Growth
from optimizer.portfolio.interior import Region, solve
from optimizer.portfolio.limits import FLOOR
from optimizer.portfolio.optimise import optimise
from optimizer.portfolio.relaxation import Model, relax
from optimizer.portfolio.rivals import rivals, score
from optimizer.portfolio.rounding import on_grid, rounded
from optimizer.solve import Program, maximise
from tests.unit.optimizer.portfolio.worlds import day, problem, random_problem


@pytest.mark.parametrize("seed", range(5))
def test_the_interior_point_method_agrees_with_a_general_optimiser(seed: int) -> None:
    rng = np.random.default_rng(seed)
    returns = np.where(rng.random((200, 5)) < 0.5, rng.uniform(0.9, 1.5, 5), -1.0)
    growth = Growth.of(problem(returns, kelly_fraction=0.7))
    rows, room = rng.random((3, 5)), np.array([0.05, 0.1, 0.2])
    found = solve(growth, Region(rows, room, np.zeros(5), np.full(5, 0.1)))
    oracle = minimize(
        lambda f: -1e3 * growth.value(f), np.full(5, 0.01), jac=lambda f: -1e3 * growth.gradient(f), method="SLSQP",
        bounds=[(0.0, 0.1)] * 5, constraints={"type": "ineq", "fun": lambda f: room - rows @ f},
        options={"ftol": 1e-14, "maxiter": 500},
    )  # fmt: skip
    assert found.residual < 1e-9
    allowed = oracle.x * min(1.0, float((room / (rows @ oracle.x)).min()))
    assert (rows @ found.stakes <= room + 1e-12).all()
    assert growth.value(found.stakes) >= growth.value(allowed) - 1e-9
    np.testing.assert_allclose(found.stakes, oracle.x, atol=1e-4)


def test_the_price_of_a_row_is_what_more_room_would_add() -> None:
    growth = Growth.of(problem([[1.2], [-1.0]]))

    def at(room: float) -> tuple[float, float]:
        found = solve(growth, Region(np.ones((1, 1)), np.array([room]), np.zeros(1), np.ones(1)))
        return growth.value(found.stakes), float(found.prices[0])

    assert at(0.05)[1] == pytest.approx((at(0.051)[0] - at(0.049)[0]) / 0.002, rel=1e-3)
    assert at(0.5)[1] == pytest.approx(0.0, abs=1e-8)


@pytest.mark.parametrize("wealth", [FLOOR * 2, FLOOR, FLOOR / 2, 0.0, -1.0])
def test_the_continued_logarithm_is_never_below_the_logarithm_and_its_slope_is_its_own(wealth: float) -> None:
    growth = Growth.of(problem([[1.0]], kelly_fraction=0.5))

    def term(at: float) -> float:
        return float(growth.terms(np.array([at]))[0])

    if wealth > 0:
        assert term(wealth) >= 0.5 * np.log(wealth) - 1e-12
    slope = float(growth.slopes(np.array([wealth]))[0])
    assert slope == pytest.approx((term(wealth + 1e-9) - term(wealth - 1e-9)) / 2e-9 / 0.5, rel=1e-3)


@pytest.mark.parametrize("seconds", [-1.0, 10.0])
def test_the_bound_of_the_relaxation_holds_wherever_its_search_stops(seconds: float) -> None:
    model = Model(day(300, 300, drawdown=0.02), time.monotonic() + seconds)
    found = relax(model)
    best = relax(Model(day(300, 300, drawdown=0.02)))
    assert found.bound >= model.growth.added(best.stakes) - 1e-9
    if seconds > 0:
        assert found.bound == pytest.approx(model.growth.added(found.stakes), rel=1e-5)


def test_stakes_are_rounded_down_and_then_up_where_growth_gains_most() -> None:
    asked = problem([[1.2, 1.3], [-1.0, 1.3], [1.2, -1.0], [-1.0, -1.0]], lower=0.02, increment=0.01)
    assert on_grid(asked, np.array([0.0199, 0.0399])).tolist() == [0.0, 0.03]
    assert rounded(Model(asked), np.array([0.05, 0.05])).tolist() == pytest.approx([0.08, 0.11], abs=0.011)


@pytest.mark.parametrize("seed", range(30))
def test_rounding_never_leaves_the_limits(seed: int) -> None:
    asked = random_problem(seed)
    model = Model(asked)
    wanted = np.random.default_rng(seed).uniform(0.0, 0.02, asked.candidates)
    assert model.allows(rounded(model, wanted))


def test_the_optimiser_grows_faster_than_every_rival_where_all_see_the_same_scenarios() -> None:
    asked = day(60, 500, seed=2)
    ours = score(asked, optimise(asked).stakes).growth
    others = {name: score(asked, stakes) for name, stakes in rivals(asked).items()}
    assert set(others) == {"flat", "proportional", "single_kelly", "simultaneous_kelly"}
    assert all(0 < other.staked <= 0.1 + 1e-9 and other.growth < ours for other in others.values())


def test_one_bet_alone_gets_its_kelly_stake_from_the_kelly_rivals() -> None:
    staked = rivals(problem([[1.2], [-1.0]], kelly_fraction=0.5))
    for name in ("single_kelly", "simultaneous_kelly"):
        assert staked[name][0] == pytest.approx(0.5 * 0.1 / 1.2, abs=1e-6), name


@pytest.mark.parametrize("seed", range(10))
def test_the_solver_finds_the_best_of_all_whole_points(seed: int) -> None:
    rng = np.random.default_rng(seed)
    objective, rows = rng.uniform(0.0, 1.0, 4), rng.uniform(0.0, 1.0, (3, 4))
    program = Program(objective, rows, np.full(3, 2.5), np.zeros(4), np.full(4, 3.0), np.ones(4, dtype=bool))
    points = np.array(list(itertools.product(range(4), repeat=4)), dtype=float)
    best = float((points @ objective)[(points @ rows.T <= 2.5).all(axis=1)].max())
    solved = maximise(program)
    assert solved.values is not None
    assert solved.optimal
    assert float(objective @ solved.values) == pytest.approx(best, abs=1e-9)
    assert solved.bound >= best - 1e-9


def test_a_solver_stopped_by_its_nodes_stops_at_the_same_point_each_time_with_a_bound_that_holds() -> None:
    rng = np.random.default_rng(3)
    program = Program(
        rng.uniform(0.5, 1.0, 60), rng.uniform(0.0, 1.0, (20, 60)), np.full(20, 9.3), np.zeros(60), np.ones(60),
        np.ones(60, dtype=bool),
    )  # fmt: skip
    first, second, longer = maximise(program, nodes=1), maximise(program, nodes=1), maximise(program, nodes=20)
    assert not first.optimal
    assert first.values is not None
    assert second.values is not None
    assert longer.values is not None
    np.testing.assert_array_equal(first.values, second.values)
    assert first.bound == second.bound >= float(program.objective @ longer.values)


def test_a_program_without_a_point_has_no_values_and_one_with_nonsense_is_refused() -> None:
    one, yes = np.ones(1), np.ones(1, dtype=bool)
    assert maximise(Program(one, -np.ones((1, 1)), np.array([-2.0]), np.zeros(1), one, ~yes)).values is None
    with pytest.raises(ValueError, match="finite"):
        Program(one, np.full((1, 1), np.nan), one, np.zeros(1), one, yes)
    with pytest.raises(ValueError, match="whole bounds"):
        Program(one, np.ones((1, 1)), one, np.zeros(1), 1.5 * one, yes)
