"""Latent strengths of the clubs: attack, defence and home advantage, in logs of the goal rate.

Each strength is a mean-reverting random walk around the club's level. A manager change moves attack and defence at
once. Between seasons the levels revert to what is usual in the club's division.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sandbox.arrays import Floats, stream

LEVEL_SD = np.array([0.26, 0.22, 0.05])
ROUND_SD = np.array([0.024, 0.024, 0.008])
SUMMER_SD = np.array([0.10, 0.09, 0.02])
MANAGER_SD = np.array([0.11, 0.11, 0.0])
REVERSION_A_ROUND = 0.03
REVERSION_A_SUMMER = 0.10
MANAGER_CHANGES_A_ROUND = 0.012
LASTING_SHARE = 0.5


@dataclass(frozen=True)
class Strengths:
    """Levels and present strengths of all clubs, each of shape (clubs, 3): attack, defence, home."""

    level: Floats
    present: Floats


def _usual(division_level: Floats) -> Floats:
    usual: Floats = division_level[:, None] * np.array([1.0, 1.0, 0.0])
    return usual


def first_strengths(division_level: Floats, seed: int) -> Strengths:
    """Draw the strengths before the first season; `division_level` (clubs,) is the usual strength of the division."""
    level = _usual(division_level) + stream(seed, "levels").normal(size=(len(division_level), 3)) * LEVEL_SD
    return Strengths(level, level.copy())


def over_the_season(before: Strengths, rounds: int, rng: np.random.Generator) -> tuple[Floats, Strengths]:
    """Walk through a season: return the strengths before each round, shape (rounds, clubs, 3), and those at its end."""
    level, present = before.level, before.present
    path = np.empty((rounds, *present.shape))
    for index in range(rounds):
        path[index] = present
        jump = _manager_jumps(len(level), rng)
        level = level + LASTING_SHARE * jump
        present = present + REVERSION_A_ROUND * (level - present) + jump + rng.normal(size=level.shape) * ROUND_SD
    return path, Strengths(level, present)


def _manager_jumps(clubs: int, rng: np.random.Generator) -> Floats:
    changed = rng.random((clubs, 1)) < MANAGER_CHANGES_A_ROUND
    return np.where(changed, rng.normal(size=(clubs, 3)) * MANAGER_SD, 0.0)


def over_the_summer(before: Strengths, division_level: Floats, rng: np.random.Generator) -> Strengths:
    """Move the levels towards next season's division (clubs,), with fresh noise, and the strengths with them."""
    target = _usual(division_level)
    noise = rng.normal(size=target.shape) * SUMMER_SD
    level = before.level + REVERSION_A_SUMMER * (target - before.level) + noise
    return Strengths(level, level + 0.5 * (before.present - before.level))
