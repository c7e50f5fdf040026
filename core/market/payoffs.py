"""What a selection pays for a final score: -1 lose, -0.5 half lose, 0 push, 0.5 half win, 1 win, NaN without one."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Payoff = NDArray[np.float64]

_LISTED_GOALS = 7
LISTED_SCORES = tuple(f"{home}-{away}" for home in range(_LISTED_GOALS) for away in range(_LISTED_GOALS))
"""Scores that the correct score market sells by themselves; all others are one selection for each result."""
_RESULTS = {"home": 1.0, "draw": 0.0, "away": -1.0}


def match_result(home: ArrayLike, away: ArrayLike, selection: str) -> Payoff:
    """1X2: `home`, `draw` or `away` at the end of normal time."""
    difference = _result(home, away)
    return _won_or_lost(difference == _RESULTS[selection], difference)


def double_chance(home: ArrayLike, away: ArrayLike, selection: str) -> Payoff:
    """Two of the three results in one bet: `home_draw`, `home_away` or `draw_away`."""
    difference = _result(home, away)
    loses = {"home_draw": "away", "home_away": "draw", "draw_away": "home"}[selection]
    return _won_or_lost(difference != _RESULTS[loses], difference)


def draw_no_bet(home: ArrayLike, away: ArrayLike, selection: str) -> Payoff:
    """`home` or `away` to win; a draw is a push."""
    return {"home": _result(home, away), "away": _result(away, home)}[selection]


def both_to_score(home: ArrayLike, away: ArrayLike, selection: str) -> Payoff:
    """`yes` if each side scores at least once, else `no`."""
    fewer = np.minimum(np.asarray(home, dtype=float), np.asarray(away, dtype=float))
    return _won_or_lost((fewer > 0) == {"yes": True, "no": False}[selection], fewer)


def correct_score(home: ArrayLike, away: ArrayLike, selection: str) -> Payoff:
    """A listed score such as `2-1`, or `other_home`, `other_draw`, `other_away`: that result with a score not listed.

    Every score belongs to exactly one selection.
    """
    difference = _result(home, away)
    if selection in LISTED_SCORES:
        goals = tuple(map(float, selection.split("-")))
        return _won_or_lost((np.asarray(home) == goals[0]) & (np.asarray(away) == goals[1]), difference)
    wanted = {"other_home": 1.0, "other_draw": 0.0, "other_away": -1.0}[selection]
    unlisted = np.maximum(np.asarray(home, dtype=float), np.asarray(away, dtype=float)) >= _LISTED_GOALS
    return _won_or_lost(unlisted & (difference == wanted), difference)


def total(home: ArrayLike, away: ArrayLike, selection: str, line: float) -> Payoff:
    """Total goals `over` or `under` a line, quarter lines included."""
    sign = {"over": 1.0, "under": -1.0}[selection]
    goals = np.asarray(home, dtype=float) + np.asarray(away, dtype=float)
    return _handicapped(sign * goals, -sign * line)


def home_total(home: ArrayLike, away: ArrayLike, selection: str, line: float) -> Payoff:
    """Goals of the home side `over` or `under` a line, quarter lines included."""
    return total(home, _nothing(away), selection, line)


def away_total(home: ArrayLike, away: ArrayLike, selection: str, line: float) -> Payoff:
    """Goals of the away side `over` or `under` a line, quarter lines included."""
    return total(_nothing(home), away, selection, line)


def asian_handicap(home: ArrayLike, away: ArrayLike, selection: str, line: float) -> Payoff:
    """Asian handicap; `line` is the home side's handicap for both selections, as books print it."""
    sign = {"home": 1.0, "away": -1.0}[selection]
    supremacy = np.asarray(home, dtype=float) - np.asarray(away, dtype=float)
    return _handicapped(sign * supremacy, sign * line)


def profit(payoff: ArrayLike, odds_dec: ArrayLike) -> Payoff:
    """Profit per unit staked: a (half) win earns `odds - 1` on the (half) stake, a (half) loss costs it."""
    share = np.asarray(payoff, dtype=float)
    return np.where(share > 0, share * (np.asarray(odds_dec, dtype=float) - 1.0), share)


def _result(home: ArrayLike, away: ArrayLike) -> Payoff:
    """1 for a home win, 0 for a draw, -1 for an away win, NaN without a score."""
    sign: Payoff = np.sign(np.asarray(home, dtype=float) - np.asarray(away, dtype=float))
    return sign


def _won_or_lost(wins: ArrayLike, score: Payoff) -> Payoff:
    return np.where(np.isnan(score), np.nan, np.where(wins, 1.0, -1.0))


def _nothing(goals: ArrayLike) -> Payoff:
    """No goals at all, but NaN where the score is missing."""
    nothing: Payoff = np.asarray(goals, dtype=float) * 0.0
    return nothing


def _handicapped(margin: NDArray[np.float64], line: float) -> Payoff:
    """A quarter line is half a stake on each of its two neighbours. Raises ValueError for a line off a quarter."""
    if line * 4 % 1 != 0:
        raise ValueError(f"{line} is no line: lines stand on quarters.")
    neighbours = (line - 0.25, line + 0.25) if _is_quarter(line) else (line, line)
    return (np.sign(margin + neighbours[0]) + np.sign(margin + neighbours[1])) / 2


def _is_quarter(line: float) -> bool:
    return round(line * 4) % 2 == 1
