"""Value, gradient and Hessian of each family against the paper's formula and finite differences."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import nbinom, poisson

from models.families.goals._newton import evaluate
from models.families.goals._terms import BIVARIATE_POISSON, DIXON_COLES, NEGATIVE_BINOMIAL, log_factorials, pairs
from models.families.goals.design import Floats, GoalFit, GoalPrior, Matches
from tests.unit.models.goals.leagues import planted, poisson_league, tau

CLUBS = 5
MATCHES = poisson_league(CLUBS, 2, 3)
PRIOR = GoalPrior(club_precision=3.0, attack=np.linspace(-0.2, 0.3, CLUBS), defence=np.linspace(0.1, -0.4, CLUBS))
SHAPES = {DIXON_COLES: -0.12, BIVARIATE_POISSON: math.log(0.15), NEGATIVE_BINOMIAL: math.log(0.2)}
FAMILIES = pytest.mark.parametrize("family", SHAPES, ids=["Dixon-Coles", "bivariate Poisson", "negative binomial"])


def looked_at(family: int, x: Floats, matches: Matches = MATCHES) -> tuple[float, float, Floats, Floats]:
    """Log-likelihood with constants, penalised without, gradient, and the whole symmetric negative Hessian."""
    columns = (matches.home, matches.away, matches.home_goals, matches.away_goals, matches.weights)
    home, away = matches.home, matches.away
    sums = np.column_stack([matches.weights, matches.home_goals, matches.away_goals]).astype(float)
    if family == DIXON_COLES:
        home, away, sums = pairs(*columns, CLUBS)
    gradient, curvature = np.empty(len(x)), np.empty((len(x), len(x)))
    total, penalised = evaluate(family, x, CLUBS, home, away, sums, *PRIOR.vectors(CLUBS), gradient, curvature)
    upper = np.triu(curvature)
    return total - log_factorials(*columns[2:]), penalised, gradient, upper + np.triu(upper, 1).T


def at(family: int) -> Floats:
    return planted(CLUBS, 21, SHAPES[family]).vector


def differences(function: Callable[[Floats], Floats | float], x: Floats, step: float) -> Floats:
    shifts = np.eye(len(x)) * step
    return np.array([(np.asarray(function(x + s)) - np.asarray(function(x - s))) / (2 * step) for s in shifts])


@FAMILIES
def test_the_gradient_is_the_slope_of_the_penalised_log_likelihood(family: int) -> None:
    slope = differences(lambda x: looked_at(family, x)[1], at(family), 1e-5)
    assert looked_at(family, at(family))[2] == pytest.approx(slope, rel=1e-7, abs=1e-6)


@FAMILIES
def test_the_hessian_is_the_slope_of_the_gradient(family: int) -> None:
    slope = differences(lambda x: looked_at(family, x)[2], at(family), 1e-5)
    assert looked_at(family, at(family))[3] == pytest.approx(-slope, rel=1e-6, abs=1e-6)


@FAMILIES
def test_the_log_likelihood_is_the_papers(family: int) -> None:
    fitted = GoalFit(at(family)[:CLUBS], at(family)[CLUBS:-3], *at(family)[-3:], 0.0, 0.0, 0, True)
    rates = fitted.rates(MATCHES.home, MATCHES.away)
    scores = np.column_stack([MATCHES.home_goals, MATCHES.away_goals])
    likelihood = {DIXON_COLES: slow_dixon_coles, BIVARIATE_POISSON: slow_bivariate, NEGATIVE_BINOMIAL: slow_negative}
    slow = MATCHES.weights @ np.log(likelihood[family](scores, rates, fitted.shape))
    assert looked_at(family, at(family))[0] == pytest.approx(slow, rel=1e-12)


def slow_dixon_coles(scores: Floats, rates: Floats, rho: float) -> Floats:
    return poisson.pmf(scores, rates).prod(axis=1) * tau(scores, rates, rho)


def slow_bivariate(scores: Floats, rates: Floats, log_common: float) -> Floats:
    common = np.arange(20)
    apart = poisson.pmf(scores[:, :, None] - common, rates[:, :, None]).prod(axis=1)
    return apart @ poisson.pmf(common, math.exp(log_common))


def slow_negative(scores: Floats, rates: Floats, log_dispersion: float) -> Floats:
    size = math.exp(-log_dispersion)
    return nbinom.pmf(scores, size, size / (size + rates)).prod(axis=1)


@pytest.mark.parametrize("log_dispersion", [-4.0, -4.6, -5.0, -9.0, -30.0])
def test_a_small_dispersion_loses_no_digits(log_dispersion: float) -> None:
    x = at(NEGATIVE_BINOMIAL)
    x[-1] = log_dispersion
    slope = differences(lambda x: looked_at(NEGATIVE_BINOMIAL, x)[1], x, 1e-5)[-1]
    bend = differences(lambda x: looked_at(NEGATIVE_BINOMIAL, x)[2], x, 1e-5)[-1]
    _, _, gradient, curvature = looked_at(NEGATIVE_BINOMIAL, x)
    assert gradient[-1] == pytest.approx(slope, rel=1e-6, abs=1e-6)
    assert curvature[-1] == pytest.approx(-bend, rel=1e-6, abs=1e-8)


def test_without_dispersion_or_covariance_or_rho_all_three_are_poissons() -> None:
    limits = {DIXON_COLES: 0.0, BIVARIATE_POISSON: -40.0, NEGATIVE_BINOMIAL: -40.0}
    x = at(DIXON_COLES)
    found = [looked_at(family, np.append(x[:-1], shape))[0] for family, shape in limits.items()]
    assert found == pytest.approx([found[0]] * 3, rel=1e-13)


@pytest.mark.parametrize("rho", [1.0, 1.5, -1.0, 0.6])
def test_an_impossible_rho_has_no_likelihood(rho: float) -> None:
    x = at(DIXON_COLES)
    x[2 * CLUBS] = 1.0
    x[-1] = rho
    assert looked_at(DIXON_COLES, x)[:2] == (-math.inf, -math.inf)
