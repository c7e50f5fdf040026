"""The Asian handicap: which line to offer, and its fair two-way probability.

A line is the goals added to the home side, in quarters. A quarter line is half a stake on each neighbouring half line;
a stake that ends level is returned. With w the share of the stake that wins on average and l the share that loses, the
fair decimal price of the home side is 1 + l / w, so its two-way probability is w / (w + l).
"""

from __future__ import annotations

import numpy as np

from sandbox.arrays import Floats, Ints
from sandbox.truth import GOAL_DIFFERENCES

LINES = np.arange(-12, 13) / 4.0


def _half_stakes(line: float) -> tuple[float, float]:
    return np.floor(line * 2.0) / 2.0, np.ceil(line * 2.0) / 2.0


def _shares() -> tuple[Floats, Floats]:
    """Return the share won and the share lost of a home stake by goal difference and line, each (21, 25)."""
    halves = np.array([_half_stakes(line) for line in LINES])
    margin = GOAL_DIFFERENCES[:, None, None] + halves[None]
    return (margin > 0).mean(axis=2), (margin < 0).mean(axis=2)


def home_probabilities(goal_difference: Floats) -> Floats:
    """Return the two-way home probability at every line, shape (n, 25), from goal differences (n, 21)."""
    won, lost = (goal_difference @ share for share in _shares())
    probabilities: Floats = won / (won + lost)
    return probabilities


def main_line(goal_difference: Floats) -> Ints:
    """Return the index into `LINES` of the most even line of each match, shape (n,)."""
    index: Ints = np.abs(home_probabilities(goal_difference) - 0.5).argmin(axis=1)
    return index
