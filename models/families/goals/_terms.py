"""What one unit of data adds to the log-likelihood of each family: its value, gradient and Hessian.

A unit is a pair of clubs (Dixon-Coles, all meetings at the same ground in seven sums) or a match (the others). Terms
are in the log rate of home, the log rate of away and the family's shape; `_newton` spreads them over the parameters.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from models.families.goals.design import Family

DIXON_COLES, BIVARIATE_POISSON, NEGATIVE_BINOMIAL = (family.value for family in Family)
STATISTICS = 7
BARRIER = 1e-6
"""Weight of log tau for every pair of clubs and low score, seen or not: rho cannot leave its range."""
_SERIES_BELOW = 0.01


@njit(cache=True, error_model="numpy")  # type: ignore[untyped-decorator]
def pairs(home, away, home_goals, away_goals, weights, n_clubs):  # type: ignore[no-untyped-def]
    """Sums for each ordered pair that met: weight, goals of home, of away, and weights of 0-0, 0-1, 1-0 and 1-1."""
    place = np.full((n_clubs, n_clubs), -1, dtype=np.int64)
    first, second = np.empty(len(home), dtype=np.int64), np.empty(len(home), dtype=np.int64)
    sums = np.zeros((len(home), STATISTICS))
    count = 0
    for match in range(len(home)):
        unit = place[home[match], away[match]]
        if unit < 0:
            unit = place[home[match], away[match]] = count
            first[unit], second[unit] = home[match], away[match]
            count += 1
        sums[unit, 0] += weights[match]
        sums[unit, 1] += weights[match] * home_goals[match]
        sums[unit, 2] += weights[match] * away_goals[match]
        if home_goals[match] < 2 and away_goals[match] < 2:
            sums[unit, 3 + 2 * home_goals[match] + away_goals[match]] += weights[match]
    return first[:count], second[:count], sums[:count]


@njit(cache=True, error_model="numpy")  # type: ignore[untyped-decorator]
def log_factorials(home_goals, away_goals, weights):  # type: ignore[no-untyped-def]
    """The constant that Poisson log-likelihoods share: the weighted sum of log(goals!)."""
    most = 0
    for match in range(len(weights)):
        most = max(most, home_goals[match], away_goals[match])
    table = np.zeros(most + 1)
    for goals in range(2, most + 1):
        table[goals] = table[goals - 1] + math.log(goals)
    total = 0.0
    for match in range(len(weights)):
        total += weights[match] * (table[home_goals[match]] + table[away_goals[match]])
    return total


@njit(cache=True, error_model="numpy")  # type: ignore[untyped-decorator]
def terms(family, sums, log_home, log_away, rate_home, rate_away, shape):  # type: ignore[no-untyped-def]
    """Value, barrier, gradient (home, away, shape), negative Hessian (hh, ha, aa, hs, as, ss); -inf if impossible."""
    if family == DIXON_COLES:
        return _dixon_coles(sums, log_home, log_away, rate_home, rate_away, shape)
    if family == BIVARIATE_POISSON:
        return _bivariate_poisson(sums, log_home, log_away, rate_home, rate_away, shape)
    value, gh, hh, gs, hs, ss = _negative_binomial(sums[1], log_home, rate_home, math.exp(shape))
    value2, ga, aa, gs2, as_, ss2 = _negative_binomial(sums[2], log_away, rate_away, math.exp(shape))
    w = sums[0]
    return (
        w * (value + value2), 0.0, w * gh, w * ga, w * (gs + gs2),
        w * hh, 0.0, w * aa, w * hs, w * as_, w * (ss + ss2),
    )  # fmt: skip


@njit(cache=True, error_model="numpy")  # type: ignore[untyped-decorator]
def _dixon_coles(sums, log_home, log_away, rate_home, rate_away, rho):  # type: ignore[no-untyped-def]
    """Dixon and Coles (1997), equation 4.2, with tau of 0-0, 0-1, 1-0 and 1-1."""
    product = rate_home * rate_away
    tau00, tau01, tau10, tau11 = 1 - product * rho, 1 + rate_home * rho, 1 + rate_away * rho, 1 - rho
    if not min(tau00, tau01, tau10, tau11) > 0:
        return -np.inf, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    value = sums[1] * log_home + sums[2] * log_away - sums[0] * (rate_home + rate_away)
    if sums[3] > 0:
        value += sums[3] * math.log(tau00)
    if sums[4] > 0:
        value += sums[4] * math.log(tau01)
    if sums[5] > 0:
        value += sums[5] * math.log(tau10)
    if sums[6] > 0:
        value += sums[6] * math.log(tau11)
    w00, w01, w10, w11 = sums[3] + BARRIER, sums[4] + BARRIER, sums[5] + BARRIER, sums[6] + BARRIER
    # d log tau / d log rate is `e`, d log tau / d rho is `r`; their products give all second derivatives.
    e00, e01, e10 = 1 - 1 / tau00, 1 - 1 / tau01, 1 - 1 / tau10
    r00, r01, r10, r11 = -product / tau00, rate_home / tau01, rate_away / tau10, -1 / tau11
    both = w00 * e00 * (1 - e00)
    return (
        value, BARRIER * math.log(tau00 * tau01 * tau10 * tau11),
        sums[1] - sums[0] * rate_home + w00 * e00 + w01 * e01,
        sums[2] - sums[0] * rate_away + w00 * e00 + w10 * e10,
        w00 * r00 + w01 * r01 + w10 * r10 + w11 * r11,
        sums[0] * rate_home - both - w01 * e01 * (1 - e01),
        -both,
        sums[0] * rate_away - both - w10 * e10 * (1 - e10),
        -w00 * r00 * (1 - e00) - w01 * r01 * (1 - e01),
        -w00 * r00 * (1 - e00) - w10 * r10 * (1 - e10),
        w00 * r00**2 + w01 * r01**2 + w10 * r10**2 + w11 * r11**2,
    )  # fmt: skip


@njit(cache=True, error_model="numpy")  # type: ignore[untyped-decorator]
def _bivariate_poisson(sums, log_home, log_away, rate_home, rate_away, log_common):  # type: ignore[no-untyped-def]
    """Karlis and Ntzoufras (2003), equation 1, by the law of the common goals k given the score.

    The derivatives of the log-likelihood are those of independent Poissons with E[k | score] moved to the common part;
    the Hessian adds Var[k | score]. Log factorials of the score are left to the shared constant.
    """
    w, home, away = sums[0], sums[1], sums[2]
    common = math.exp(log_common)
    ratio = math.exp(log_common - log_home - log_away)
    term, mass, first, second, k = 1.0, 1.0, 0.0, 0.0, 0.0
    while k < min(home, away):
        term *= ratio * (home - k) * (away - k) / (k + 1)
        k += 1
        mass, first, second = mass + term, first + k * term, second + k * k * term
    mean = first / mass
    variance = second / mass - mean * mean
    value = home * log_home + away * log_away - rate_home - rate_away - common + math.log(mass)
    return (
        w * value, 0.0, w * (home - mean - rate_home), w * (away - mean - rate_away), w * (mean - common),
        w * (rate_home - variance), -w * variance, w * (rate_away - variance),
        w * variance, w * variance, w * (common - variance),
    )  # fmt: skip


@njit(cache=True, error_model="numpy")  # type: ignore[untyped-decorator]
def _negative_binomial(goals, log_rate, rate, dispersion):  # type: ignore[no-untyped-def]
    """One side's count with variance rate + dispersion * rate**2, exact as the dispersion goes to 0.

    log Gamma(goals + r) - log Gamma(r) with r = 1 / dispersion is a sum of `goals` logarithms (Lawless 1987).
    Value, d log rate, its negative second derivative, d log dispersion, the negative mixed and second derivatives.
    """
    load = dispersion * rate
    one = 1 + load
    value = goals * (log_rate - math.log1p(load)) - rate * _log1p_over(load)
    first, second, j = -goals * rate / one, goals * (rate / one) ** 2, 1.0
    while j < goals:
        part = j / (1 + dispersion * j)
        value += math.log1p(dispersion * j)
        first, second, j = first + part, second - part * part, j + 1
    slope, bend = _tail(load)
    first += rate**2 * slope
    second += rate**3 * bend
    mixed = dispersion * (goals - rate) * rate / one**2
    curvature = rate * (1 + dispersion * goals) / one**2
    return (
        value, (goals - rate) / one, curvature,
        dispersion * first, mixed, -(dispersion**2) * second - dispersion * first,
    )  # fmt: skip


@njit(cache=True, error_model="numpy")  # type: ignore[untyped-decorator]
def _log1p_over(z):  # type: ignore[no-untyped-def]
    """log(1 + z) / z, and 1 at 0."""
    return math.log1p(z) / z if z > 0 else 1.0


@njit(cache=True, error_model="numpy")  # type: ignore[untyped-decorator]
def _tail(z):  # type: ignore[no-untyped-def]
    """(log(1 + z) - z / (1 + z)) / z**2 and its derivative; a series where the closed form cancels."""
    if z >= _SERIES_BELOW:
        value = (math.log1p(z) - z / (1 + z)) / z**2
        return value, 1 / (z * (1 + z) ** 2) - 2 * value / z
    value, slope, power, before = 0.0, 0.0, 1.0, 0.0
    for k in range(2, 12):
        sign = 1.0 if k % 2 == 0 else -1.0
        value += sign * (k - 1) / k * power
        slope += sign * (k - 1) * (k - 2) / k * before
        before, power = power, power * z
    return value, slope
