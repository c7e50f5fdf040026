"""Joint laws of the goals of both sides: the weights that they give to every score of a grid.

Weights are in proportion to probabilities, with a factor of the match's own. What a grid may be belongs in `grid`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

GOALS = 16
"""Goals of one side that are told apart: 0 to 15."""
MOST_DISPERSION = 10.0
"""Dispersion up to which a count's variance, rate + dispersion * rate**2, is taken at its word."""
_GOALS = np.arange(GOALS, dtype=float)
_FACTORIALS = np.cumprod(np.maximum(_GOALS, 1.0))


def dixon_coles(home_rate: Floats, away_rate: Floats, rho: Floats) -> Floats:
    """Independent Poissons with the correction of low scores, Dixon and Coles (1997), section 4; (n, 16, 16).

    `rho` (n,) is clipped to the range in which no score's weight is negative.
    """
    weights = _product(_poisson(home_rate), _poisson(away_rate))
    weights[:, :2, :2] *= _low_scores(home_rate, away_rate, rho)
    return weights


def bivariate_poisson(home_rate: Floats, away_rate: Floats, covariance: Floats) -> Floats:
    """X + Z against Y + Z with independent Poissons, Karlis and Ntzoufras (2003), equation 1; (n, 16, 16).

    `home_rate` and `away_rate` (n,) are the means of the sums, `covariance` (n,) is that of Z, clipped to between 0 and
    the lower of both.
    """
    shared = np.clip(covariance, 0.0, np.minimum(home_rate, away_rate))
    home, away, common = _poisson(home_rate - shared), _poisson(away_rate - shared), _poisson(shared)
    weights = np.zeros((len(shared), GOALS, GOALS))
    for goals in range(GOALS):
        apart = _product(home[:, : GOALS - goals], away[:, : GOALS - goals])
        weights[:, goals:, goals:] += common[:, goals, None, None] * apart
    return weights


def negative_binomial(home_rate: Floats, away_rate: Floats, dispersion: Floats) -> Floats:
    """Independent counts with variance rate + dispersion * rate**2, as in Lawless (1987); (n, 16, 16).

    `dispersion` (n,) is clipped to between 0, where the counts are Poisson, and `MOST_DISPERSION`.
    """
    spread = np.clip(dispersion, 0.0, MOST_DISPERSION)
    rising = np.cumprod(1.0 + spread[:, None] * np.maximum(_GOALS - 1.0, 0.0), axis=1)
    home, away = (_poisson(rate / (1.0 + spread * rate)) * rising for rate in (home_rate, away_rate))
    return _product(home, away)


def _poisson(rate: Floats) -> Floats:
    weights: Floats = rate[:, None] ** _GOALS / _FACTORIALS
    return weights


def _product(home: Floats, away: Floats) -> Floats:
    product: Floats = home[:, :, None] * away[:, None, :]
    return product


def _low_scores(home: Floats, away: Floats, rho: Floats) -> Floats:
    """(n, 2, 2): the factors on 0-0, 0-1, 1-0 and 1-1, none below zero."""
    with np.errstate(divide="ignore", over="ignore"):
        rho = np.clip(rho, -1.0 / np.maximum(home, away), np.minimum(1.0, 1.0 / (home * away)))
    factors = np.stack([1.0 - home * away * rho, 1.0 + home * rho, 1.0 + away * rho, 1.0 - rho], axis=1)
    clipped: Floats = np.maximum(factors, 0.0).reshape(-1, 2, 2)
    return clipped
