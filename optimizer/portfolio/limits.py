"""Limits on a portfolio, each a small class with its name; adding one is adding a class and its test.

A limit says what it forbids as linear rows in stakes and tickets; one that is convex only (drawdown) gives, for a
portfolio that breaks it, the row that cuts this portfolio off. Checking a finished portfolio is `verify`'s business.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from optimizer.portfolio.problem import Floats, Problem
from optimizer.portfolio.tail import tail_weights

FLOOR = 1e-4
"""The bettor's wealth, as a share of the part staked by Kelly, never falls below this in any scenario."""
BREACH = 1e-8
"""A convex limit is cut where it is broken by more than this share of the bankroll."""


@dataclass(frozen=True, eq=False)
class Rows:
    """Linear limits `stakes @ f + tickets @ z <= room`, where z is 1 for a ticket and 0 for none.

    `stakes`, `tickets`: (r, n), `tickets` nowhere negative; `room`: (r,), never below 0; `names`: r names of limits.
    """

    stakes: Floats
    tickets: Floats
    room: Floats
    names: tuple[str, ...]

    @classmethod
    def on_stakes(cls, stakes: Floats, room: Floats, name: str) -> Rows:
        """Rows that count stakes only; negative room is none."""
        return cls(stakes, np.zeros_like(stakes), np.maximum(room, 0.0), (name,) * len(room))

    @classmethod
    def joined(cls, parts: Sequence[Rows], candidates: int) -> Rows:
        """All rows, one below the other."""
        nothing = np.zeros((0, candidates))
        return cls(
            np.concatenate([nothing, *(part.stakes for part in parts)]),
            np.concatenate([nothing, *(part.tickets for part in parts)]),
            np.concatenate([np.zeros(0), *(part.room for part in parts)]),
            tuple(name for part in parts for name in part.names),
        )

    def last(self, count: int) -> Rows:
        """The last `count` rows."""
        return Rows(self.stakes[-count:], self.tickets[-count:], self.room[-count:], self.names[-count:])


class Limit:
    """A limit that allows everything; each subclass overrides what it forbids."""

    name: str

    def rows(self, problem: Problem) -> Rows:
        """What is linear in it; nowhere negative, so that smaller stakes keep it too."""
        return Rows.joined((), problem.candidates)

    def breaks(self, problem: Problem, profit: Floats) -> bool:
        """Whether new tickets with this profit (s,) break what is not linear in it."""
        return False

    def cuts(self, problem: Problem, profit: Floats) -> Rows:
        """Rows that every allowed portfolio keeps and one with this profit (s,) breaks; asked for where it `breaks`."""
        return Rows.joined((), problem.candidates)


@dataclass(frozen=True)
class MaximumTickets(Limit):
    """At most `count` new tickets."""

    name = "tickets"
    count: int

    def rows(self, problem: Problem) -> Rows:
        """One row that counts tickets."""
        one = np.ones((1, problem.candidates))
        return Rows(np.zeros_like(one), one, np.array([float(self.count)]), (self.name,))


@dataclass(frozen=True)
class Exposure(Limit):
    """Stakes in each group of one kind, with what stands open there, at most `share` of the bankroll.

    `share`: one for all groups, or one a group in the order of the incidence.
    """

    share: float | tuple[float, ...]

    def rows(self, problem: Problem) -> Rows:
        """One row a group."""
        room = np.asarray(self.share) - problem.open_in(self.name)
        return Rows.on_stakes(np.asarray(problem.groups[self.name], dtype=float), room, self.name)


class MatchExposure(Exposure):
    """Exposure to one match, whatever the market; tickets of one match lose together, so it limits correlation too."""

    name = "match"


class LeagueExposure(Exposure):
    """Exposure to one league."""

    name = "league"


class MarketExposure(Exposure):
    """Exposure to one market, such as totals."""

    name = "market"


class BookExposure(Exposure):
    """Exposure to one bookmaker, and so what its account holds or takes."""

    name = "book"


class DayExposure(Exposure):
    """Exposure on one day."""

    name = "day"


class CurrencyExposure(Exposure):
    """Exposure in one currency."""

    name = "currency"


@dataclass(frozen=True)
class Cash(Limit):
    """All new stakes together at most the `share` of the bankroll that is free."""

    name = "cash"
    share: float

    def rows(self, problem: Problem) -> Rows:
        """One row over all candidates."""
        return Rows.on_stakes(np.ones((1, problem.candidates)), np.array([self.share]), self.name)


@dataclass(frozen=True)
class Room(Limit):
    """All new stakes together at most the `share` of the bankroll that a rule outside leaves, told by its `label`."""

    label: str
    share: float
    name: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", self.label)

    def rows(self, problem: Problem) -> Rows:
        """One row over all candidates."""
        return Rows.on_stakes(np.ones((1, problem.candidates)), np.array([self.share]), self.label)


@dataclass(frozen=True)
class Drawdown(Limit):
    """Conditional value at risk of the loss of new and standing tickets at most `share` of the bankroll.

    The mean loss over the worst 1 - `confidence` of all scenarios (Rockafellar and Uryasev, 2000). Where standing
    tickets alone lose more, new ones may not make it worse.
    """

    name = "drawdown"
    confidence: float
    share: float

    def breaks(self, problem: Problem, profit: Floats) -> bool:
        """Whether the worst scenarios lose too much."""
        total = profit + problem.standing
        return bool(-self._worst(problem, total) @ total > self._allowed(problem) + BREACH)

    def cuts(self, problem: Problem, profit: Floats) -> Rows:
        """The subgradient of the risk."""
        worst = self._worst(problem, profit + problem.standing)
        tail = np.flatnonzero(worst)
        room = self._allowed(problem) + worst @ problem.standing
        return Rows.on_stakes(-(worst[tail] @ problem.returns[tail])[None, :], np.array([room]), self.name)

    def _worst(self, problem: Problem, total: Floats) -> Floats:
        return tail_weights(-total, problem.weights, self.confidence)

    def _allowed(self, problem: Problem) -> float:
        if not problem.standing.any():
            return max(self.share, 0.0)
        return max(self.share, float(-self._worst(problem, problem.standing) @ problem.standing))


@dataclass(frozen=True)
class Solvency(Limit):
    """No scenario takes the whole part of the bankroll that is staked by Kelly; always in force.

    In a scenario in which standing tickets do so already, new ones may not lose on balance.
    """

    name = "solvency"

    def breaks(self, problem: Problem, profit: Floats) -> bool:
        """Whether some scenario falls below the floor."""
        return bool((self._room(problem) + profit).min() < -BREACH)

    def cuts(self, problem: Problem, profit: Floats) -> Rows:
        """The rows of the five scenarios that break it most."""
        room = self._room(problem)
        worst = np.argsort(room + profit)[:5]
        broken = worst[room[worst] + profit[worst] < -BREACH]
        return Rows.on_stakes(-problem.returns[broken], room[broken], self.name)

    @staticmethod
    def _room(problem: Problem) -> Floats:
        return np.maximum(problem.kelly_fraction * (1.0 - FLOOR) + problem.standing, 0.0)
