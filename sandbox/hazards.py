"""The process behind every match: in each minute at most one event, with probabilities that depend on the state.

The events are a goal or a red card of either side. A side's goal hazard is its base rate (log expected goals at a level
score with eleven men) times a minute profile, the effect of the score and the effect of red cards. The playing of
matches and the exact distribution of their scores both read the hazards from here, so they cannot disagree.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sandbox.arrays import Floats, Ints

FIRST_HALF_MINUTES = 47
MINUTES = 97
LATE_MINUTE = 75
MAX_GOALS = 10
MAX_REDS = 2
LOG_RATE_RANGE = (-1.6, 1.6)

RED_CARDS_A_SIDE = 0.06
OWN_RED_EFFECT = 0.72
THEIR_RED_EFFECT = 1.32
LEAD_EFFECT = np.array([1.05, 1.10, 1.0, 0.95, 0.90])
LATE_LEAD_EFFECT = np.array([1.08, 1.20, 1.0, 0.92, 0.88])
TRAILING_RED_EFFECT = 1.3


@dataclass(frozen=True)
class MatchState:
    """Goals and red cards so far; four integer arrays that broadcast against one another."""

    home_goals: Ints
    away_goals: Ints
    home_reds: Ints
    away_reds: Ints

    def mirrored(self) -> MatchState:
        """Return the same state as the away side sees it."""
        return MatchState(self.away_goals, self.home_goals, self.away_reds, self.home_reds)


def minute_share(minute: int) -> float:
    """Return the share of a side's base rate that falls into a minute (0 to 96); rising, and summing to one."""
    return (0.8 + 0.4 * (minute + 0.5) / MINUTES) / MINUTES


def goal_multiplier(minute: int, state: MatchState) -> Floats:
    """Return the goal probability of the home side in this minute per unit of its base rate (0 at `MAX_GOALS`)."""
    lead = np.clip(state.home_goals - state.away_goals, -2, 2) + 2
    by_lead = (LATE_LEAD_EFFECT if minute >= LATE_MINUTE else LEAD_EFFECT)[lead]
    by_reds = OWN_RED_EFFECT**state.home_reds * THEIR_RED_EFFECT**state.away_reds
    effect: Floats = by_lead * by_reds * (state.home_goals < MAX_GOALS)
    return minute_share(minute) * effect


def red_probability(minute: int, state: MatchState) -> Floats:
    """Return the probability that the home side sees a red card in this minute (0 at `MAX_REDS`)."""
    by_minute = RED_CARDS_A_SIDE * 2.0 * (minute + 0.5) / MINUTES**2
    by_lead = np.where(state.home_goals < state.away_goals, TRAILING_RED_EFFECT, 1.0)
    probability: Floats = by_minute * by_lead * (state.home_reds < MAX_REDS)
    return probability
