"""Two small regressions on columns of a frame: ridge for means, and Poisson with an exposure for counts.

Columns are centred and scaled; a null or NaN stands at its column's mean. Earlier rows may count less.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_STEPS = 25
_CONVERGED = 1e-9
_FARTHEST = 30.0


@dataclass(frozen=True)
class Linear:
    """A fitted linear predictor: its columns, their means and scales, and a weight for each after the level."""

    names: tuple[str, ...]
    means: tuple[float, ...]
    scales: tuple[float, ...]
    weights: tuple[float, ...]
    level: float

    def predict(self, features: pl.DataFrame) -> Floats:
        """(n,) level plus weighted columns; `features` has the columns it was fitted on."""
        columns = _matrix(features, self.names)
        standard = _standard(columns, np.array(self.means), np.array(self.scales))
        found: Floats = self.level + standard @ np.array(self.weights)
        return found


def ridge(features: pl.DataFrame, target: Floats, weight: Floats, penalty: float) -> Linear:
    """Least squares of `target` (n,) with `penalty` on the squared weights (Hoerl and Kennard, 1970).

    `weight`: (n,) what each row counts, 0 or more.
    """
    standard, means, scales = _design(features)
    design = np.column_stack([np.ones(len(standard)), standard])
    weighted = design * weight[:, None]
    penalties = penalty * np.diag(np.r_[0.0, np.ones(standard.shape[1])])
    found = np.linalg.solve(weighted.T @ design + penalties, weighted.T @ target)
    return Linear(tuple(features.columns), means, scales, tuple(found[1:].tolist()), float(found[0]))


def poisson(features: pl.DataFrame, counts: Floats, exposure: Floats, weight: Floats, penalty: float) -> Linear:
    """The log of counts per exposure, by Newton's method with `penalty` on the squared weights.

    `counts`: (n,) 0 or more; `exposure`: (n,) above 0. Overdispersion does not move the estimate (McCullagh and Nelder,
    "Generalized Linear Models", 1989, chapter 9). Raises ValueError for an exposure of 0 or less.
    """
    if (exposure <= 0).any():
        raise ValueError("Counts without exposure have no rate.")
    standard, means, scales = _design(features)
    design = np.column_stack([np.ones(len(standard)), standard])
    penalties = penalty * np.diag(np.r_[0.0, np.ones(standard.shape[1])])
    found = np.zeros(design.shape[1])
    found[0] = np.log(max(float(weight @ counts), 1e-3) / float(weight @ exposure))
    for _ in range(_STEPS):
        mean = exposure * np.exp(np.clip(design @ found, -_FARTHEST, _FARTHEST))
        slope = design.T @ (weight * (counts - mean)) - penalties @ found
        step = np.linalg.solve((design * (weight * mean)[:, None]).T @ design + penalties, slope)
        found += np.clip(step, -2.0, 2.0)
        if np.abs(step).max() < _CONVERGED:
            break
    return Linear(tuple(features.columns), means, scales, tuple(found[1:].tolist()), float(found[0]))


def _design(features: pl.DataFrame) -> tuple[Floats, tuple[float, ...], tuple[float, ...]]:
    columns = _matrix(features, tuple(features.columns))
    known = ~np.isnan(columns)
    number = np.maximum(known.sum(axis=0), 1)
    means = np.where(known, columns, 0.0).sum(axis=0) / number
    scales = np.sqrt(np.where(known, (columns - means) ** 2, 0.0).sum(axis=0) / number)
    scales = np.where(scales > 1e-9, scales, 1.0)
    return _standard(columns, means, scales), tuple(means.tolist()), tuple(scales.tolist())


def _standard(columns: Floats, means: Floats, scales: Floats) -> Floats:
    standard: Floats = np.nan_to_num((columns - means) / scales, nan=0.0)
    return standard


def _matrix(features: pl.DataFrame, names: tuple[str, ...]) -> Floats:
    return features.select(pl.col(list(names)).cast(pl.Float64)).fill_null(float("nan")).to_numpy()
