"""Score grids of the goal families, for any rates and shapes: distributions with the margins that they promise."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import nbinom, poisson

from core.market.grid import GOALS, ScoreGrid

RATES, ANY_RATES = st.floats(0.05, 4.0), st.floats(0.0, 15.0)
LAWS = [ScoreGrid.poisson, ScoreGrid.bivariate_poisson, ScoreGrid.negative_binomial]
ALL = pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
FEW = settings(max_examples=100, deadline=None)


@ALL
@FEW
@given(home=ANY_RATES, away=ANY_RATES, shape=st.floats(-1e3, 1e3))
def test_any_rates_and_shape_are_a_distribution(
    law: Callable[..., ScoreGrid], home: float, away: float, shape: float
) -> None:
    grid = law([home], [away], shape)
    assert grid.is_belief.all()
    assert (grid.cells >= 0).all()


@FEW
@given(home=RATES, away=RATES, share=st.floats(0.0, 1.0))
def test_each_side_of_the_bivariate_poisson_is_a_poisson(home: float, away: float, share: float) -> None:
    cells, goals = ScoreGrid.bivariate_poisson([home], [away], share * min(home, away)).cells[0], np.arange(GOALS)
    np.testing.assert_allclose(cells.sum(axis=1), poisson.pmf(goals, home), atol=2e-5)
    np.testing.assert_allclose(cells.sum(axis=0), poisson.pmf(goals, away), atol=2e-5)


@FEW
@given(home=RATES, away=RATES, dispersion=st.floats(1e-4, 10.0))
def test_the_sides_of_the_negative_binomial_are_scipys_and_independent(
    home: float, away: float, dispersion: float
) -> None:
    cells = ScoreGrid.negative_binomial([home], [away], dispersion).cells[0]
    sides = [nbinom.pmf(np.arange(GOALS), 1 / dispersion, 1 / (1 + dispersion * rate)) for rate in (home, away)]
    np.testing.assert_allclose(cells.sum(axis=1), sides[0] / sides[0].sum(), rtol=1e-9)
    np.testing.assert_allclose(cells, np.outer(cells.sum(axis=1), cells.sum(axis=0)), rtol=1e-9)
    np.testing.assert_allclose(cells.sum(axis=0), sides[1] / sides[1].sum(), rtol=1e-9)


@FEW
@given(home=ANY_RATES, away=ANY_RATES)
def test_without_a_shape_all_three_are_the_same_bits(home: float, away: float) -> None:
    plain, *others = (law([home], [away], 0.0).cells.tolist() for law in LAWS)
    assert others == [plain, plain]


@ALL
@FEW
@given(seed=st.integers(0, 2**32 - 1), matches=st.integers(2, 40))
def test_a_match_has_the_same_bits_alone_and_in_company(law: Callable[..., ScoreGrid], seed: int, matches: int) -> None:
    generator = np.random.default_rng(seed)
    columns = [*generator.uniform(0.0, 6.0, (2, matches)), generator.uniform(-0.2, 0.4, matches)]
    place = int(generator.integers(matches))
    alone = law(*(column[place : place + 1] for column in columns)).cells[0]
    assert law(*columns).cells[place].tolist() == alone.tolist()
