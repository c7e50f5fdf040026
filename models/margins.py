"""Which devig method fits a market: the one of least log-loss on earlier seasons; the methods are in `core.market`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from core.market.devig import DIFFERENT_METHODS, Method, devig
from models.scores import log_loss

Values = NDArray[np.float64]
Integers = NDArray[np.int64]

DEFAULT: Method = "power"


@dataclass(frozen=True)
class Difference:
    """Mean log-loss of one method minus another's on the same books, with its paired interval."""

    mean: float
    ci95: tuple[float, float]


@dataclass(frozen=True)
class MethodScore:
    """Mean log-loss of one method, over all folds and in each, and its difference from the default's."""

    log_loss: float
    by_fold: Mapping[int, float]
    minus_default: Difference


@dataclass(frozen=True)
class Choice:
    """The method to use on later books, and what it was chosen by, on n books.

    `best` has the least mean log-loss, `runner_up` the next; it is `method` only if it beats the default beyond chance.
    """

    method: Method
    best: Method
    runner_up: Method
    best_minus_runner_up: Difference
    scores: Mapping[Method, MethodScore]
    n: int

    def to_json(self) -> dict[str, object]:
        """Plain values."""
        return asdict(self)


def choose_method(
    odds: Values, outcome: Integers, folds: Integers, methods: Sequence[Method] = DIFFERENT_METHODS
) -> Choice:
    """The devig method of least mean log-loss if it beats `power` beyond chance; `power` otherwise.

    `odds`: (n, k) decimal prices; `outcome`: (n,) of 0 to k - 1, or -1 while unknown; `folds`: (n,) integers, such as
    the years of the seasons, all earlier than those that the choice is for. Books without all prices or an outcome are
    left out. Intervals are paired and robust to dependence within a fold: a t distribution over G folds (Liang and
    Zeger 1986). Those against the default hold together at 95% for all m - 1 challengers (Bonferroni), so that equal
    methods are swapped at most 5% of the time. Raises ValueError for fewer than two methods, without `power` among
    them, or where no book is left.
    """
    if DEFAULT not in methods or len(methods) < 2:
        raise ValueError(f"The choice is between {DEFAULT} and at least one other method.")
    fair = {method: devig(odds, method) for method in methods}
    usable = np.isfinite(fair[DEFAULT]).all(axis=1) & (outcome >= 0)
    if not usable.any():
        raise ValueError("No book with all prices and a known outcome.")
    losses = {method: log_loss(p[usable], outcome[usable]) for method, p in fair.items()}
    scores = _scores(losses, folds[usable])
    best, runner_up = sorted(methods, key=lambda method: scores[method].log_loss)[:2]
    return Choice(
        method=best if scores[best].minus_default.ci95[1] < 0.0 else DEFAULT,
        best=best,
        runner_up=runner_up,
        best_minus_runner_up=_difference(losses[best] - losses[runner_up], folds[usable], 0.05),
        scores=scores,
        n=int(usable.sum()),
    )


def _scores(losses: Mapping[Method, Values], folds: Integers) -> dict[Method, MethodScore]:
    chance = 0.05 / (len(losses) - 1)
    return {
        method: MethodScore(
            log_loss=float(loss.mean()),
            by_fold={int(fold): float(loss[folds == fold].mean()) for fold in np.unique(folds)},
            minus_default=_difference(loss - losses[DEFAULT], folds, chance),
        )
        for method, loss in losses.items()
    }


def _difference(values: Values, folds: Integers, chance: float) -> Difference:
    """The mean and its interval, which misses the truth with probability `chance`; NaN bounds for a single fold."""
    _, place = np.unique(folds, return_inverse=True)
    mean = float(values.mean())
    sums = np.bincount(place, weights=values - mean)
    groups = len(sums)
    if groups < 2:
        return Difference(mean, (float("nan"), float("nan")))
    error = np.sqrt(groups / (groups - 1) * (sums**2).sum()) / len(values)
    half = float(stdtrit(groups - 1, 1.0 - chance / 2.0) * error)
    return Difference(mean, (mean - half, mean + half))
