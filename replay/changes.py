"""What an ablation of any sport's forecasters comes to: each change of them, measured from the whole ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from replay.taken_away import Interval, Kind, interval

Floats = NDArray[np.float64]


class Part(Protocol):
    """Names a change: what was done to which forecaster, and to which part of it."""

    @property
    def kind(self) -> Kind:
        """What was done."""
        ...

    @property
    def of(self) -> str:
        """The forecaster."""
        ...

    @property
    def name(self) -> str:
        """The member or the group of features."""
        ...


@dataclass(frozen=True)
class Change:
    """By how much the means of an ablated forecaster lie above those of the whole one, by measure: above 0 is worse.

    Paired by match; 95% intervals resample match days, and are None for fewer than two. They do not hold the chance in
    the fits: trees without a column also draw their columns and rows otherwise.
    """

    kind: Kind
    of: str
    name: str
    minus_full: Mapping[str, float]
    minus_full_ci95: Mapping[str, Interval]

    def to_json(self) -> dict[str, Any]:
        """Plain values: one name a measure."""
        means = {f"{name}_minus_full": value for name, value in self.minus_full.items()}
        ends = {f"{name}_minus_full_ci95": found for name, found in self.minus_full_ci95.items()}
        return {"kind": str(self.kind), "of": self.of, "name": self.name, **means, **ends}


@dataclass(frozen=True)
class Scope:
    """All changes on the same n matches, and the means of the whole forecasters that they are measured from.

    Raises ValueError where one of these is missing.
    """

    n: int
    full: Mapping[str, Mapping[str, float]]
    changes: tuple[Change, ...]

    def __post_init__(self) -> None:
        if missing := {change.of for change in self.changes} - set(self.full):
            raise ValueError(f"Nothing to measure from: {', '.join(sorted(missing))}.")

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        full = {name: dict(means) for name, means in self.full.items()}
        return {"n": self.n, "full": full, "changes": [change.to_json() for change in self.changes]}


def measured(
    whole: Mapping[str, Floats], ablated: Sequence[tuple[Part, Floats]], measures: Mapping[str, str],
    days: NDArray[np.int64], seed: int,
) -> Scope:  # fmt: skip
    """Every ablated forecaster against the whole one on n matches of some days (n,).

    `whole`, `ablated`: what each lost on each match, (k, n) by measure; NaN where that cannot be said. `measures`: the
    names of k means, and what a change of each is called. Raises KeyError where the whole one of a change is missing.
    """
    named = tuple(measures.values())
    changes = tuple(_change(part, lost - whole[part.of], named, days, seed) for part, lost in ablated)
    full = {name: dict(zip(measures, _means(lost), strict=True)) for name, lost in whole.items()}
    return Scope(len(days), full, changes)


def _change(part: Part, differences: Floats, named: Sequence[str], days: NDArray[np.int64], seed: int) -> Change:
    told = np.isfinite(differences)
    ends = [interval(each[known], days[known], seed) for each, known in zip(differences, told, strict=True)]
    means = dict(zip(named, _means(differences), strict=True))
    return Change(part.kind, part.of, part.name, means, dict(zip(named, ends, strict=True)))


def _means(lost: Floats) -> list[float]:
    means: list[float] = np.nanmean(lost, axis=1).tolist()
    return means
