"""How far our beliefs about games lie from the market's last word: what scenarios draw as model uncertainty.

The tilts of core.market.scenarios that would carry a belief to the closing lines, as models/spread.py has them for
football, whose close is a price and not a line.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.basketball.belief import ScoreBelief
from models.spread import Measured, measured

Floats = NDArray[np.float64]


def measure(belief: ScoreBelief, closing: Floats, leagues: NDArray[np.str_], days: NDArray[np.int64]) -> Measured:
    """Root mean squares of the tilts that carry n beliefs to closing margins and totals (n, 2).

    A tilt moves the mean of a normal law by its covariance times the tilt. Games without a belief or a line (NaN) count
    for nothing; what a league shares is as in `models.spread.measure`. `days`: number of the day of each game.
    """
    seen = belief.present & np.isfinite(closing).all(axis=1)
    supremacy, points = _tilts(belief.where(seen), closing[seen])
    return measured(supremacy, points, leagues[seen], days[seen])


def _tilts(belief: ScoreBelief, closing: Floats) -> tuple[Floats, Floats]:
    """(n,) of margin and of total: the inverse covariance times what the close says beyond the belief."""
    margin = (closing[:, 0] - belief.margin_mean) / belief.margin_sd
    total = (closing[:, 1] - belief.total_mean) / belief.total_sd
    apart = 1 - belief.correlation**2
    return (
        (margin - belief.correlation * total) / apart / belief.margin_sd,
        (total - belief.correlation * margin) / apart / belief.total_sd,
    )
