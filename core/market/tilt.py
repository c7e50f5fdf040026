"""Tilting score grids to calibrated marginals, so that headline markets are calibrated and all others stay coherent.

The tilted grid is the one nearest to the old in relative entropy among those with the wanted marginals (Csiszár,
"I-divergence geometry of probability distributions and minimization problems", 1975). Where targets come from is the
calibrator's business.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.market.grid import GOAL_SCORES, ScoreGrid, Support
from core.market.markets import MARKETS

Floats = NDArray[np.float64]

CONVERGED = 1e-10
"""Largest distance of any marginal from its target."""
_FIT = CONVERGED / 10
_SWEEPS = 10_000


@dataclass(frozen=True, eq=False)
class Marginal:
    """Wanted probabilities (n, k) of k events, of which every score makes exactly one true.

    `event_of_score`: (c,) the number of the event, 0 to k - 1, of each score of `support`. `probs`: rows in [0, 1]
    that sum to 1 within 1e-9; a row all NaN wants nothing of its match. Raises ValueError for anything else.
    """

    event_of_score: NDArray[np.int64]
    probs: Floats
    support: Support = GOAL_SCORES

    def __post_init__(self) -> None:
        probs = np.array(self.probs, dtype=float, ndmin=2, order="C")
        silent = np.isnan(probs).all(axis=1)
        places = (len(self.support),)
        if self.event_of_score.shape != places or not np.isin(self.event_of_score, np.arange(probs.shape[1])).all():
            raise ValueError("A marginal puts each score into one of the events that have a probability.")
        if not (silent | ((probs >= 0).all(axis=1) & (np.abs(probs.sum(axis=1) - 1.0) <= 1e-9))).all():
            raise ValueError("The wanted probabilities of a match are all NaN, or 0 or more and sum to one.")
        object.__setattr__(self, "probs", probs / probs.sum(axis=1, keepdims=True))

    @classmethod
    def of(cls, market: str, probs: ArrayLike, line: float | None = None, support: Support = GOAL_SCORES) -> Marginal:
        """Wanted probabilities (n, k) of the k selections of a market in its order, such as home, draw, away of `1x2`.

        Raises ValueError for a market or line on which two selections can win, or a stake can come back: these are no
        events of one distribution; KeyError for a market that is not in `MARKETS`.
        """
        sold = MARKETS[market]
        paid = np.stack([sold.payoff(support.home, support.away, name, line) for name in sold.selections])
        if not ((np.abs(paid) == 1.0).all() and ((paid == 1.0).sum(axis=0) == 1).all()):
            raise ValueError(f"{market} at line {line} has scores at which not exactly one selection wins.")
        return cls(paid.argmax(axis=0), np.asarray(probs, dtype=float), support)


def tilt(grid: ScoreGrid, marginals: Sequence[Marginal]) -> ScoreGrid:
    """The grid of least relative entropy to the old one that has all the marginals, to 1e-10.

    Iterative proportional fitting: each sweep scales every event to its target, one marginal after the other. Scores
    that no marginal tells apart keep their proportions, so the fit runs on their sums. A match without belief stays
    so; a score of probability zero stays zero. Raises ValueError for marginals of another number of matches and,
    naming a match, for targets that no distribution on its scores can meet, or only by emptying scores in a limit that
    10,000 sweeps do not reach.
    """
    if any(len(one.probs) != len(grid) or one.support is not grid.support for one in marginals):
        raise ValueError(f"Each marginal has one row for each of the {len(grid)} matches of the grid, and its scores.")
    if not marginals:
        return grid
    events, group_of_score = np.unique(
        np.stack([marginal.event_of_score for marginal in marginals]), axis=1, return_inverse=True
    )
    groups = [np.flatnonzero(group_of_score == number) for number in range(events.shape[1])]
    before = np.stack([_total(grid.flat.T[members]) for members in groups])
    after = _fitted(before, events, [marginal.probs.T for marginal in marginals])
    scale = np.divide(after, before, out=np.zeros_like(before), where=before != 0.0)
    return ScoreGrid.of((grid.flat * scale[group_of_score].T).reshape(grid.cells.shape), grid.support)


def relative_entropy(grid: ScoreGrid, base: ScoreGrid) -> Floats:
    """(n,) Kullback-Leibler divergence of `grid` from `base` in nats: 0 or more, 0 only where they are equal.

    Infinite where `grid` gives probability to a score that `base` rules out; NaN where either is no belief.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(grid.flat == 0.0, 0.0, grid.flat * np.log(grid.flat / base.flat))
    entropy: Floats = terms.sum(axis=1)
    return entropy


def _fitted(before: Floats, events: NDArray[np.int64], targets: list[Floats]) -> Floats:
    """Group sums (g, n) moved to the targets; a match leaves the sweeps once it fits, whatever the others do."""
    after = before.copy()
    unfit = np.flatnonzero(~np.isnan(before).any(axis=0))
    for _ in range(_SWEEPS):
        wanted = [target[:, unfit] for target in targets]
        sums = after[:, unfit]
        for event_of_group, target in zip(events, wanted, strict=True):
            sums *= _factors(sums, event_of_group, target, unfit)[event_of_group]
        after[:, unfit] = sums
        unfit = unfit[_worst_gap(sums, events, wanted) > _FIT]
        if not unfit.size:
            return after
    raise ValueError(
        f"The targets of match {unfit[0]} cannot be met together, or only in the limit ({unfit.size} such)."
    )


def _worst_gap(sums: Floats, events: NDArray[np.int64], targets: list[Floats]) -> Floats:
    """(n,) largest distance of any event from its target, 0 where nothing is wanted."""
    gaps = [np.abs(_event_sums(sums, row, len(target)) - target) for row, target in zip(events, targets, strict=True)]
    worst: Floats = np.nan_to_num(np.vstack(gaps), nan=0.0).max(axis=0)
    return worst


def _factors(sums: Floats, event_of_group: NDArray[np.int64], target: Floats, names: NDArray[np.int64]) -> Floats:
    """(k, n) what takes each event to its target; 1 where nothing is wanted."""
    have = _event_sums(sums, event_of_group, len(target))
    impossible = (have == 0.0) & (target > 0.0)
    if impossible.any():
        match = names[impossible.any(axis=0).argmax()]
        raise ValueError(
            f"A target of match {match} is impossible: its grid and other targets leave the event no score."
        )
    factors = np.divide(target, have, out=np.zeros_like(have), where=have != 0.0)
    return np.where(np.isnan(target), 1.0, factors)


def _event_sums(sums: Floats, event_of_group: NDArray[np.int64], k: int) -> Floats:
    return np.stack([_total(sums[event_of_group == event]) for event in range(k)])


def _total(rows: Floats) -> Floats:
    """Sum over the first axis, row after row, so that a match has the same bits alone and in any company."""
    total: Floats = sum(rows, start=np.zeros(rows.shape[1]))
    return total
