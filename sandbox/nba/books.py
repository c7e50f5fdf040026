"""The American books: margins and errors of their own, and prices as American odds."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sandbox.arrays import Floats, Ints

SHORTEST, LONGEST = 1.01, 51.0


@dataclass(frozen=True)
class UsBook:
    """One book: code, margin of a two-way market (a share), sd of its own error in points, and whether it has props."""

    code: str
    margin: float
    error_points: float
    has_props: bool = True

    def __post_init__(self) -> None:
        """Refuse a margin that nobody would offer."""
        if not 0.01 < self.margin < 0.12:
            raise ValueError(f"{self.code}: margin {self.margin} is outside (0.01, 0.12)")


US_BOOKS = (
    UsBook("draftkings", 0.046, 0.35),
    UsBook("fanduel", 0.045, 0.35),
    UsBook("betmgm", 0.050, 0.45),
    UsBook("caesars", 0.052, 0.45),
    UsBook("espnbet", 0.055, 0.5),
    UsBook("pinnacle", 0.026, 0.15, has_props=False),
)
PROP_MARGIN_MORE = 0.02


def normal_share(values: Floats) -> Floats:
    """Return the standard normal distribution function."""
    flat = [0.5 * math.erfc(-value / math.sqrt(2.0)) for value in values.ravel().tolist()]
    return np.array(flat).reshape(values.shape)


def american(fair: Floats, margin: float) -> Ints:
    """Return American odds of fair two-way probabilities (n, 2), a margin added; never between -100 and 100."""
    decimal = np.clip(1.0 / (fair * (1.0 + margin)), SHORTEST, LONGEST)
    longer = np.rint((decimal - 1.0) * 100.0)
    shorter = -np.rint(100.0 / (decimal - 1.0))
    odds: Ints = np.where(decimal >= 2.0, longer, shorter).astype(np.int64)
    return odds


def decimal_odds(odds: Ints) -> Floats:
    """Return decimal odds of American ones, to hundredths as they are displayed."""
    exact: Floats = np.where(odds > 0, 1.0 + odds / 100.0, 1.0 + 100.0 / np.maximum(np.abs(odds), 1))
    rounded: Floats = np.round(exact, 2)
    return rounded
