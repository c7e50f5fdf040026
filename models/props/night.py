"""Joint scenarios of all players of one game: who plays, his minutes, and every component of his night.

All of it hangs on the same draws of the final score, so that props, spreads and totals price together. A man's minutes
are ranked across the scenarios and read from his own distribution: whatever moves a team together, his own distribution
is never bent. His counts are Poisson or negative binomial, with a mean that follows both teams' points and his minutes
(a whole team's scoring also what these points are on average: see `sums`), and hang together by a normal copula (Sklar,
1959; Song, 2000).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtr

from models.props.counting import inverse
from models.props.laws import ABSENT_UNIT, Laws, blow_out, moved, standard_score
from models.props.minutes import LEVELS
from models.props.sums import towards_team
from models.props.words import COMPONENTS, Counts, statistic

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

MOST_CELLS = 5_000_000
"""Scenarios times players times components that one game may take: about 0.2 GB while drawing."""


@dataclass(frozen=True, eq=False)
class GameBelief:
    """What is believed of the n players of one game before it.

    `rows`: match_id, team_id, player_id, is_home, typical_minutes (null without a past) and whatever else is told.
    `plays_prob`: (n,), 0 to 1; `expected`: (n,) minutes if he plays; `minutes`: (n, 50) quantiles of these at
    `minutes.LEVELS`; `rates`: (n, 7) counts a minute, above 0. Raises ValueError where these do not fit, or the rows
    are of several games.
    """

    rows: pl.DataFrame
    plays_prob: Floats
    expected: Floats
    minutes: Floats
    rates: Floats

    def __post_init__(self) -> None:
        n = len(self.rows)
        shapes = (self.plays_prob.shape, self.expected.shape, self.minutes.shape, self.rates.shape)
        if shapes != ((n,), (n,), (n, len(LEVELS)), (n, len(COMPONENTS))):
            raise ValueError("A player has a chance of playing, expected minutes, their quantiles and seven rates.")
        if self.rows["match_id"].n_unique() > 1 or self.rows["player_id"].n_unique() < n:
            raise ValueError("A belief is of one game, with one row a player.")
        if n and not (self.plays_prob.min() >= 0 and self.plays_prob.max() <= 1 and self.rates.min() > 0):
            raise ValueError("Chances lie between 0 and 1, and rates above 0.")
        if (np.diff(self.minutes, axis=1) < 0).any() or (n and self.minutes.min() < 0):
            raise ValueError("Quantiles of minutes rise, and none is below 0.")


@dataclass(frozen=True, eq=False)
class Night:
    """s equally likely scenarios of one game's n players.

    `rows`: as in the belief, with plays_prob. `plays`: (s, n) who takes part. `minutes`: (s, n) and `counts`: (s, n, 7)
    in the order of `COMPONENTS`: a man's own night is drawn as if he plays in every scenario, since a bet on one who
    does not play is void; who is marked as missing moves his team-mates' minutes. Counts follow both teams' points,
    `home_points` and `away_points` (s,), in their means and need not add up to them.
    """

    rows: pl.DataFrame
    plays: Flags
    minutes: Floats
    counts: Counts
    home_points: Floats
    away_points: Floats

    def __len__(self) -> int:
        return len(self.plays)

    def statistic(self, name: str) -> Counts:
        """(s, n) of any of `words.STATISTICS`, or of double-doubles as 0 and 1."""
        return statistic(self.counts, name)


def draw(belief: GameBelief, home_points: Floats, away_points: Floats, laws: Laws, seed: int | Sequence[int]) -> Night:
    """One scenario for each drawn final score: `home_points`, `away_points` (s,), s of 2 or more, all above 0.

    Raises ValueError for scores that do not fit and for more than `MOST_CELLS`.
    """
    s, n = len(home_points), len(belief.rows)
    if len(away_points) != s or s < 2 or min(home_points.min(), away_points.min()) <= 0:
        raise ValueError("Scenarios need the points of both teams, above 0, at least twice.")
    if s * n * len(COMPONENTS) > MOST_CELLS:
        raise ValueError(f"{s} scenarios of {n} players are too many at once.")
    random = np.random.default_rng(seed)
    plays = random.random((s, n)) < belief.plays_prob
    minutes = _minutes(belief, plays, home_points - away_points, laws, random)
    counts = _counts(belief, minutes, home_points, away_points, laws, random)
    rows = belief.rows.with_columns(pl.Series("plays_prob", belief.plays_prob))
    return Night(rows, plays, minutes, counts, home_points, away_points)


def _minutes(belief: GameBelief, plays: Flags, margin: Floats, laws: Laws, random: np.random.Generator) -> Floats:
    """(s, n): shifted by the margin's size and by who is missing, then ranked into each man's own distribution."""
    size = standard_score(np.abs(margin))[:, None]
    pull = blow_out(laws, belief.expected)
    absent = laws.absent * _more_absent(belief, plays) / ABSENT_UNIT
    rest = np.sqrt(np.maximum(1.0 - pull**2 - absent.var(axis=0), 0.1))
    own = _exchangeable(random.standard_normal(plays.shape), belief.rows["team_id"], laws.team_mates)
    places = np.argsort(np.argsort(size * pull + absent + rest * own, axis=0), axis=0)
    return _read((places + 0.5) / len(plays), belief.minutes)


def _more_absent(belief: GameBelief, plays: Flags) -> Floats:
    """(s, n) typical minutes of each man's missing team-mates beyond those expected."""
    typical = belief.rows["typical_minutes"].fill_null(0.0).to_numpy()
    surprise = typical * (belief.plays_prob - plays)
    together = _same_team(belief.rows["team_id"])
    others: Floats = surprise @ together - surprise
    return others


def _same_team(teams: pl.Series) -> Floats:
    names = teams.to_numpy()
    same: Floats = (names[:, None] == names[None, :]).astype(float)
    return same


def _exchangeable(normal: Floats, teams: pl.Series, correlation: float) -> Floats:
    """Independent normals (s, n) made to have one correlation, -1 / (n - 1) to 0, between team-mates."""
    together = _same_team(teams)
    number = together.sum(axis=0)
    least = -0.9 / np.maximum(number - 1.0, 1.0)
    common = np.maximum(correlation, least)
    mean = normal @ together / number
    apart = np.sqrt(1.0 - common) * (normal - mean)
    together_moved: Floats = apart + np.sqrt(1.0 + (number - 1.0) * common) * mean
    return together_moved


def _read(level: Floats, quantiles: Floats) -> Floats:
    """Quantiles (n, 50) at levels (s, n): linear between those known, flat beyond the outermost."""
    place = np.clip((level - LEVELS[0]) / (LEVELS[1] - LEVELS[0]), 0.0, len(LEVELS) - 1.000001)
    below = place.astype(np.int64)
    who = np.arange(quantiles.shape[0])
    low, high = quantiles[who, below], quantiles[who, below + 1]
    minutes: Floats = low + (place - below) * (high - low)
    return minutes


def _counts(
    belief: GameBelief, minutes: Floats, home: Floats, away: Floats, laws: Laws, random: np.random.Generator
) -> Counts:
    """(s, n, 7) counts of `COMPONENTS`: correlated normals read as quantiles of each count's own law."""
    is_home = belief.rows["is_home"].to_numpy()
    logs = tuple((np.log(points) - np.log(points).mean())[:, None] for points in (home, away))
    own, theirs = np.where(is_home, *logs), np.where(is_home, *logs[::-1])
    move = moved(laws.moves, own, theirs, minutes, np.broadcast_to(belief.expected, minutes.shape))
    likely = belief.plays_prob * belief.expected
    rates = towards_team(belief.rates, likely, is_home, float(home.mean()), float(away.mean()))
    mean = minutes[..., None] * rates * np.exp(move)
    normal = random.standard_normal(mean.shape) @ np.linalg.cholesky(laws.own).T
    return inverse(ndtr(normal), mean, laws.linear, laws.quadratic)
