"""The hand-off between basketball's models and everybody else: what is expected of both scores, and how surely."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ScoreBelief:
    """Margin (home less away) and total of the final scores of n games, overtime counted, in points.

    Means, standard deviations (above 0) and the correlation (within -1 and 1, both excluded) of the two, each (n,). A
    game whose five numbers are all NaN is "no belief". Kept as read-only copies. Raises ValueError where shapes differ,
    or where a game is NaN in part, not finite, or out of range.
    """

    margin_mean: Floats
    margin_sd: Floats
    total_mean: Floats
    total_sd: Floats
    correlation: Floats

    def __post_init__(self) -> None:
        names = [one.name for one in fields(self)]
        columns = [np.array(getattr(self, name), dtype=float) for name in names]
        if any(column.ndim != 1 or column.shape != columns[0].shape for column in columns):
            raise ValueError("A belief about scores has one number a game in each of its columns.")
        table = np.stack(columns)
        missing = np.isnan(table)
        _refuse(np.asarray(missing.any(axis=0) & ~missing.all(axis=0)), "is NaN in part: all of it or nothing may be")
        told = np.where(missing, 0.5, table)
        _refuse(np.asarray(np.isinf(table).any(axis=0)), "has an infinite number")
        _refuse(np.asarray((told[[1, 3]] <= 0).any(axis=0)), "has a standard deviation that is not above 0")
        _refuse(np.abs(told[4]) >= 1, "has a correlation that is not within -1 and 1")
        for name, column in zip(names, columns, strict=True):
            column.flags.writeable = False
            object.__setattr__(self, name, column)

    @classmethod
    def of(
        cls,
        margin_mean: ArrayLike,
        margin_sd: ArrayLike,
        total_mean: ArrayLike,
        total_sd: ArrayLike,
        correlation: ArrayLike = 0.0,
    ) -> ScoreBelief:
        """The same from numbers and arrays that broadcast; a game with any NaN becomes "no belief"."""
        values = (margin_mean, margin_sd, total_mean, total_sd, correlation)
        table = np.stack(np.broadcast_arrays(*(np.atleast_1d(np.asarray(value, dtype=float)) for value in values)))
        return cls(*np.where(np.isnan(table).any(axis=0), np.nan, table))

    def __len__(self) -> int:
        return len(self.margin_mean)

    @property
    def present(self) -> NDArray[np.bool_]:
        """Which games have a belief, (n,)."""
        present: NDArray[np.bool_] = ~np.isnan(self.margin_mean)
        return present

    def or_else(self, other: ScoreBelief) -> ScoreBelief:
        """This belief, and the other one where this says nothing."""
        names = [one.name for one in fields(self)]
        return ScoreBelief(*(np.where(self.present, getattr(self, one), getattr(other, one)) for one in names))

    def where(self, mask: NDArray[np.bool_]) -> ScoreBelief:
        """The games for which `mask` (n,) is true."""
        return ScoreBelief(*(getattr(self, one.name)[mask] for one in fields(self)))


def _refuse(wrong: NDArray[np.bool_], fault: str) -> None:
    if wrong.any():
        raise ValueError(f"Game {int(wrong.argmax())} of the belief {fault} ({int(wrong.sum())} such of {len(wrong)}).")
