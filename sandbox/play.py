"""Playing matches minute by minute, all matches of a season at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sandbox.arrays import Floats, Ints
from sandbox.hazards import FIRST_HALF_MINUTES, MINUTES, MatchState, goal_multiplier, red_probability

EVENT_STEPS = np.vstack([np.eye(4, dtype=np.int64), np.zeros((1, 4), dtype=np.int64)])


@dataclass(frozen=True)
class Played:
    """Outcomes of n matches: counts of shape (n, 4) (goals and red cards, home and away), and chances (n, 2).

    `half_time` and `full_time` have the columns home goals, away goals, home reds, away reds. `chances` is the goal
    probability summed over the minutes as they went, whose mean is the mean number of goals.
    """

    half_time: Ints
    full_time: Ints
    chances: Floats


def play(log_home: Floats, log_away: Floats, rng: np.random.Generator) -> Played:
    """Play n matches with the given log base rates, shape (n,), which lie inside `LOG_RATE_RANGE`."""
    counts = np.zeros((len(log_home), 4), dtype=np.int64)
    chances = np.zeros((len(log_home), 2))
    half_time = counts
    for minute in range(MINUTES):
        if minute == FIRST_HALF_MINUTES:
            half_time = counts
        probabilities = _event_probabilities(minute, counts, np.exp(log_home), np.exp(log_away))
        chances += probabilities[:, :2]
        event = (rng.random(len(counts))[:, None] >= probabilities.cumsum(axis=1)).sum(axis=1)
        counts = counts + EVENT_STEPS[event]
    return Played(half_time, counts, chances)


def _event_probabilities(minute: int, counts: Ints, rate_home: Floats, rate_away: Floats) -> Floats:
    state = MatchState(counts[:, 0], counts[:, 1], counts[:, 2], counts[:, 3])
    mirrored = state.mirrored()
    return np.column_stack(
        [
            rate_home * goal_multiplier(minute, state),
            rate_away * goal_multiplier(minute, mirrored),
            red_probability(minute, state),
            red_probability(minute, mirrored),
        ]
    )
