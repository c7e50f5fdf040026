"""What the goal models share: matches in numbers, the normal prior of the parameters, and what a fit knows.

log rate home = base + home_advantage + attack[home] - defence[away]; log rate away = base + attack[away] -
defence[home] (Maher 1982). The parameter vector is attack, defence, base, home_advantage, and the family's own shape.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


class Family(IntEnum):
    """The joint laws of a score, by the numbers that compiled code knows them by."""

    DIXON_COLES = 0
    BIVARIATE_POISSON = 1
    NEGATIVE_BINOMIAL = 2


@dataclass(frozen=True)
class Matches:
    """m finished matches among clubs numbered 0 to `n_clubs` - 1.

    `home`, `away`: club numbers, (m,); `home_goals`, `away_goals`: counts, (m,); `weights`: (m,), at least 0, such as
    `time_weights` gives. Raises ValueError for unequal lengths, a club outside the range, a club that plays itself, a
    negative count, or a weight that is negative or not finite.
    """

    home: Integers
    away: Integers
    home_goals: Integers
    away_goals: Integers
    weights: Floats
    n_clubs: int

    def __post_init__(self) -> None:
        counts = {len(column) for column in (self.home, self.away, self.home_goals, self.away_goals, self.weights)}
        if len(counts) != 1:
            raise ValueError(f"Columns of matches must be equally long, not {sorted(counts)}.")
        if not len(self.home):
            return
        clubs = np.concatenate([self.home, self.away])
        if clubs.min() < 0 or clubs.max() >= self.n_clubs or (self.home == self.away).any():
            raise ValueError(f"A match is between two different clubs numbered 0 to {self.n_clubs - 1}.")
        if min(self.home_goals.min(), self.away_goals.min()) < 0:
            raise ValueError("Goals are counts of 0 or more.")
        if not (np.isfinite(self.weights).all() and (self.weights >= 0).all()):
            raise ValueError("Weights must be finite and 0 or more.")


@dataclass(frozen=True)
class GoalPrior:
    """Independent normal priors: where each parameter lies without data, and its precision (1 / variance, above 0).

    `club_precision` is the ridge on attack and defence about their centres (0 where None, else (n_clubs,)). The sum
    of all attacks, and of all defences, about its centre has a standard normal prior, which identifies the base.
    `shape` is rho, the log covariance or the log dispersion. Raises ValueError for a precision of 0 or less.
    """

    club_precision: float = 7.0
    base: float = 0.15
    base_precision: float = 1.0
    home_advantage: float = 0.25
    home_precision: float = 1.0
    shape: float = 0.0
    shape_precision: float = 100.0
    attack: Floats | None = None
    defence: Floats | None = None

    def __post_init__(self) -> None:
        if not min(self.club_precision, self.base_precision, self.home_precision, self.shape_precision) > 0:
            raise ValueError("Precisions must be above 0: they keep every club finite.")

    def vectors(self, n_clubs: int) -> tuple[Floats, Floats]:
        """Centres and precisions of the parameter vector, each (2 * n_clubs + 3,)."""
        centre, precision = np.zeros(2 * n_clubs + 3), np.full(2 * n_clubs + 3, self.club_precision)
        if self.attack is not None:
            centre[:n_clubs] = self.attack
        if self.defence is not None:
            centre[n_clubs : 2 * n_clubs] = self.defence
        centre[2 * n_clubs :] = self.base, self.home_advantage, self.shape
        precision[2 * n_clubs :] = self.base_precision, self.home_precision, self.shape_precision
        return centre, precision


@dataclass(frozen=True)
class GoalFit:
    """A fitted goal model: log-linear rates and how well, and in how many Newton steps, they were found.

    `attack`, `defence`: (n_clubs,), higher is better for both; `base`, `home_advantage`, `shape` on the scale of the
    parameter vector. `log_likelihood` is the weighted one with all constants, `penalised` adds the log prior without
    its constant. Raises ValueError where a parameter is not finite.
    """

    attack: Floats
    defence: Floats
    base: float
    home_advantage: float
    shape: float
    log_likelihood: float
    penalised: float
    iterations: int
    converged: bool

    def __post_init__(self) -> None:
        if self.attack.shape != self.defence.shape or not np.isfinite(self.vector).all():
            raise ValueError("A fit has one finite attack and defence for each club, and finite common parameters.")

    @classmethod
    def of(cls, found: tuple[Floats, float, float, int, bool]) -> Self:
        """Name what the Newton method returns."""
        vector, log_likelihood, penalised, iterations, converged = found
        n = len(vector) // 2 - 1
        base, home_advantage, shape = (float(value) for value in vector[2 * n :])
        return cls(
            vector[:n], vector[n : 2 * n], base, home_advantage, shape, log_likelihood, penalised, iterations, converged
        )

    @property
    def vector(self) -> Floats:
        """The parameter vector, (2 * n_clubs + 3,): where a later fit starts warm."""
        return np.concatenate([self.attack, self.defence, [self.base, self.home_advantage, self.shape]])

    def rates(self, home: Integers, away: Integers) -> Floats:
        """Expected goals of home and away for matches between clubs `home` and `away` (m,); (m, 2), above 0."""
        ours = self.base + self.home_advantage + self.attack[home] - self.defence[away]
        theirs = self.base + self.attack[away] - self.defence[home]
        rates: Floats = np.exp(np.column_stack([ours, theirs]))
        return rates


def time_weights(age_days: Floats, decay_per_day: float) -> Floats:
    """exp(-decay * age) of Dixon and Coles (1997), for ages in days of 0 or more, (m,)."""
    weights: Floats = np.exp(-decay_per_day * age_days)
    return weights
