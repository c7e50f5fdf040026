"""One distribution of final scores: what it accepts, and what Dixon and Coles do to its corner."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import poisson

from core.market.grid import GOALS, ScoreGrid, scores


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


def test_a_side_that_cannot_score_does_not_score() -> None:
    np.testing.assert_array_equal(ScoreGrid.poisson([0.0], [0.0], -0.1).cells[0], certain(0, 0))


def test_every_match_has_rates_of_its_own_and_nan_is_no_belief() -> None:
    grid = ScoreGrid.poisson([1.5, math.nan, 1.5], [1.2, 1.0, 1.2], [0.0, 0.0, math.nan])
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


def test_a_day_without_matches_is_an_empty_grid() -> None:
    assert ScoreGrid.poisson([], []).flat.shape == (0, 256)


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


def test_weights_without_any_weight_and_rates_off_the_grid_are_refused() -> None:
    with pytest.raises(ValueError, match="Match 0 of the grid has no weight on any score"):
        ScoreGrid.of(np.zeros((1, GOALS, GOALS)))
    for rates in ([1.0, -0.1], [1.0, 15.5], [1.0, math.inf]):
        with pytest.raises(ValueError, match="Match 1 of the grid has a rate outside 0 to 15 goals"):
            ScoreGrid.poisson(rates, [1.0, 1.0])
