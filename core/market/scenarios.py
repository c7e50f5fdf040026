"""Scenarios: final scores of many matches drawn together, the seam between what is believed and what is decided.

A scenario first draws how wrong the beliefs are, then a score of each match from the beliefs so bent. All tickets are
paid by the same scores, so what shares a match or a league wins and loses together. What a ticket is paid belongs to
whoever makes tickets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats.qmc import Sobol

from core.market.grid import ScoreGrid, Support
from core.market.spread import CERTAIN, Spread
from core.threads import one_blas_thread

__all__ = ["CERTAIN", "Scenarios", "Spread", "draw"]

Floats = NDArray[np.float64]
Goals = NDArray[np.int64]

_LEAST = 1e-9
_CORRECTIONS = 6
"""Rounds after which the mean of the bent grids equals the belief, to 3e-6 at three times the usual spread."""
_CENTRED = 1e-9
"""Distance of that mean from the belief, summed over the scores, at which there is nothing to correct."""


@dataclass(frozen=True, eq=False)
class Scenarios:
    """Final scores of m matches in s equally likely scenarios: `home` and `away` are (s, m) goals or points.

    Raises ValueError where both are not of one shape.
    """

    home: Goals
    away: Goals

    def __post_init__(self) -> None:
        if self.home.shape != self.away.shape or self.home.ndim != 2:
            raise ValueError("Scenarios need the goals of both sides, one row a scenario and one column a match.")

    def __len__(self) -> int:
        return len(self.home)

    @property
    def weights(self) -> Floats:
        """(s,) probability of each scenario."""
        return np.full(len(self), 1.0 / max(len(self), 1))


def draw(grid: ScoreGrid, leagues: Sequence[str], spread: Spread, number: int, seed: int | Sequence[int]) -> Scenarios:
    """`number` scenarios of the m matches of `grid`, whose leagues are named in its order.

    Over the tilts, each match's mean distribution is its grid. A match's own tilts and score follow a Sobol sequence
    (1967) shifted at random (Cranley and Patterson, 1976), scores lying along supremacy and then goals, so that a
    result is as frequent as it is likely, to a few scenarios; matches shuffle it apart. A power of two is the best
    `number`. The same arguments give the same scenarios. Raises ValueError for a match without belief, leagues of
    another number, or less than one scenario.
    """
    if len(leagues) != len(grid) or number < 1 or not grid.is_belief.all():
        raise ValueError("Scenarios are drawn for matches with a belief and a league each, one scenario at least.")
    rng = np.random.default_rng(seed)
    supremacy, goals, uniform = _spread_out(number, len(grid), rng)
    total, difference = _tilts(leagues, spread, supremacy, goals, rng)
    home, away = np.empty((2, number, len(grid)), dtype=np.int64)
    with one_blas_thread():
        for match, cells in enumerate(grid.flat):
            tilts = difference[:, match], total[:, match]
            home[:, match], away[:, match] = _drawn(_Laid.of(grid.support, cells), *tilts, uniform[:, match])
    return Scenarios(home, away)


def _spread_out(number: int, matches: int, rng: np.random.Generator) -> Floats:
    """(3, s, m): two standard normals and a uniform for each scenario and match, evenly spread within each match."""
    points = Sobol(3, scramble=True, rng=rng).random_base2(max(number - 1, 1).bit_length())[:number]
    found = np.empty((3, number, matches))
    for match in range(matches):
        found[:, :, match] = rng.permutation((points + rng.random(3)) % 1.0).T
    found[:2] = ndtri(np.clip(found[:2], _LEAST, 1.0 - _LEAST))
    return found


def _tilts(
    leagues: Sequence[str], spread: Spread, supremacy: Floats, goals: Floats, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """(s, m) of all goals and of their difference: what is added to the log-weight for each of them."""
    names, league = np.unique(np.asarray(leagues, dtype=str), return_inverse=True)
    half = rng.standard_normal(((len(goals) + 1) // 2, len(names)))
    shared = np.concatenate([half, -half])[: len(goals)] * spread.league_goals
    total = shared[:, league] + goals * np.sqrt(spread.goals**2 - spread.league_goals**2)
    return total, supremacy * spread.supremacy


@dataclass(frozen=True, eq=False)
class _Laid:
    """One match's law by difference (r rows) and half its total (k columns), both rising: results lie side by side.

    A tilt of both is a factor of the row times one of the column, so that bent laws are products of matrices. Nothing
    but what is likely is in it: `law` (r, k) has no empty row or column at its edges.
    """

    differences: Goals
    halves: Goals
    law: Floats

    @classmethod
    def of(cls, support: Support, cells: Floats) -> _Laid:
        """From probabilities (c,)."""
        seen = np.flatnonzero(cells)
        difference, half = (number[seen] for number in _places(support))
        rows, columns = (np.arange(one.min(), one.max() + 1) for one in (difference, half))
        law = np.zeros((len(rows), len(columns)))
        law[difference - rows[0], half - columns[0]] = cells[seen]
        return cls(rows, columns, law)

    def factors(self, difference: Floats, total: Floats) -> tuple[Floats, Floats]:
        """What s tilts do to the rows (s, r) and to the columns (s, k): nothing at the mean score."""
        away = self.differences - self.law.sum(axis=1) @ self.differences
        more = 2 * (self.halves - self.law.sum(axis=0) @ self.halves)
        rows = np.exp(difference[:, None] * away + total[:, None] * (self.differences % 2))
        return rows, np.exp(total[:, None] * more)

    def scores(self, row: Goals, column: Goals) -> tuple[Goals, Goals]:
        """Home and away goals of cells."""
        difference = self.differences[row]
        home = self.halves[column] + (difference + difference % 2) // 2
        return home, home - difference


@lru_cache(maxsize=8)
def _places(support: Support) -> tuple[Goals, Goals]:
    """Difference and half the total, rounded down, of each score of a support, (c,)."""
    return support.home - support.away, (support.home + support.away) // 2


def _drawn(laid: _Laid, difference: Floats, total: Floats, uniform: Floats) -> tuple[Goals, Goals]:
    """Home and away goals (s,) of a match whose mean law over the tilts (s,) is the one laid."""
    rows, columns = laid.factors(difference, total)
    base = _centred(laid.law, rows, columns)
    within = rows * _product(columns, base.T)
    mass = uniform * within.sum(axis=1)
    row = _first_beyond(within, mass)
    before = np.where(np.arange(within.shape[1]) < row[:, None], within, 0.0).sum(axis=1)
    left = np.maximum(mass - before, 0.0) / rows[np.arange(len(rows)), row]
    return laid.scores(row, _first_beyond(base[row] * columns, left))


def _centred(wanted: Floats, rows: Floats, columns: Floats) -> Floats:
    """The law (r, k) whose tilted copies have the mean `wanted`, by repeated correction."""
    base = wanted
    for _ in range(_CORRECTIONS):
        totals = (rows * _product(columns, base.T)).sum(axis=1)
        bent = _product((rows / totals[:, None]).T, columns) / len(rows)
        if np.abs(base * bent - wanted).sum() <= _CENTRED:
            break
        base = wanted / bent
    return base


def _product(left: Floats, right: Floats) -> Floats:
    """`left @ right`; views turned on their side are copied first, which small products are faster by."""
    product: Floats = np.ascontiguousarray(left) @ np.ascontiguousarray(right)
    return product


def _first_beyond(weights: Floats, mass: Floats) -> Goals:
    """(s,): the first place at which the weights (s, k) so far exceed a mass (s,), else the last with weight."""
    place = (np.cumsum(weights, axis=1) <= mass[:, None]).sum(axis=1)
    last = weights.shape[1] - 1 - (weights[:, ::-1] > 0.0).argmax(axis=1)
    found: Goals = np.minimum(place, last)
    return found
