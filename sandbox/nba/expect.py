"""What a game and each player in it are expected to come to, from who is believed to play."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.arrays import Floats
from sandbox.nba.rates import FREE_THROWS, SHOTS, Lineups, points_a_possession, shares
from sandbox.nba.rosters import Skills

OFFENSIVE_REBOUNDS, DEFENSIVE_REBOUNDS, ASSISTED = 0.245, 0.94, 0.62
OVERTIME_POINTS = 0.39
MARGIN_SD, TOTAL_SD = 13.8, 16.4


@dataclass(frozen=True)
class GameMeans:
    """Expected home margin and total of n games, each (n,)."""

    margin: Floats
    total: Floats


def game_means(lineups: Lineups, minutes: Floats) -> GameMeans:
    """Return what n games are expected to come to; `minutes` (n, 2, 15)."""
    points = points_a_possession(lineups, minutes) * lineups.pace[:, None] + OVERTIME_POINTS
    return GameMeans(points[:, 0] - points[:, 1], points.sum(axis=1))


def player_means(lineups: Lineups, skill: Skills, minutes: Floats) -> dict[str, Floats]:
    """Return what the players are expected to count, by the market of a prop, each (n, 2, 15)."""
    by, possessions = shares(lineups, skill, minutes), lineups.pace[:, None, None]
    shots = SHOTS * possessions * by.shots
    threes = shots * by.threes * by.three_accuracy
    made = threes + shots * (1.0 - by.threes) * by.two_accuracy
    free = FREE_THROWS * possessions * by.free_throws * by.free_throw_accuracy
    missed = (shots - made).sum(axis=2, keepdims=True)
    offensive = OFFENSIVE_REBOUNDS * missed * by.offensive_rebounds
    defensive = (DEFENSIVE_REBOUNDS * (1.0 - OFFENSIVE_REBOUNDS) * missed)[:, ::-1] * by.defensive_rebounds
    points, rebounds = 2.0 * made + threes + free, offensive + defensive
    assists = ASSISTED * made.sum(axis=2, keepdims=True) * by.assists
    return {
        "points": points,
        "rebounds": rebounds,
        "assists": assists,
        "threes": threes,
        "pra": points + rebounds + assists,
    }
