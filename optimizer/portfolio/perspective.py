"""The perspective relaxation: part of a ticket costs as much curvature as if whole tickets took turns.

A ticket counts wholly or not at all, so `d f^2` may be replaced by `d f^2 / z` for its share z in (0, 1], which is
convex and punishes many small stakes (Frangioni and Gentile, 2006). For a price t of a ticket the best z is known, and
what is left is a quadratic program in stakes; t is searched. The bound comes from weak duality, ticket by ticket and
only for the best of them, so it holds wherever the search stops.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.portfolio.diagonal import extracted
from optimizer.portfolio.interior import Region, solve
from optimizer.portfolio.problem import GRID, Floats
from optimizer.portfolio.quadratic import Quadratic
from optimizer.portfolio.relaxation import Indices, Model, Relaxed

_PRICES, _PRICINGS, _MORE = 8, 6, 30
_FACTOR, _CLOSE = 1.5, 0.5
_STAKED, _PAYS = 1e-5, 1e-5
_DEBT, _SPREAD, _LEAST_SHARE = 0.9, 0.3, 0.05
_TINY = 1e-12
_SAFETY = 1e-9
"""Allowance for rounding, relative to the bound before, added to the bound."""


@dataclass(frozen=True, eq=False)
class Fractional:
    """`bound`: no portfolio of the quadratic's candidates is worth more, if it beats the target at all; `ceiling`: (k,)
    the same of those that hold the candidate. `stakes`, `tickets`: (k,) of the relaxation, tickets in [0, 1]; `pull`:
    (k,) marginal growth less the price of room; `of_ticket`: the price of a ticket."""

    bound: float
    ceiling: Floats
    stakes: Floats
    tickets: Floats
    pull: Floats
    of_ticket: float

    def among(self, kept: Indices) -> Fractional:
        """The same for some of its candidates, by place."""
        parts = (self.ceiling[kept], self.stakes[kept], self.tickets[kept], self.pull[kept])
        return Fractional(self.bound, *parts, self.of_ticket)


@dataclass(frozen=True, eq=False)
class _Parts:
    """A stake as the sum of a first part (at most `first`) and the rest; only the rest is curved by the diagonal.

    Maximises, in units of `scale` (2k,) and of the bound: `slope @ x - x @ matrix @ x / 2`.
    """

    slope: Floats
    matrix: Floats

    def gradient(self, stakes: Floats) -> Floats:
        return self.slope - self.matrix @ stakes

    def curvature(self, stakes: Floats) -> Floats:
        return self.matrix.copy()


class Perspective:
    """The relaxation of one quadratic with at most `count` tickets.

    `guess` comes from an earlier quadratic over the same candidates; the diagonal is worth most where it has most to
    say, on stakes that are large for their share of a ticket, and on those of `spread` (k,) stakes.
    """

    def __init__(self, model: Model, quadratic: Quadratic, count: int, guess: Fractional, spread: Floats) -> None:
        self._quadratic, self._count, self._unit = quadratic, count, guess.bound
        self._least, self._most = model.lowest[quadratic.columns], model.highest[quadratic.columns]
        self._rows, self._room = model.rows.stakes[:, quadratic.columns], model.rows.room
        self._columns = np.flatnonzero((guess.stakes > _STAKED) | (spread > _STAKED))
        alone = 1.0 / np.maximum(guess.tickets, _LEAST_SHARE) - 1.0
        worth = guess.stakes**2 * np.maximum(alone, 0.0) + _SPREAD * spread**2
        self._diagonal = extracted(quadratic.curvature, self._columns, worth, self._debt(guess))

    def solve(self, of_ticket: float) -> Fractional:
        """The best bound of a search for the price of a ticket that starts here."""
        best: Fractional | None = None
        cheap, dear = 0.0, np.inf
        for _ in range(_PRICES):
            found = self._at(of_ticket)
            best = found if best is None or found.bound < best.bound else best
            surplus = float(found.tickets.sum()) - self._count
            if abs(surplus) < _CLOSE:
                break
            cheap, dear = (of_ticket, dear) if surplus > 0 else (cheap, of_ticket)
            between = cheap > 0.0 and dear < np.inf
            of_ticket = np.sqrt(cheap * dear) if between else of_ticket * (_FACTOR if surplus > 0 else 1 / _FACTOR)
        assert best is not None
        return best

    def _debt(self, guess: Fractional) -> Floats:
        """(k,) the convexity at which a candidate would just not pay for its ticket."""
        least, most = np.maximum(self._least, _TINY), np.maximum(self._most, _TINY)
        short = np.minimum(
            (guess.of_ticket - guess.pull * least) / least**2, (guess.of_ticket - guess.pull * most) / most**2
        )
        return np.asarray(_DEBT * np.maximum(2.0 * short, 0.0))

    def _at(self, of_ticket: float) -> Fractional:
        """Column generation: candidates whose ticket pays enter."""
        for _ in range(_PRICINGS):
            stakes, tickets, prices = self._program(of_ticket)
            found, gain = self._certified(stakes, tickets, prices, of_ticket)
            paying = np.setdiff1d(np.flatnonzero(gain - of_ticket > _PAYS * self._unit), self._columns)
            if not len(paying):
                break
            self._columns = np.union1d(self._columns, paying[np.argsort(-gain[paying], kind="stable")[:_MORE]])
        return found

    def _program(self, of_ticket: float) -> tuple[Floats, Floats, Floats]:
        """Stakes (k,), shares of tickets (k,) and prices of the rows at this price of a ticket."""
        at, most, own = self._columns, self._most[self._columns], self._diagonal[self._columns]
        curved = np.maximum(own, _TINY)
        first = np.minimum(np.sqrt(2.0 * of_ticket / curved), most)
        cost = np.where(first < most, np.sqrt(2.0 * curved * of_ticket), of_ticket / most + own * most / 2)
        parts, scale = self._parts(own, cost, np.concatenate([first, most - first]))
        rows = self._rows[:, at]
        binds = np.maximum(rows, 0.0) @ most > self._room
        both = np.hstack([rows[binds], rows[binds]]) * scale
        used = scale > _TINY
        space = Region(both[:, used], self._room[binds], np.zeros(int(used.sum())), np.ones(int(used.sum())))
        solved = solve(_Parts(parts.slope[used], parts.matrix[np.ix_(used, used)]), space)
        split = np.zeros(2 * len(at))
        split[used] = solved.stakes * scale[used]
        stakes, tickets, prices = np.zeros_like(self._most), np.zeros_like(self._most), np.zeros_like(self._room)
        stakes[at], prices[binds] = split.reshape(2, -1).sum(axis=0), solved.prices * self._unit
        tickets[at] = np.minimum(stakes[at] / np.maximum(first, _TINY), 1.0)
        return stakes, tickets, prices

    def _parts(self, own: Floats, cost: Floats, scale: Floats) -> tuple[_Parts, Floats]:
        at = self._columns
        shared = self._quadratic.curvature[np.ix_(at, at)] - np.diag(own)
        matrix = np.block([[shared, shared], [shared, shared + np.diag(np.maximum(own, 0.0))]])
        slope = np.tile(self._quadratic.slope[at] - cost, 2)
        return _Parts(slope * scale / self._unit, matrix * np.outer(scale, scale) / self._unit), scale

    def _certified(
        self, stakes: Floats, tickets: Floats, prices: Floats, of_ticket: float
    ) -> tuple[Fractional, Floats]:
        """The quadratic is at most its tangent less the diagonal's part, which splits by candidate; and each gain."""
        quadratic, own = self._quadratic, self._diagonal
        gradient = quadratic.slope - quadratic.curvature @ stakes + own * stakes
        tangent = quadratic.value(stakes) + float(own @ stakes**2) / 2 - float(gradient @ stakes)
        pull = gradient - prices @ self._rows
        inner = np.clip(np.divide(pull, own, out=np.zeros_like(pull), where=own > 0), self._least, self._most)
        gain = np.maximum.reduce([pull * at - own * at**2 / 2 for at in (self._least, self._most, inner)])
        dearest = np.sort(np.maximum(gain, 0.0))[::-1][: self._count]
        bound = tangent + float(prices @ self._room) + float(dearest.sum()) + _SAFETY * self._unit
        last = float(dearest[-1]) if len(dearest) == self._count and self._count else 0.0
        ceiling = np.where(self._most > 0, bound + np.minimum(gain - last, 0.0), -np.inf)
        return Fractional(bound, ceiling, stakes, tickets, pull, of_ticket), gain


def first_guess(model: Model, relaxed: Relaxed, columns: Indices, growth: float) -> Fractional:
    """What the plain relaxation says of these candidates; a ticket costs half of what is between it and `growth`."""
    count = max(most_tickets(model), 1)
    stakes = relaxed.stakes[columns]
    ceiling = np.full(len(columns), relaxed.bound)
    of_ticket = max(relaxed.bound - growth, _TINY) / (2 * count)
    return Fractional(relaxed.bound, ceiling, stakes, np.full(len(columns), 0.5), relaxed.reduced[columns], of_ticket)


def most_tickets(model: Model) -> int:
    """How many tickets a portfolio can have, as far as the rows that count every ticket say."""
    counting = model.linear.tickets[:, model.highest > 0]
    least = counting.min(axis=1, initial=np.inf)
    counts = np.isfinite(least) & (least > 0)
    return int(np.floor((model.linear.room[counts] / least[counts]).min(initial=counting.shape[1]) + GRID))
