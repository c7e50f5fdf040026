"""Scenarios: final scores of many matches drawn together, the seam between what is believed and what is decided.

A scenario first draws how wrong the beliefs are, then a score of each match from the beliefs so bent. All tickets are
paid by the same scores, so what shares a match or a league wins and loses together. What a ticket is paid belongs to
whoever makes tickets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats.qmc import Sobol

from core.market.grid import ScoreGrid, Support

Floats = NDArray[np.float64]
Goals = NDArray[np.int64]

_LEAST = 1e-9
_CORRECTIONS = 6
"""Rounds after which the mean of the bent grids equals the belief, to 1e-6 at three times the usual spread."""


@dataclass(frozen=True)
class Spread:
    """How far beliefs may lie from the truth, as standard deviations of tilts of the log-weights of scores.

    A tilt of supremacy adds its value to the log-weight for each goal of difference, a tilt of goals for each goal of
    either side: 0.03 is about 3% more of them. `league_goals`, at most `goals`, is the part of the latter that all
    matches of a league share. Raises ValueError for values outside 0 to 1.
    """

    supremacy: float
    goals: float
    league_goals: float

    def __post_init__(self) -> None:
        if not all(np.isfinite(sd) and 0.0 <= sd <= 1.0 for sd in (self.supremacy, self.goals, self.league_goals)):
            raise ValueError("The spread of beliefs is given by three numbers between 0 and 1.")
        if self.league_goals > self.goals:
            raise ValueError("What a league shares of the spread of goals cannot be more than all of it.")


CERTAIN = Spread(0.0, 0.0, 0.0)
"""Beliefs that are the truth: only the scores are open."""


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
    home, away = _tilts(leagues, spread, supremacy, goals, rng)
    order = _by_supremacy(grid.support)
    of_home, of_away = grid.support.home[order], grid.support.away[order]
    cells = _draw(np.ascontiguousarray(grid.flat[:, order]), of_home, of_away, home, away, uniform)
    return Scenarios(of_home[cells], of_away[cells])


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
    """(s, m) of the home and of the away side's goals: what is added to the log-weight for each of them."""
    names, league = np.unique(np.asarray(leagues, dtype=str), return_inverse=True)
    half = rng.standard_normal(((len(goals) + 1) // 2, len(names)))
    shared = np.concatenate([half, -half])[: len(goals)] * spread.league_goals
    total = shared[:, league] + goals * np.sqrt(spread.goals**2 - spread.league_goals**2)
    return total + supremacy * spread.supremacy, total - supremacy * spread.supremacy


def _by_supremacy(support: Support) -> NDArray[np.int64]:
    """The cells from the largest away win to the largest home win, fewer goals first: results lie side by side."""
    return np.lexsort((support.home + support.away, support.home - support.away))


@njit(cache=True)  # type: ignore[untyped-decorator]
def _draw(cells, home_goals, away_goals, home_tilt, away_tilt, uniform):  # type: ignore[no-untyped-def]
    """(s, m) the cell of each scenario and match. `cells` (m, c): what the mean over scenarios has to be."""
    number, matches = uniform.shape
    drawn = np.zeros((number, matches), dtype=np.int64)
    most = max(home_goals.max(), away_goals.max()) + 1
    home, away = np.empty((number, most)), np.empty((number, most))
    for match in range(matches):
        for scenario in range(number):
            for goals in range(most):
                home[scenario, goals] = np.exp(home_tilt[scenario, match] * goals)
                away[scenario, goals] = np.exp(away_tilt[scenario, match] * goals)
        base = _centred(cells[match], home_goals, away_goals, home, away)
        for scenario in range(number):
            drawn[scenario, match] = _pick(
                base, home_goals, away_goals, home[scenario], away[scenario], uniform[scenario, match]
            )
    return drawn


@njit(cache=True)  # type: ignore[untyped-decorator]
def _centred(wanted, home_goals, away_goals, home, away):  # type: ignore[no-untyped-def]
    """The grid (c,) whose tilted copies have the mean `wanted`, by repeated correction."""
    base = wanted.copy()
    bent = np.empty(len(base))
    for _ in range(_CORRECTIONS):
        mean = np.zeros(len(base))
        for scenario in range(len(home)):
            total = 0.0
            for cell in range(len(base)):
                bent[cell] = base[cell] * home[scenario, home_goals[cell]] * away[scenario, away_goals[cell]]
                total += bent[cell]
            for cell in range(len(base)):
                mean[cell] += bent[cell] / total
        for cell in range(len(base)):
            if mean[cell] > 0.0:
                base[cell] *= wanted[cell] * len(home) / mean[cell]
    return base


@njit(cache=True)  # type: ignore[untyped-decorator]
def _pick(base, home_goals, away_goals, home, away, uniform):  # type: ignore[no-untyped-def]
    total = 0.0
    for cell in range(len(base)):
        total += base[cell] * home[home_goals[cell]] * away[away_goals[cell]]
    left, last = uniform * total, 0
    for cell in range(len(base)):
        weight = base[cell] * home[home_goals[cell]] * away[away_goals[cell]]
        if weight > 0.0:
            last = cell
            left -= weight
            if left < 0.0:
                break
    return last
