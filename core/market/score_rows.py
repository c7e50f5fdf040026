"""Score grids as rows, one a match and final score, and back: the shape in which tables hold them."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.market.grid import GOAL_SCORES, ScoreGrid, Support

Integers = NDArray[np.int64]


def score_columns(support: Support) -> tuple[str, str]:
    """Names of the columns of both scores: `home_goals` and `away_goals`, or `home_points` and `away_points`."""
    return f"home_{support.unit}", f"away_{support.unit}"


def to_rows(matches: pl.DataFrame, grid: ScoreGrid) -> pl.DataFrame:
    """The rows of `matches` (n) for each final score, with `prob`; a match without belief has none.

    Football lists all of its 256 scores. Of any other grid only scores that can happen have rows.
    """
    listed = ~np.isnan(grid.flat) if grid.support is GOAL_SCORES else grid.flat > 0.0
    match, cell = np.nonzero(listed)
    scores = zip(score_columns(grid.support), (grid.support.home, grid.support.away), strict=True)
    told = [pl.Series(name, points[cell]) for name, points in scores]
    return matches[match].with_columns(*told, pl.Series("prob", grid.flat[match, cell]))


def from_rows(cells: pl.DataFrame, support: Support) -> tuple[pl.DataFrame, ScoreGrid]:
    """The matches (match_id, competition_id) of rows of one sport and moment, and their grid in the same order.

    Matches are ordered by competition and name, so that nothing depends on the order of rows. `cells`: match_id,
    competition_id, the score columns of `support` and prob; what has no row has no probability, and the rest is scaled
    to sum to 1. Raises ValueError for other columns, for a score that the support does not tell apart, and for one that
    a match has twice, as rows of two moments have.
    """
    if not set(score_columns(support)) <= set(cells.columns):
        raise ValueError(f"Rows of a score grid name scores in {support.unit}; these have {cells.columns}.")
    matches = cells.select("match_id", "competition_id").unique().sort("competition_id", "match_id")
    numbered = cells.join(matches.with_row_index("match"), on=["match_id", "competition_id"], maintain_order="left")
    at = numbered["match"].to_numpy() * len(support) + _places(support, cells)
    if len(np.unique(at)) < len(at):
        raise ValueError("A match has a score twice: rows of a score grid are those of one moment.")
    weights = np.zeros((len(matches), len(support)))
    weights.ravel()[at] = cells["prob"].to_numpy()
    return matches, ScoreGrid.of(weights.reshape(len(matches), *support.shape), support)


def _places(support: Support, cells: pl.DataFrame) -> Integers:
    """The cell of each row's score."""
    home, away = (cells[name].to_numpy() for name in score_columns(support))
    place = np.full((int(support.home.max()) + 2, int(support.away.max()) + 2), -1)
    place[support.home, support.away] = np.arange(len(support))
    found: Integers = place[np.clip(home, -1, len(place) - 1), np.clip(away, -1, place.shape[1] - 1)]
    if (found < 0).any():
        at = int(found.argmin())
        raise ValueError(f"A score of {home[at]} to {away[at]} {support.unit} is none that its grids tell apart.")
    return found
