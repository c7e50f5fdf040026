"""What the markets of a game are worth: marginal laws of its grid of points, and the shares that a line wins of them.

The joint grid is built in blocks of games and only two marginals are kept, so that memory is bounded. Markets that
ask for margin and total together are asked of `grid.PointGrid` itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models.basketball.belief import ScoreBelief
from models.basketball.endgame import EndGame
from models.basketball.grid import LOWEST_TOTAL, MARGINS, TOTALS, PointGrid, scores

Floats = NDArray[np.float64]
BLOCK = 64
"""Games whose joint grids stand in memory at once: 16 MB a copy."""


@dataclass(frozen=True, eq=False)
class Laws:
    """Of n games: home margins -100 to 100 (n, 201), totals 80 to 399 (n, 320).

    Each row sums to 1 within 1e-12, or is NaN: no belief. No margin is 0.
    """

    margin: Floats
    total: Floats

    @classmethod
    def of(cls, belief: ScoreBelief, end: EndGame | None = None) -> Laws:
        """The marginals of the belief's grids; raises what `PointGrid.of` raises."""
        kept = [np.empty((len(belief), width)) for width in (len(MARGINS), 2 * TOTALS)]
        for start in range(0, len(belief), BLOCK):
            inside = np.zeros(len(belief), dtype=bool)
            inside[start : start + BLOCK] = True
            for law, found in zip(kept, _marginals(PointGrid.of(belief.where(inside), end)), strict=True):
                law[start : start + BLOCK] = found
        return cls(*kept)

    def moneyline(self) -> Floats:
        """Chance of a home and of an away win, (n, 2)."""
        home = self.margin[:, MARGINS > 0].sum(axis=1)
        return np.column_stack([home, 1.0 - home])

    def spread(self, home_line: ArrayLike) -> Floats:
        """Shares of a stake on the home side that are won, returned and lost, (n, 3).

        `home_line`: points added to the home side, a number or (n,), on quarters; NaN gives NaN. The away side's shares
        are the same in reverse order.
        """
        return _shares(self.margin, int(MARGINS[0]), -_lines(home_line, len(self.margin)))

    def over(self, line: ArrayLike) -> Floats:
        """Shares of a stake on over `line` total points that are won, returned and lost, (n, 3); lines as in `spread`.

        Under has the same in reverse order.
        """
        return _shares(self.total, LOWEST_TOTAL, _lines(line, len(self.total)))


def _marginals(grid: PointGrid) -> tuple[Floats, Floats]:
    """Margins and totals of a block."""
    home, away = scores()
    return grid.cells.sum(axis=2), _summed(grid.flat, home + away - LOWEST_TOTAL, 2 * TOTALS)


def _summed(flat: Floats, place: NDArray[np.int64], width: int) -> Floats:
    """Cells (n, c) added up by place (c,), (n, width); cells below place 0 have no mass worth keeping."""
    games = np.arange(len(flat))[:, None] * width
    inside = np.clip(place, 0, width - 1)
    summed = np.bincount((games + inside).ravel(), flat.ravel(), minlength=len(flat) * width)
    return summed.reshape(len(flat), width).astype(float)


def _lines(lines: ArrayLike, n: int) -> Floats:
    """Lines as (n,); raises ValueError for a line off a quarter."""
    told = np.broadcast_to(np.asarray(lines, dtype=float), (n,))
    if (np.isfinite(told) & (told * 4 % 1 != 0)).any():
        raise ValueError("Lines stand on quarters of a point.")
    return told


def _shares(law: Floats, lowest: int, lines: Floats) -> Floats:
    """Won, returned and lost of a stake on more than the line, (n, 3); a quarter line is two half stakes beside it."""
    quarter = lines * 2 % 1 != 0
    low, high = np.where(quarter, lines - 0.25, lines), np.where(quarter, lines + 0.25, lines)
    return (_of_half_lines(law, lowest, low) + _of_half_lines(law, lowest, high)) / 2


def _of_half_lines(law: Floats, lowest: int, lines: Floats) -> Floats:
    known = np.isfinite(lines)
    place = np.where(known, lines, 0.0) - lowest
    past = np.concatenate([np.zeros((len(law), 1)), np.cumsum(law, axis=1)], axis=1)
    width = law.shape[1]
    below = np.take_along_axis(past, np.clip(np.ceil(place), 0, width).astype(np.int64)[:, None], axis=1)[:, 0]
    upto = np.take_along_axis(past, np.clip(np.floor(place) + 1, 0, width).astype(np.int64)[:, None], axis=1)[:, 0]
    shares = np.column_stack([past[:, -1] - upto, upto - below, below])
    shares[~known] = np.nan
    return shares
