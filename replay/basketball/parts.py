"""Basketball's forecasters with a part of them taken away, or with only that part left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.countdown import Countdown, Say
from models.basketball import pool, training
from models.basketball.belief import ScoreBelief
from models.basketball.closing import BASE, Learner
from models.basketball.games import Games
from models.basketball.market import MODEL
from models.basketball.pool import Walked
from replay.taken_away import Kind

CLOSING = "closing"
"""The member that learns from features."""


@dataclass(frozen=True)
class Ablated:
    """The forecaster `of`, changed by leaving out or leaving alone `name`: what it believes of every decision."""

    kind: Kind
    of: str
    name: str
    belief: ScoreBelief


def without_and_alone(games: Games, lines: Mapping[str, NDArray[np.float64]], say: Say) -> Iterator[Ablated]:
    """The pool without each member, and of each alone, with weights learned anew each month; `lines` by member."""
    countdown = Countdown(len(lines), say)
    for name, line in lines.items():
        others = {other: told for other, told in lines.items() if other != name}
        yield Ablated(Kind.WITHOUT_MEMBER, MODEL, name, pooled(games, others).model)
        yield Ablated(Kind.MEMBER_ALONE, MODEL, name, pooled(games, {name: line}).model)
        countdown.step(f"the pool without {name}, and of it alone")


def without_features(
    games: Games, groups: Mapping[str, tuple[str, ...]], learner: Learner, say: Say
) -> Iterator[Ablated]:
    """Trees without the columns of each group, fitted each season as the whole ones are, and the pool with these.

    Raises ValueError for a group that holds what the trees start from.
    """
    countdown = Countdown(len(groups), say)
    for group, columns in groups.items():
        if set(columns) & set(BASE):
            raise ValueError(f"{CLOSING} starts from {' and '.join(BASE)}.")
        narrowed = replace(games, features=games.features.drop(columns))
        walked = training.walk(narrowed, learner, lambda _: None)
        yield Ablated(Kind.WITHOUT_FEATURES, CLOSING, group, walked.members[CLOSING])
        yield Ablated(Kind.WITHOUT_FEATURES, MODEL, group, walked.model)
        countdown.step(f"{CLOSING} without {group}")


def pooled(games: Games, lines: Mapping[str, NDArray[np.float64]]) -> Walked:
    """What members with these lines and their pool believe, by what was known at each month's begin."""
    return pool.walk(lines, games.closing, games.result, games.rows["as_of_utc"], games.known_at_utc)
