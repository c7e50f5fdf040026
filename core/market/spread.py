"""How far what is believed of matches may lie from the truth; `scenarios` draws from it."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Spread:
    """How far beliefs may lie from the truth, as standard deviations of tilts of the log-weights of scores.

    A tilt of supremacy adds its value to the log-weight for each goal of difference, a tilt of goals for each goal of
    either side: 0.03 is about 3% more of football's. Goals are points where points are scored; a tilt moves their mean
    by the variance times it, so that 0.01 is worth 1.5 points of margin. `league_goals`, at most `goals`, is the part
    of the latter that all matches of a league share. Raises ValueError for values outside 0 to 1.
    """

    supremacy: float
    goals: float
    league_goals: float

    def __post_init__(self) -> None:
        if not all(math.isfinite(sd) and 0.0 <= sd <= 1.0 for sd in (self.supremacy, self.goals, self.league_goals)):
            raise ValueError("The spread of beliefs is given by three numbers between 0 and 1.")
        if self.league_goals > self.goals:
            raise ValueError("What a league shares of the spread of goals cannot be more than all of it.")


CERTAIN = Spread(0.0, 0.0, 0.0)
"""Beliefs that are the truth: only the scores are open."""
