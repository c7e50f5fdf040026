"""The players and who plays where in which season: rosters of fifteen, best first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from sandbox.arrays import Floats, Ints, stream
from sandbox.names import people, without_suffix
from sandbox.nba.schedule import SEASONS, TEAMS

ROSTER = 15
LEAVE_A_SUMMER, SWAPS_A_SUMMER = 2, 24
PLAYERS = TEAMS * (ROSTER + LEAVE_A_SUMMER * (len(SEASONS) - 1))
FIRST_ID, LAST_ID_STEP = 9_203_001, 7
SUFFIX_SHARE = 0.06
FATHERS_AND_SONS = (41, 205, 333)
POSITIONS = ("G", "G-F", "F", "F-C", "C")
SUMMER_SD = 0.3


@dataclass(frozen=True)
class Skills:
    """What each player does, arrays of shape (players,); the weights count per minute and against the team's others.

    `quality` (seasons, players) is standard normal: what the team gains by him on either end. `size` goes from 0
    (guard) to 1 (centre).
    """

    quality: Floats
    size: Floats
    usage: Floats
    threes: Floats
    two_accuracy: Floats
    three_accuracy: Floats
    free_throw_accuracy: Floats
    fouled: Floats
    offensive_rebounds: Floats
    defensive_rebounds: Floats
    assists: Floats
    steals: Floats
    blocks: Floats
    turnovers: Floats
    fouls: Floats


def skills(seed: int) -> Skills:
    """Draw the skills of all players."""
    rng = stream(seed, "nba", "skills")
    size = rng.integers(len(POSITIONS), size=PLAYERS) / (len(POSITIONS) - 1)
    steps = rng.normal(0.0, SUMMER_SD, (len(SEASONS), PLAYERS))
    quality = rng.normal(size=PLAYERS) + steps.cumsum(axis=0)

    def around(mean: Floats | float, spread: float) -> Floats:
        drawn: Floats = mean * rng.lognormal(0.0, spread, PLAYERS)
        return drawn

    return Skills(
        quality=quality,
        size=size,
        usage=around(np.exp(0.28 * quality[0]), 0.15),
        threes=np.clip(0.52 - 0.34 * size + rng.normal(0.0, 0.1, PLAYERS), 0.0, 0.8),
        two_accuracy=np.clip(0.51 + 0.08 * size + rng.normal(0.0, 0.025, PLAYERS), 0.4, 0.7),
        three_accuracy=np.clip(0.37 - 0.03 * size + rng.normal(0.0, 0.02, PLAYERS), 0.25, 0.45),
        free_throw_accuracy=np.clip(0.83 - 0.12 * size + rng.normal(0.0, 0.06, PLAYERS), 0.45, 0.95),
        fouled=around(1.0 + 0.3 * size, 0.3),
        offensive_rebounds=around(0.5 + 2.5 * size, 0.3),
        defensive_rebounds=around(0.8 + 1.6 * size, 0.25),
        assists=around(1.9 - 1.4 * size, 0.4),
        steals=around(1.2 - 0.3 * size, 0.3),
        blocks=around(0.3 + 2.0 * size, 0.4),
        turnovers=around(1.2 - 0.2 * size, 0.25),
        fouls=around(0.9 + 0.5 * size, 0.2),
    )


def rosters(quality: Floats, seed: int) -> Ints:
    """Return the player numbers by season, team and rank (best first), shape (seasons, 30, 15)."""
    rng = stream(seed, "nba", "rosters")
    roster = rng.permutation(TEAMS * ROSTER).reshape(TEAMS, ROSTER)
    fresh = TEAMS * ROSTER
    seasons = [_ranked(roster, quality[0])]
    for season in range(1, len(SEASONS)):
        roster = seasons[-1].copy()
        newcomers = np.arange(fresh, fresh + TEAMS * LEAVE_A_SUMMER)
        roster[:, -LEAVE_A_SUMMER:] = rng.permutation(newcomers).reshape(TEAMS, LEAVE_A_SUMMER)
        fresh += TEAMS * LEAVE_A_SUMMER
        _swap(roster, rng)
        seasons.append(_ranked(roster, quality[season]))
    return np.stack(seasons)


def _swap(roster: Ints, rng: np.random.Generator) -> None:
    for first, second in rng.permutation(TEAMS * ROSTER)[: 2 * SWAPS_A_SUMMER].reshape(-1, 2):
        one, other = divmod(int(first), ROSTER), divmod(int(second), ROSTER)
        roster[one], roster[other] = roster[other], roster[one]


def _ranked(roster: Ints, quality: Floats) -> Ints:
    order = np.argsort(-quality[roster], axis=1, kind="stable")
    return np.take_along_axis(roster, order, axis=1)


def players(skill: Skills, seed: int) -> pl.DataFrame:
    """Return who they are, in the order of their numbers: player, player_id, names, position, born_on."""
    rng = stream(seed, "nba", "people")
    named = people("NBA", PLAYERS, rng, SUFFIX_SHARE).to_dict(as_series=False)
    for father in FATHERS_AND_SONS:
        plain = without_suffix(named["last_name"][father])
        named["last_name"][father] = plain
        named["first_name"][father + 1], named["last_name"][father + 1] = named["first_name"][father], f"{plain} Jr."
    born = [date(1988, 1, 1) + timedelta(days=int(days)) for days in rng.integers(0, 6500, PLAYERS)]
    frame = pl.DataFrame({"first_name": named["first_name"], "last_name": named["last_name"], "born_on": born})
    position = [POSITIONS[round(4 * float(size))] for size in skill.size]
    return frame.select(
        pl.int_range(pl.len()).alias("player"),
        (FIRST_ID + LAST_ID_STEP * pl.int_range(pl.len())).alias("player_id"),
        pl.format("{} {}", "first_name", "last_name").alias("name"),
        "first_name",
        "last_name",
        pl.Series("position", position),
        "born_on",
    )
