"""What is expected of a game: minutes from who can play, shares of the team's counts, and points.

Playing the games and pricing them both read their expectations from here, so that they cannot disagree.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sandbox.arrays import Bools, Floats, Ints
from sandbox.nba.rosters import ROSTER, Skills

MINUTES_BY_RANK = np.array([35.5, 34.5, 33.0, 31.0, 29.0, 22.5, 18.5, 14.5, 11.0, 6.5, 2.5, 1.0, 0.5, 0.0, 0.0])
TEAM_MINUTES = 240.0
PACE, PACE_SD_OF_TEAMS = 99.0, 1.8
BASE_POINTS = 1.128
HOME_POINTS, TIRED_POINTS = 0.012, 0.014
OFFENCE_A_QUALITY, DEFENCE_A_QUALITY = 0.020, 0.011
SHOTS, TURNOVERS, FREE_THROWS = 0.876, 0.135, 0.235
QUESTIONABLE_PLAYS = 0.5


@dataclass(frozen=True)
class Lineups:
    """Who meets whom in n games: player numbers (n, 2, 15) by rank, qualities (n, 2, 15), and the pace (n,)."""

    players: Ints
    quality: Floats
    pace: Floats
    rested: Bools

    def taken(self, rows: Ints | Bools) -> Lineups:
        """Return some of the games."""
        return Lineups(self.players[rows], self.quality[rows], self.pace[rows], self.rested[rows])


def planned_minutes(can_play: Bools) -> Floats:
    """Return minutes by who can play, (n, 2, 15): the next best takes the place of a missing player; sums to 240."""
    place = np.clip(can_play.cumsum(axis=2) - 1, 0, ROSTER - 1)
    minutes = np.where(can_play, MINUTES_BY_RANK[place], 0.0)
    scaled: Floats = minutes * TEAM_MINUTES / minutes.sum(axis=2, keepdims=True)
    return scaled


def believed_minutes(out: Bools, unsure: Bools) -> Floats:
    """Return minutes as reported, (n, 2, 15): with and without the questionable, mixed."""
    with_them, without = planned_minutes(~out), planned_minutes(~(out | unsure))
    return QUESTIONABLE_PLAYS * with_them + (1.0 - QUESTIONABLE_PLAYS) * without


def points_a_possession(lineups: Lineups, minutes: Floats) -> Floats:
    """Return what a possession of each side is worth, (n, 2)."""
    # A level that the average team has; it only centres the league.
    centred = lineups.quality - 0.55
    weight = (minutes / 48.0 * centred).sum(axis=2)
    attack, defence = OFFENCE_A_QUALITY * weight, DEFENCE_A_QUALITY * weight
    home = HOME_POINTS * np.array([1.0, -1.0])
    points: Floats = (
        BASE_POINTS
        + attack
        - defence[:, ::-1]
        + home
        - TIRED_POINTS * ~lineups.rested
        + 0.5 * TIRED_POINTS * ~lineups.rested[:, ::-1]
    )
    return points


@dataclass(frozen=True)
class Shares:
    """Each player's share of his team's counts, all (n, 2, 15), and his accuracies with the game's shift in them."""

    shots: Floats
    threes: Floats
    two_accuracy: Floats
    three_accuracy: Floats
    free_throws: Floats
    free_throw_accuracy: Floats
    turnovers: Floats
    offensive_rebounds: Floats
    defensive_rebounds: Floats
    assists: Floats
    steals: Floats
    blocks: Floats
    fouls: Floats


def shares(lineups: Lineups, skill: Skills, minutes: Floats) -> Shares:
    """Return the shares and accuracies of n games from the minutes that the players play."""
    who = lineups.players

    def share(weight: Floats) -> Floats:
        weighted = weight[who] * minutes
        divided: Floats = weighted / weighted.sum(axis=2, keepdims=True)
        return divided

    shots, free_throws, threes = share(skill.usage), share(skill.usage * skill.fouled), skill.threes[who]
    two, three, free = skill.two_accuracy[who], skill.three_accuracy[who], skill.free_throw_accuracy[who]
    raw = SHOTS * (shots * (2.0 * (1.0 - threes) * two + 3.0 * threes * three)).sum(axis=2)
    raw += FREE_THROWS * (free_throws * free).sum(axis=2)
    worth = SHOTS * (shots * (2.0 + threes)).sum(axis=2)
    shift = ((points_a_possession(lineups, minutes) - raw) / worth)[:, :, None]
    return Shares(
        shots=shots,
        threes=threes,
        two_accuracy=np.clip(two + shift, 0.2, 0.85),
        three_accuracy=np.clip(three + shift, 0.1, 0.7),
        free_throws=free_throws,
        free_throw_accuracy=free,
        turnovers=share(skill.turnovers * skill.usage),
        offensive_rebounds=share(skill.offensive_rebounds),
        defensive_rebounds=share(skill.defensive_rebounds),
        assists=share(skill.assists),
        steals=share(skill.steals),
        blocks=share(skill.blocks),
        fouls=share(skill.fouls),
    )
