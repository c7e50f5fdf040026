"""The total number of goals: which line to offer, and its fair two-way probability, quarter lines included."""

from __future__ import annotations

import numpy as np

from sandbox.arrays import Floats, Ints
from sandbox.hazards import MAX_GOALS

TOTAL_LINES = np.arange(2, 27) / 4.0
TWO_AND_A_HALF = int(np.flatnonzero(TOTAL_LINES == 2.5)[0])


def over_probabilities(total_goals: Floats) -> Floats:
    """Return the two-way probability of over at every line, (n, 25), from distributions of the total (n, 21)."""
    totals = np.arange(2 * MAX_GOALS + 1)[:, None, None]
    halves = np.stack([np.floor(TOTAL_LINES * 2.0) / 2.0, np.ceil(TOTAL_LINES * 2.0) / 2.0], axis=1)[None]
    won, lost = (total_goals @ (totals > halves).mean(axis=2), total_goals @ (totals < halves).mean(axis=2))
    probabilities: Floats = won / (won + lost)
    return probabilities


def main_total(total_goals: Floats) -> Ints:
    """Return the index into `TOTAL_LINES` of the most even line of each match, shape (n,)."""
    index: Ints = np.abs(over_probabilities(total_goals) - 0.5).argmin(axis=1)
    return index
