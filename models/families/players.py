"""Football players' goals, thinned from their club's: minutes first, then a share of the club's goals given minutes.

A player takes each goal of his club with a probability that grows with his minutes, so a club's players and "others"
(own goals, and men who are not known yet) share out its expected goals exactly. The club's goals come from the match's
score grid, minutes and shares from `squads`; prices are not this file's business.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

MINUTES = np.array([0.0, 15.0, 45.0, 75.0, 90.0])
"""Typical minutes of the five kinds of appearance: none, 1 to 29, 30 to 59, 60 to 89, and all 90."""


@dataclass(frozen=True)
class SquadBelief:
    """What is believed of n players before their clubs' coming matches.

    `rows`: match_id, team_id, player_id, position (null where unknown), one row a player and match. `minutes`: (n, 5)
    probabilities of the kinds of appearance in `MINUTES`; `starts`: (n,) probability of starting; `share`: (n,) of the
    club's goals while he is on the pitch, 0 to below 1. Raises ValueError where these do not fit, or where the players
    of a club would take more than all its goals.
    """

    rows: pl.DataFrame
    minutes: Floats
    starts: Floats
    share: Floats

    def __post_init__(self) -> None:
        n = len(self.rows)
        if self.minutes.shape != (n, len(MINUTES)) or self.starts.shape != (n,) or self.share.shape != (n,):
            raise ValueError("A belief has five kinds of appearance, a start and a share for each player.")
        if n and (np.abs(self.minutes.sum(axis=1) - 1.0).max() > 1e-9 or not _is_probability(self.minutes)):
            raise ValueError("The kinds of appearance of a player are probabilities that sum to one.")
        if not (_is_probability(self.starts) and _is_probability(self.share)):
            raise ValueError("Starts and shares lie between 0 and 1.")
        if (self.others()["others_share"] < -1e-9).any():
            raise ValueError("The players of a club cannot take more than all of its goals.")

    @property
    def plays(self) -> Floats:
        """(n,) probability of taking any part."""
        plays: Floats = 1.0 - self.minutes[:, 0]
        return plays

    @property
    def minutes_if_playing(self) -> Floats:
        """(n,) expected minutes of a player who takes part; NaN for one who never does."""
        with np.errstate(invalid="ignore", divide="ignore"):
            expected: Floats = self.minutes @ MINUTES / self.plays
        return expected

    @property
    def goal_share(self) -> Floats:
        """(n,) probability that any one goal of the club is his, before it is known whether he plays."""
        share: Floats = self.share * (self.minutes @ MINUTES) / 90.0
        return share

    def others(self) -> pl.DataFrame:
        """What is left of each club's goals: match_id, team_id, `others_share` (own goals, and men not known yet)."""
        clubs = self.rows.select("match_id", "team_id").with_columns(pl.Series("goal_share", self.goal_share))
        left = (1.0 - pl.col("goal_share").sum()).alias("others_share")
        return clubs.group_by("match_id", "team_id", maintain_order=True).agg(left)

    def goals_if_playing(self, team_goals: Floats) -> Floats:
        """(n, 4): probabilities of 0, 1, 2 and 3 or more goals of a player who takes part; NaN if he never does.

        `team_goals`: (n, 16) distribution of his club's goals, a margin of the match's score grid. Each of g goals is
        his with probability share * minutes / 90, so his goals are Binomial(g, that), mixed over the grid's goals and
        his minutes; their mean is the club's expected goals times his share times his expected minutes / 90.
        """
        with np.errstate(invalid="ignore", divide="ignore"):
            kinds = self.minutes[:, 1:] / self.plays[:, None]
        mixed = sum(
            kinds[:, [kind]] * thinned(team_goals, self.share * on_pitch / 90.0)
            for kind, on_pitch in enumerate(MINUTES[1:])
        )
        goals: Floats = np.clip(np.asarray(mixed, dtype=float), 0.0, 1.0)
        return goals


def thinned(team_goals: Floats, share: Floats) -> Floats:
    """(n, 4): probabilities of 0, 1, 2, 3 or more goals where each of the club's goals is his with chance `share` (n,).

    `team_goals`: (n, g) probabilities of 0 to g - 1 goals of the club.
    """
    scored = np.arange(team_goals.shape[1])
    taken, missed = share[:, None], 1.0 - share[:, None]
    none = (team_goals * missed**scored).sum(axis=1)
    one = (team_goals * scored * taken * missed ** np.maximum(scored - 1, 0)).sum(axis=1)
    pairs = scored * (scored - 1) / 2.0
    two = (team_goals * pairs * taken**2 * missed ** np.maximum(scored - 2, 0)).sum(axis=1)
    more: Floats = np.maximum(team_goals.sum(axis=1) - none - one - two, 0.0)
    return np.column_stack([none, one, two, more])


def scenarios(belief: SquadBelief, goals: Integers, seed: int) -> tuple[NDArray[np.bool_], Integers]:
    """Who plays, and the goals of each of one club's n players, in the drawn scores of a match: both (scenarios, n).

    `belief` has the players of one club and match; `goals`: (scenarios,) of that club, drawn from the match's grid, so
    that player legs and match legs share their scenarios. Minutes are drawn for each player; the club's goals then fall
    multinomially on those who play, in proportion to share and minutes, and on "others" with their fixed part. Since
    the eleven on the pitch always share all goals, a marginal differs from `goals_if_playing` by what the minutes of
    team-mates vary.
    """
    random = np.random.default_rng(seed)
    kinds = (random.random((len(goals), len(belief.rows), 1)) > belief.minutes.cumsum(axis=1)[:, :-1]).sum(axis=2)
    weights = belief.share * MINUTES[kinds]
    known = belief.goal_share.sum()
    total = weights.sum(axis=1, keepdims=True)
    parts = np.divide(known * weights, total, out=np.zeros_like(weights), where=total > 0)
    allotted = random.multinomial(goals, np.column_stack([parts, np.maximum(1.0 - parts.sum(axis=1), 0.0)]))
    return kinds > 0, allotted[:, :-1]


def _is_probability(values: Floats) -> bool:
    return bool(((values >= 0.0) & (values <= 1.0)).all())
