"""Score grids as rows and back, of football and of basketball."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from core.market.grid import GOAL_SCORES, POINT_SCORES, ScoreGrid, Support
from core.market.score_rows import from_rows, score_columns, to_rows


def matches(*names: str) -> pl.DataFrame:
    """Matches of one competition and moment."""
    return pl.DataFrame({"match_id": names, "competition_id": "C", "season_code": "2023-24"})


def few_points() -> ScoreGrid:
    """Two games of three scores, and one without a belief."""
    cells = np.zeros((3, len(POINT_SCORES)))
    cells[0, [5000, 9000, 12000]], cells[1, [7000, 9000, 9001]], cells[2] = (0.2, 0.5, 0.3), (0.1, 0.1, 0.8), np.nan
    return ScoreGrid(cells.reshape(3, *POINT_SCORES.shape), POINT_SCORES)


@pytest.mark.parametrize(
    ("support", "columns"),
    [(GOAL_SCORES, ("home_goals", "away_goals")), (POINT_SCORES, ("home_points", "away_points"))],
    ids=["goals", "points"],
)
def test_scores_are_told_apart_and_named_by_what_is_scored(support: Support, columns: tuple[str, str]) -> None:
    assert len({*zip(support.home.tolist(), support.away.tolist(), strict=True)}) == len(support)
    assert min(support.home.min(), support.away.min()) >= 0
    assert score_columns(support) == columns


def test_points_are_laid_out_by_margin_and_total() -> None:
    margin = (POINT_SCORES.home - POINT_SCORES.away).reshape(POINT_SCORES.shape)
    total = (POINT_SCORES.home + POINT_SCORES.away).reshape(POINT_SCORES.shape)
    assert (margin == np.arange(-80, 81)[:, None]).all()
    assert (np.diff(total, axis=1) == 2).all()
    assert (total.min(), total.max()) == (120, 359)


def test_football_lists_every_score_and_a_grid_comes_back_as_it_was() -> None:
    grid = ScoreGrid.poisson([1.4, 0.9, np.nan], [1.1, 2.0, 1.0], -0.05)
    rows = to_rows(matches("b", "a", "c"), grid)
    assert rows.group_by("match_id", maintain_order=True).len().rows() == [("b", 256), ("a", 256)]
    named, found = from_rows(rows.sample(fraction=1.0, shuffle=True, seed=3), GOAL_SCORES)
    assert named["match_id"].to_list() == ["a", "b"]
    assert found.support is GOAL_SCORES
    np.testing.assert_allclose(found.cells, grid.cells[[1, 0]], rtol=1e-14)


def test_of_points_only_scores_that_can_happen_have_rows() -> None:
    rows = to_rows(matches("b", "a", "c"), few_points())
    assert rows.group_by("match_id", maintain_order=True).len().rows() == [("b", 3), ("a", 3)]
    assert rows.select("home_points", "away_points", "prob").row(1) == (
        int(POINT_SCORES.home[9000]), int(POINT_SCORES.away[9000]), 0.5,
    )  # fmt: skip
    named, found = from_rows(rows.reverse(), POINT_SCORES)
    assert named.rows() == [("a", "C"), ("b", "C")]
    assert found.support is POINT_SCORES
    np.testing.assert_allclose(found.flat, few_points().flat[[1, 0]], rtol=1e-14)


def test_no_rows_are_no_matches() -> None:
    rows = to_rows(matches("b", "a", "c"), few_points()).clear()
    named, found = from_rows(rows, POINT_SCORES)
    assert (len(named), len(found)) == (0, 0)


@pytest.mark.parametrize(
    "wrong", [{"home_points": 251}, {"home_points": -1}, {"away_points": 3}, {"home_points": 9999}]
)
def test_a_score_that_no_grid_tells_apart_is_refused(wrong: dict[str, int]) -> None:
    rows = to_rows(matches("b", "a", "c"), few_points())
    with pytest.raises(ValueError, match="tell apart"):
        other = rows.head(1).with_columns(**{k: pl.lit(v, pl.Int64) for k, v in wrong.items()})
        from_rows(pl.concat([rows, other]), POINT_SCORES)


def test_two_moments_and_columns_of_another_sport_are_refused() -> None:
    rows = to_rows(matches("b", "a", "c"), few_points())
    with pytest.raises(ValueError, match="one moment"):
        from_rows(pl.concat([rows, rows]), POINT_SCORES)
    with pytest.raises(ValueError, match="in points"):
        from_rows(rows.drop("home_points"), POINT_SCORES)
    with pytest.raises(ValueError, match="in goals"):
        from_rows(rows, GOAL_SCORES)


def test_an_unheard_of_sport_writes_what_can_happen() -> None:
    support = Support(np.array([1, 0]), np.array([0, 1]), (2,), "tries")
    rows = to_rows(matches("a"), ScoreGrid(np.array([[1.0, 0.0]]), support))
    assert rows.select("home_tries", "away_tries", "prob").rows() == [(1, 0, 1.0)]
