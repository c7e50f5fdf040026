"""Whatever the problem, no portfolio breaks a limit, and none is worth more than the bound says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.portfolio.optimise import optimise
from optimizer.portfolio.relaxation import Model
from optimizer.portfolio.rivals import rivals, score
from optimizer.portfolio.verify import broken
from tests.unit.optimizer.portfolio.worlds import crowded, every_choice, random_problem


def check(seed: int) -> None:
    """The optimiser's portfolio keeps every limit, adds growth, and its numbers are each other's."""
    asked = random_problem(seed)
    found = optimise(asked, seconds=0.05)
    assert broken(asked, found.stakes) == []
    assert 0.0 <= found.growth <= found.bound + 1e-9
    assert found.growth == pytest.approx(score(asked, found.stakes).growth, abs=1e-12)


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=200, deadline=None)
def test_no_portfolio_breaks_a_limit(seed: int) -> None:
    check(seed)


@pytest.mark.prove
def test_no_portfolio_in_ten_thousand_breaks_a_limit() -> None:
    for seed in range(10_000):
        check(seed)


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=100, deadline=None)
def test_no_rival_breaks_a_limit_or_beats_the_bound(seed: int) -> None:
    asked = random_problem(seed)
    bound = optimise(asked, seconds=0.05).bound
    for name, stakes in rivals(asked).items():
        assert broken(asked, stakes) == [], name
        assert score(asked, stakes).growth <= bound + 1e-9, name


@given(seed=st.integers(0, 2**32 - 1), scale=st.floats(0.1, 1.0))
@settings(max_examples=50, deadline=None)
def test_no_smaller_stakes_grow_faster_than_the_bound(seed: int, scale: float) -> None:
    asked = random_problem(seed)
    found = optimise(asked, seconds=0.05)
    random = np.random.default_rng(seed).uniform(0.0, asked.upper) * scale
    stakes = np.where(random >= asked.lower, random, 0.0)
    if not broken(asked, stakes):
        assert score(asked, stakes).growth <= found.bound + 1e-9


@given(seed=st.integers(0, 2**32 - 1), gap=st.sampled_from([0.0, 0.01, 0.1]))
@settings(max_examples=20, deadline=None)
def test_no_choice_of_tickets_beats_the_bound(seed: int, gap: float) -> None:
    asked = crowded(seed)
    found = optimise(asked, seconds=5.0, gap=gap)
    assert found.bound >= max(growth for _, growth in every_choice(Model(asked))) - 1e-9
    assert found.growth <= found.bound + 1e-9
