"""The perspective relaxation beside slow, obvious oracles: the quadratic, the diagonal, and bounds beside every choice
of tickets."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from optimizer.portfolio.diagonal import extracted
from optimizer.portfolio.limits import MaximumTickets
from optimizer.portfolio.patience import Patience
from optimizer.portfolio.perspective import Perspective, first_guess, most_tickets
from optimizer.portfolio.quadratic import loss_share, quadratic_above
from optimizer.portfolio.relaxation import Model, relax
from optimizer.portfolio.verify import broken
from tests.unit.optimizer.portfolio.worlds import crowded, every_choice, problem


@pytest.mark.parametrize("rise", [0.0, 1e-4, 0.1, 0.7, 5.0])
def test_the_loss_is_at_least_its_share_of_the_square(rise: float) -> None:
    share = float(loss_share(np.array([rise]))[0])
    u = np.concatenate([np.linspace(-0.999, rise, 2_001), [rise]])
    assert (u - np.log1p(u) >= share * u**2 / 2 - 1e-12).all()
    if rise > 0:
        assert rise - np.log1p(rise) == pytest.approx(share * rise**2 / 2, rel=1e-3)


@pytest.mark.parametrize("seed", range(5))
def test_the_quadratic_is_above_growth_wherever_growth_beats_the_target(seed: int) -> None:
    free = replace(crowded(seed), lower=np.zeros(9), limits=())
    model, rng = Model(free), np.random.default_rng(seed)
    relaxed = relax(model)
    target = 0.8 * relaxed.bound
    quadratic = quadratic_above(model, relaxed, np.arange(9), target)
    assert quadratic is not None
    better = 0
    for _ in range(300):
        stakes = np.maximum(relaxed.stakes * rng.uniform(0.3, 1.7, 9) + rng.normal(0.0, 0.01, 9), 0.0)
        growth = model.growth.added(stakes)
        if growth > target and not broken(free, stakes):
            better += 1
            assert quadratic.value(stakes) >= growth - 1e-12
    assert better > 10


@pytest.mark.parametrize("seed", range(5))
def test_what_is_left_without_the_diagonal_is_still_a_curvature(seed: int) -> None:
    rng = np.random.default_rng(seed)
    factor = rng.normal(size=(30, 12))
    curvature, inside = factor.T @ factor, np.array([0, 3, 4, 7])
    debt = rng.uniform(0.0, 5.0, 12)
    diagonal = extracted(curvature, inside, np.ones(12), debt)
    assert np.linalg.eigvalsh(curvature - np.diag(diagonal))[0] >= -1e-9
    assert (diagonal[inside] > 0).all()
    assert (diagonal[np.setdiff1d(np.arange(12), inside)] <= 0).all()


def test_of_two_correlated_candidates_the_diagonal_of_greatest_worth_is_found() -> None:
    curvature, worth = np.array([[2.0, 1.0], [1.0, 3.0]]), np.array([1.0, 4.0])
    found = extracted(curvature, np.arange(2), worth, np.zeros(2))
    best = minimize_scalar(lambda a: -(a + 4.0 * (3.0 - 1.0 / (2.0 - a))), bounds=(0.0, 1.6), method="bounded")
    assert -best.fun * 0.95 <= worth @ found <= -best.fun + 1e-9


@pytest.mark.parametrize("seed", range(8))
def test_the_bound_is_above_every_choice_of_tickets_and_below_the_plain_relaxation_s(seed: int) -> None:
    model = Model(crowded(seed))
    relaxed, everything = relax(model), np.arange(9)
    choices = every_choice(model)
    best = max(growth for _, growth in choices)
    quadratic = quadratic_above(model, relaxed, everything, 0.9 * best)
    assert quadratic is not None
    guess = first_guess(model, relaxed, everything, 0.9 * best)
    found = Perspective(model, quadratic, most_tickets(model), guess, relaxed.stakes).solve(guess.of_ticket)
    assert found.bound >= best - 1e-9
    assert found.bound < relaxed.bound - 0.1 * (relaxed.bound - best)
    for choice, growth in choices:
        if growth > 0.9 * best:
            assert found.ceiling[list(choice)].min() >= growth - 1e-9


def test_tickets_are_counted_by_the_tightest_row() -> None:
    asked = problem(np.ones((2, 5)), limits=(MaximumTickets(4), MaximumTickets(2)))
    assert most_tickets(Model(asked)) == 2
    assert most_tickets(Model(problem(np.ones((2, 5))))) == 5


@pytest.mark.parametrize(
    ("gaps", "ends"),
    [
        ([0.1, 0.1, 0.1, 0.1], [False, False, False, True]),
        ([0.1, 0.099, 0.0985, 0.097, 0.097], [False, False, False, False, False]),
        ([0.1, 0.05, 0.05, 0.05, 0.05], [False, False, False, False, True]),
    ],
)
def test_patience_ends_after_three_rounds_without_a_fiftieth_gained(gaps: list[float], ends: list[bool]) -> None:
    patience = Patience()
    assert [patience.ends(gap) for gap in gaps] == ends
