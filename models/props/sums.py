"""What team-mates make together, drawn towards the points that the game lets expect of their team.

Each man's rates are learned apart, so that a team's men may be foretold more points, or fewer, than its final scores
have. Scoring of all of them is moved by one factor a team; a part of the way is best, since who is foretold wrongly is
not known.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.props.words import COMPONENTS, VALUES

Floats = NDArray[np.float64]

PART = 0.4
"""Of the way, on a log scale: the middle of where CRPS of points was least on the first half of 2023-24."""
MOST = 1.25
"""How far sum and team may lie apart and still be believed; further off, men of the team are not known."""
_WORTH = np.array([VALUES.get(name, 0) for name in COMPONENTS], dtype=float)
_SCORING = np.array([name in (*VALUES, "assists") for name in COMPONENTS])


def towards_team(rates: Floats, on_floor: Floats, is_home: NDArray[np.bool_], home: float, away: float) -> Floats:
    """Rates (n, 7) of one game's men in the order of `COMPONENTS`; those of shots and assists are moved.

    `on_floor`: (n,) minutes expected of each, his chance of taking no part counted; `home`, `away`: points expected of
    both teams, above 0. A team nobody of which is expected to play keeps its rates.
    """
    made = on_floor * (rates @ _WORTH)
    together = np.where(is_home, made[is_home].sum(), made[~is_home].sum())
    expected = np.where(is_home, home, away)
    ratio = np.divide(expected, together, out=np.ones(len(rates)), where=together > 0)
    factor = np.clip(ratio, 1.0 / MOST, MOST) ** PART
    return np.where(_SCORING, rates * factor[:, None], rates)
