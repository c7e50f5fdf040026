"""From beliefs about games to the score grids that everybody else reads: core.market's, on basketball's support.

What is too rare to be kept is laid on its neighbours, so that no market loses or gains worth mentioning. The law of
points itself belongs in `grid`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.market import grid as core
from core.market.grid import POINT_SCORES, ScoreGrid
from models.basketball.belief import ScoreBelief
from models.basketball.endgame import EndGame
from models.basketball.grid import LOWEST_TOTAL, MARGINS, MOST_MARGIN, TOTALS, PointGrid, holds

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Mask = NDArray[np.bool_]

LEAST_PROB = 1e-7
"""Scores below it are laid on their neighbours: about 7,700 of a game are kept."""
BLOCK = 64
"""Games whose full grids stand in memory at once."""
_ROWS = slice(MOST_MARGIN - core.MOST_MARGIN, MOST_MARGIN + core.MOST_MARGIN + 1)
_COLUMNS = slice((core.LOWEST_TOTAL - LOWEST_TOTAL) // 2, (core.LOWEST_TOTAL - LOWEST_TOTAL) // 2 + core.TOTALS)


def score_grid(belief: ScoreBelief, end: EndGame | None = None) -> ScoreGrid:
    """The score grid of each game on `POINT_SCORES`; NaN for "no belief" and for what no grid of points can hold.

    Prices of games with means of -25 to 25 and 185 to 255 points differ from those of the whole law
    (models/basketball/grid.py) by less than 1e-4, moneyline and spread by less than 1e-5; beyond, team totals differ
    more.
    """
    held = holds(belief)
    cells = np.full((len(belief), *POINT_SCORES.shape), np.nan)
    for block in np.array_split(np.flatnonzero(held), range(BLOCK, int(held.sum()), BLOCK)):
        inside = np.zeros(len(belief), dtype=bool)
        inside[block] = True
        cells[inside] = _kept(PointGrid.of(belief.where(inside), end).cells)
    return ScoreGrid.of(cells, POINT_SCORES)


def _kept(cells: Floats) -> Floats:
    """(n, 161, 120) of (n, 201, 160): rare scores laid on the nearest margin of their parity, then total."""
    games = np.arange(len(cells))[:, None]
    often = np.zeros(cells.shape, dtype=bool)
    often[:, _ROWS, _COLUMNS] = cells[:, _ROWS, _COLUMNS] >= LEAST_PROB
    row = _nearest_row(np.asarray(often.any(axis=2)))
    first, last = (ends[games, row][:, :, None] for ends in _ends(often))
    column = np.clip(np.arange(TOTALS), first, last)
    place = (games[:, :, None] * len(MARGINS) + row[:, :, None]) * TOTALS + column
    folded = np.bincount(place.ravel(), cells.ravel(), minlength=cells.size).reshape(cells.shape)
    return folded[:, _ROWS, _COLUMNS].astype(float)


def _nearest_row(often: Mask) -> Integers:
    """(n, 201): the nearest row of the same parity between the first and the last of a game that have scores."""
    first, last = (end[:, None] for end in _bounds(often))
    own = np.arange(len(MARGINS))
    row = np.clip(own, first, last)
    odd = (row - own) % 2
    inwards: Integers = row + odd * np.where(own < first, 1, -1)
    return inwards


def _ends(often: Mask) -> tuple[Integers, Integers]:
    """First and last column of each row that has scores, (n, 201); those of the window where it has none."""
    first, last = _bounds(often)
    none = ~often.any(axis=2)
    return np.where(none, _COLUMNS.start, first), np.where(none, _COLUMNS.stop - 1, last)


def _bounds(often: Mask) -> tuple[Integers, Integers]:
    """First and last place along the last axis that is true."""
    return often.argmax(axis=-1), often.shape[-1] - 1 - often[..., ::-1].argmax(axis=-1)
