"""One distribution of final scores: what it accepts, and what Dixon and Coles do to its corner."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import nbinom, poisson

from core.market.grid import GOALS, ScoreGrid, Support, scores


def certain(home: int, away: int) -> np.ndarray:
    """A match whose score is known."""
    cells = np.zeros((GOALS, GOALS))
    cells[home, away] = 1.0
    return cells


def dixon_coles(home_rate: float, away_rate: float, rho: float) -> np.ndarray:
    """The formula as printed, cell by cell, with scipy's Poisson."""
    factors = {
        (0, 0): 1 - home_rate * away_rate * rho,
        (0, 1): 1 + home_rate * rho,
        (1, 0): 1 + away_rate * rho,
        (1, 1): 1 - rho,
    }
    cells = np.array(
        [
            [
                factors.get((home, away), 1.0) * poisson.pmf(home, home_rate) * poisson.pmf(away, away_rate)
                for away in range(GOALS)
            ]
            for home in range(GOALS)
        ]
    )
    return cells / cells.sum()


@pytest.mark.parametrize(("home_rate", "away_rate", "rho"), [(1.6, 1.1, 0.0), (1.6, 1.1, -0.13), (0.4, 2.9, 0.05)])
def test_a_poisson_grid_is_the_printed_formula(home_rate: float, away_rate: float, rho: float) -> None:
    ours = ScoreGrid.poisson([home_rate], [away_rate], rho).cells[0]
    np.testing.assert_allclose(ours, dixon_coles(home_rate, away_rate, rho), rtol=1e-12, atol=0)


def test_the_correction_moves_low_scores_between_themselves_and_leaves_the_rates_alone() -> None:
    plain, corrected = (ScoreGrid.poisson([1.5], [1.2], rho).cells[0] for rho in (0.0, -0.1))
    np.testing.assert_allclose(corrected[2:], plain[2:], rtol=1e-12)
    assert corrected[0, 0] > plain[0, 0]
    assert corrected[1, 0] < plain[1, 0]
    goals = np.arange(GOALS)
    assert corrected.sum(axis=1) @ goals == pytest.approx(1.5, abs=1e-8)
    assert corrected.sum(axis=0) @ goals == pytest.approx(1.2, abs=1e-8)


@pytest.mark.parametrize(
    ("rho", "edge", "empty"), [(9.0, 1 / 3, (0, 0)), (-9.0, -0.5, (0, 1))], ids=["too high", "too low"]
)
def test_a_rho_beyond_its_range_is_clipped_where_the_first_cell_empties(
    rho: float, edge: float, empty: tuple[int, int]
) -> None:
    cells = ScoreGrid.poisson([2.0], [1.5], rho).cells[0]
    np.testing.assert_allclose(cells, dixon_coles(2.0, 1.5, edge), rtol=1e-12, atol=1e-16)
    assert cells[empty] == pytest.approx(0.0, abs=1e-15)
    assert (cells >= 0).all()


def bivariate_poisson(home_rate: float, away_rate: float, covariance: float) -> np.ndarray:
    """Score by score, the sum over the common goals."""
    cells = np.zeros((GOALS, GOALS))
    for home, away in np.ndindex(cells.shape):
        for common in range(min(home, away) + 1):
            apart = poisson.pmf(home - common, home_rate - covariance) * poisson.pmf(
                away - common, away_rate - covariance
            )
            cells[home, away] += apart * poisson.pmf(common, covariance)
    return cells / cells.sum()


def negative_binomial(home_rate: float, away_rate: float, dispersion: float) -> np.ndarray:
    """Scipy's counts of failures, of `1 / dispersion` successes."""
    size, goals = 1 / dispersion, np.arange(GOALS)
    cells = np.outer(*(nbinom.pmf(goals, size, size / (size + rate)) for rate in (home_rate, away_rate)))
    return cells / cells.sum()


@pytest.mark.parametrize(
    ("home_rate", "away_rate", "covariance"), [(1.6, 1.1, 0.1), (0.4, 2.9, 0.39), (2.5, 2.5, 2.5), (9.0, 0.2, 0.0)]
)
def test_a_bivariate_grid_is_the_double_sum(home_rate: float, away_rate: float, covariance: float) -> None:
    ours = ScoreGrid.bivariate_poisson([home_rate], [away_rate], covariance).cells[0]
    np.testing.assert_allclose(ours, bivariate_poisson(home_rate, away_rate, covariance), rtol=1e-12, atol=0)


@pytest.mark.parametrize(
    ("home_rate", "away_rate", "dispersion"), [(1.6, 1.1, 0.02), (0.4, 2.9, 0.5), (12.0, 0.0, 3.0), (1.5, 2.5, 10.0)]
)
def test_a_negative_binomial_grid_is_scipys(home_rate: float, away_rate: float, dispersion: float) -> None:
    ours = ScoreGrid.negative_binomial([home_rate], [away_rate], dispersion).cells[0]
    np.testing.assert_allclose(ours, negative_binomial(home_rate, away_rate, dispersion), rtol=1e-12, atol=0)


def test_common_goals_leave_each_sides_poisson_alone_and_are_the_covariance() -> None:
    cells, goals = ScoreGrid.bivariate_poisson([1.5], [1.2], 0.3).cells[0], np.arange(GOALS)
    np.testing.assert_allclose(cells.sum(axis=1), poisson.pmf(goals, 1.5), atol=1e-9)
    np.testing.assert_allclose(cells.sum(axis=0), poisson.pmf(goals, 1.2), atol=1e-9)
    assert goals @ cells @ goals - 1.5 * 1.2 == pytest.approx(0.3, abs=1e-8)


def test_dispersion_leaves_the_means_and_spreads_the_counts() -> None:
    home = ScoreGrid.negative_binomial([1.5], [1.2], 0.1).cells[0].sum(axis=1)
    goals = np.arange(GOALS)
    assert home @ goals == pytest.approx(1.5, abs=1e-6)
    assert home @ (goals - 1.5) ** 2 == pytest.approx(1.5 + 0.1 * 1.5**2, abs=1e-5)


@pytest.mark.parametrize("beyond", [-0.5, 1.2, 7.0, -math.inf, math.inf])
def test_a_covariance_beyond_its_range_is_clipped_to_none_or_all_of_the_lower_rate(beyond: float) -> None:
    cells = ScoreGrid.bivariate_poisson([2.0], [1.2], beyond).cells
    np.testing.assert_array_equal(cells, ScoreGrid.bivariate_poisson([2.0], [1.2], 0.0 if beyond < 0 else 1.2).cells)


@pytest.mark.parametrize(("beyond", "edge"), [(-0.5, 0.0), (-math.inf, 0.0), (11.0, 10.0), (math.inf, 10.0)])
def test_a_dispersion_beyond_its_range_is_clipped(beyond: float, edge: float) -> None:
    cells = ScoreGrid.negative_binomial([2.0], [1.2], beyond).cells
    np.testing.assert_array_equal(cells, ScoreGrid.negative_binomial([2.0], [1.2], edge).cells)


LAWS = pytest.mark.parametrize(
    "law", [ScoreGrid.poisson, ScoreGrid.bivariate_poisson, ScoreGrid.negative_binomial], ids=lambda law: law.__name__
)


@LAWS
def test_a_side_that_cannot_score_does_not_score(law: Callable[..., ScoreGrid]) -> None:
    np.testing.assert_array_equal(law([0.0], [0.0], 0.1).cells[0], certain(0, 0))


@LAWS
def test_every_match_has_rates_of_its_own_and_nan_is_no_belief(law: Callable[..., ScoreGrid]) -> None:
    grid = law([1.5, math.nan, 1.5], [1.2, 1.0, 1.2], [0.0, 0.0, math.nan])
    np.testing.assert_array_equal(grid.is_belief, [True, False, False])
    assert np.isnan(grid.cells[1:]).all()
    assert len(grid) == 3


def test_the_flat_cells_are_named_by_the_scores() -> None:
    home, away = scores()
    flat = ScoreGrid(certain(3, 11)[None]).flat
    assert (home[flat[0] == 1.0], away[flat[0] == 1.0]) == (3, 11)


def test_weights_become_probabilities_in_proportion() -> None:
    weights = np.zeros((2, GOALS, GOALS))
    weights[0, 1, 0], weights[0, 0, 2] = 1.5e308, 0.5e308
    weights[1] = math.nan
    grid = ScoreGrid.of(weights)
    assert (grid.cells[0, 1, 0], grid.cells[0, 0, 2]) == (0.75, 0.25)
    np.testing.assert_array_equal(grid.is_belief, [True, False])


def test_a_grid_keeps_a_copy_that_nobody_changes() -> None:
    mine = certain(1, 0)[None]
    grid = ScoreGrid(mine)
    mine[0, 1, 0] = 0.5
    assert grid.cells[0, 1, 0] == 1.0
    with pytest.raises(ValueError, match="read-only"):
        grid.cells[0, 0, 0] = 1.0


@LAWS
def test_a_day_without_matches_is_an_empty_grid(law: Callable[..., ScoreGrid]) -> None:
    assert law([], [], 0.1).flat.shape == (0, 256)


def changed(home: int, away: int, value: float) -> np.ndarray:
    cells = np.stack([certain(1, 1)] * 3)
    cells[1, home, away] = value
    return cells


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (certain(1, 1), r"shape \(n, 16, 16\), not \(16, 16\)"),
        (changed(0, 0, 1e-8), "Match 1 of the grid has probabilities that do not sum to one"),
        (changed(0, 0, -1e-12), "Match 1 of the grid has a negative or infinite score"),
        (changed(0, 0, math.inf), "Match 1 of the grid has a negative or infinite score"),
        (changed(0, 0, math.nan), "Match 1 of the grid is NaN in part"),
    ],
    ids=["shape", "sum", "negative", "infinite", "partly NaN"],
)
def test_what_is_no_distribution_is_refused_and_the_match_named(cells: np.ndarray, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        ScoreGrid(cells)


def test_a_sum_within_the_tolerance_is_accepted() -> None:
    assert len(ScoreGrid(changed(0, 0, 1e-10))) == 3


def test_weights_without_any_weight_are_refused() -> None:
    with pytest.raises(ValueError, match="Match 0 of the grid has no weight on any score"):
        ScoreGrid.of(np.zeros((1, GOALS, GOALS)))


@LAWS
def test_rates_off_the_grid_are_refused(law: Callable[..., ScoreGrid]) -> None:
    for rates in ([1.0, -0.1], [1.0, 15.5], [1.0, math.inf]):
        with pytest.raises(ValueError, match="Match 1 of the grid has a rate outside 0 to 15 goals"):
            law(rates, [1.0, 1.0], 0.0)


def test_a_grid_of_other_scores_has_their_shape_and_order() -> None:
    support = Support(np.array([100, 101, 99]), np.array([99, 100, 101]), (3,))
    grid = ScoreGrid.of([[1.0, 1.0, 2.0], [np.nan] * 3], support)
    np.testing.assert_allclose(grid.flat[0], [0.25, 0.25, 0.5])
    np.testing.assert_array_equal(grid.is_belief, [True, False])
    assert grid.of_matches(np.array([1])).support is support
    with pytest.raises(ValueError, match=r"shape \(n, 3\)"):
        ScoreGrid.of(np.ones((1, 4)), support)
    with pytest.raises(ValueError, match="do not fill"):
        Support(np.array([1]), np.array([1, 2]), (2,))
