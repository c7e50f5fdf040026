"""The hand-off between models and everybody else: probabilities that check themselves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

OUTCOMES = ("home", "draw", "away")
Probabilities = NDArray[np.float64]


@dataclass(frozen=True)
class Belief:
    """Probabilities of outcomes that exclude each other for n matches, shaped (n, k); a row of NaN is "no belief".

    k is 3 for home, draw and away, and 2 for over and under.

    Raises ValueError where a row is neither NaN nor positive and summing to 1 within 1e-9.
    """

    probabilities: Probabilities

    def __post_init__(self) -> None:
        p = self.probabilities
        if p.ndim != 2 or p.shape[1] not in (2, len(OUTCOMES)):
            raise ValueError(f"A belief has three columns, or two, not the shape {p.shape}.")
        rows = p[~np.isnan(p).all(axis=1)]
        if np.isnan(rows).any() or (rows <= 0).any() or (np.abs(rows.sum(axis=1) - 1) > 1e-9).any():
            raise ValueError("Probabilities must be above 0 and sum to 1.")

    @classmethod
    def of(cls, weights: ArrayLike) -> Belief:
        """Normalise positive weights shaped (n, k); rows with NaN stay "no belief"."""
        w = np.asarray(weights, dtype=float)
        return cls(w / w.sum(axis=1, keepdims=True))

    @property
    def present(self) -> NDArray[np.bool_]:
        """Which matches have a belief, shaped (n,)."""
        present: NDArray[np.bool_] = np.asarray(np.isfinite(self.probabilities).all(axis=1))
        return present
