"""Fits of the three families: planted leagues found again, awkward data survived, warm and cold starts agreeing."""

from __future__ import annotations

import math
from dataclasses import replace
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.families.goals import bivariate_poisson, dixon_coles, negative_binomial
from models.families.goals.design import GoalFit, GoalPrior, Matches, time_weights
from tests.unit.models.goals.leagues import dixon_coles_scores, drawn, planted, poisson_league, rounds, tau

ALL = pytest.mark.parametrize("family", [dixon_coles, bivariate_poisson, negative_binomial], ids=lambda f: f.__name__)
WEAK = {"club_precision": 1e-6, "base_precision": 1e-6, "home_precision": 1e-6, "shape_precision": 1e-6}
CLUBS, SEASONS = 12, 60


def matches(*rows: tuple[int, int, int, int], n_clubs: int) -> Matches:
    home, away, home_goals, away_goals = np.array(rows, dtype=np.int64).reshape(-1, 4).T.copy()
    return Matches(home, away, home_goals, away_goals, np.ones(len(rows)), n_clubs)


def assert_found(found: GoalFit, truth: GoalFit) -> None:
    assert found.converged
    assert found.attack == pytest.approx(truth.attack, abs=0.08)
    assert found.defence == pytest.approx(truth.defence, abs=0.08)
    assert (found.base, found.home_advantage) == pytest.approx((truth.base, truth.home_advantage), abs=0.04)


def test_dixon_coles_finds_the_planted_league() -> None:
    truth, (home, away) = planted(CLUBS, 1, -0.12), rounds(CLUBS, SEASONS)
    goals = dixon_coles_scores(truth.rates(home, away), truth.shape, np.random.default_rng(2))
    found = dixon_coles.fit(drawn(home, away, goals, CLUBS), GoalPrior(**WEAK))
    assert_found(found, truth)
    assert found.rho == pytest.approx(-0.12, abs=0.03)


def test_the_bivariate_poisson_finds_the_planted_league() -> None:
    truth, (home, away) = planted(CLUBS, 3, math.log(0.3)), rounds(CLUBS, SEASONS)
    generator = np.random.default_rng(4)
    goals = generator.poisson(truth.rates(home, away)) + generator.poisson(0.3, (len(home), 1))
    found = bivariate_poisson.fit(drawn(home, away, goals, CLUBS), GoalPrior(**WEAK, shape=-3))
    assert_found(found, truth)
    assert found.covariance == pytest.approx(0.3, abs=0.06)
    assert found.rates(home, away).mean(axis=0) == pytest.approx(goals.mean(axis=0), rel=0.01)


def test_the_negative_binomial_finds_the_planted_league() -> None:
    truth, (home, away) = planted(CLUBS, 5, math.log(0.3)), rounds(CLUBS, SEASONS)
    generator = np.random.default_rng(6)
    goals = generator.poisson(truth.rates(home, away) * generator.gamma(1 / 0.3, 0.3, (len(home), 2)))
    found = negative_binomial.fit(drawn(home, away, goals, CLUBS), GoalPrior(**WEAK, shape=-3))
    assert_found(found, truth)
    assert found.dispersion == pytest.approx(0.3, abs=0.04)


@ALL
@pytest.mark.parametrize("seed", range(3))
def test_warm_equals_cold(family: ModuleType, seed: int) -> None:
    league, other = poisson_league(10, 2, seed), poisson_league(10, 1, seed + 50)
    cold, start = family.fit(league), family.fit(other)
    warm = family.fit(league, start=start)
    assert cold.converged
    assert warm.converged
    assert np.abs(start.vector - cold.vector).max() > 0.05
    assert warm.vector == pytest.approx(cold.vector, abs=1e-8)
    assert family.fit(league, start=cold).iterations == 1


@ALL
def test_a_club_that_never_scored_and_one_that_never_conceded_stay_finite(family: ModuleType) -> None:
    league = poisson_league(8, 2, 7)
    ours, theirs = league.home_goals.copy(), league.away_goals.copy()
    ours[(league.home == 2) | (league.away == 5)] = 0
    theirs[(league.away == 2) | (league.home == 5)] = 0
    changed = Matches(league.home, league.away, ours, theirs, league.weights, 8)
    for prior in (family.PRIOR, GoalPrior(**WEAK, shape=family.PRIOR.shape)):
        found = family.fit(changed, prior)
        assert found.converged
        assert found.attack.argmin() == 2
        assert found.defence.argmax() == 5
        assert np.isfinite(found.rates(league.home, league.away)).all()


@ALL
@pytest.mark.parametrize("score", [(0, 0), (3, 0), (0, 9), (1, 1)])
def test_a_single_match_moves_its_clubs_and_leaves_the_third_at_the_centre(
    family: ModuleType, score: tuple[int, int]
) -> None:
    found = family.fit(matches((0, 1, *score), n_clubs=3))
    assert found.converged
    assert abs(found.attack[:2]).max() > 1e-4
    assert found.attack[2] == pytest.approx(-found.attack.sum() / family.PRIOR.club_precision, abs=1e-9)


@ALL
def test_no_match_leaves_the_centres_of_the_prior(family: ModuleType) -> None:
    prior = GoalPrior(base=0.1, home_advantage=0.3, shape=-0.5, attack=np.array([0.2, -0.1]))
    for clubs, given_prior in ((2, prior), (0, GoalPrior(base=0.1, home_advantage=0.3, shape=-0.5))):
        found = family.fit(matches(n_clubs=clubs), given_prior)
        assert found.converged
        assert found.vector == pytest.approx(given_prior.vectors(clubs)[0], abs=1e-12)
        assert (found.log_likelihood, found.penalised) == (0.0, 0.0)


@ALL
@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.tuples(st.integers(0, 4), st.integers(1, 4), st.integers(0, 40), st.integers(0, 3)), max_size=12),
    club_precision=st.sampled_from([1e-6, 0.5, 7.0]),
    shape_precision=st.sampled_from([1e-3, 1.0, 100.0]),
)
def test_any_few_scores_converge_with_every_score_possible(
    family: ModuleType, rows: list[tuple[int, int, int, int]], club_precision: float, shape_precision: float
) -> None:
    few = matches(*((home, (home + step) % 5, x, y) for home, step, x, y in rows), n_clubs=5)
    prior = replace(family.PRIOR, club_precision=club_precision, shape_precision=shape_precision)
    found = family.fit(few, prior)
    assert found.converged
    assert np.isfinite(found.log_likelihood)
    rates = found.rates(few.home, few.away)
    assert (rates > 0).all()
    for low in ((0, 0), (0, 1), (1, 0), (1, 1)) if family is dixon_coles else ():
        assert (tau(np.tile(low, (len(rates), 1)), rates, found.shape) > 0).all()


def test_a_start_that_is_impossible_for_the_data_is_not_used() -> None:
    league = poisson_league(8, 2, 11)
    cold = dixon_coles.fit(league)
    for impossible in (-5.0, 2.0):
        assert dixon_coles.fit(league, start=replace(cold, shape=impossible)).vector == pytest.approx(
            cold.vector, abs=1e-8
        )


def test_a_covariance_beyond_floating_point_is_no_endless_search() -> None:
    few = matches((0, 1, 40, 40), (1, 0, 0, 0), (0, 2, 39, 0), n_clubs=3)
    start = GoalFit(np.full(3, -60.0), np.full(3, 60.0), -60.0, 0.0, 40.0, 0.0, 0.0, 0, True)
    cold = bivariate_poisson.fit(few)
    assert bivariate_poisson.fit(few, start=start).vector == pytest.approx(cold.vector, abs=1e-8)


@ALL
def test_a_weight_of_two_is_the_match_twice_and_one_of_nothing_is_no_match(family: ModuleType) -> None:
    rows = [(0, 1, 2, 1), (1, 2, 0, 0), (2, 0, 1, 1), (1, 0, 3, 0)]
    once = matches(*rows, rows[1], n_clubs=3)
    weighted = Matches(*(matches(*rows, (2, 1, 9, 9), n_clubs=3).__dict__[name] for name in
                         ("home", "away", "home_goals", "away_goals")), np.array([1.0, 2, 1, 1, 0]), 3)  # fmt: skip
    one, two = family.fit(once), family.fit(weighted)
    assert two.vector == pytest.approx(one.vector, abs=1e-7)
    assert two.log_likelihood == pytest.approx(one.log_likelihood, abs=1e-7)


def test_a_stronger_ridge_draws_the_clubs_together() -> None:
    league = poisson_league(8, 2, 9)
    spreads = [dixon_coles.fit(league, GoalPrior(club_precision=p)).attack.std() for p in (0.1, 10.0, 1000.0)]
    assert spreads[0] > spreads[1] > spreads[2]


def test_the_half_life_halves() -> None:
    assert time_weights(np.array([0.0, 10.0, 20.0]), math.log(2) / 10) == pytest.approx([1, 0.5, 0.25])


@pytest.mark.parametrize(
    ("rows", "weight", "said"),
    [((0, 0, 1, 1), 1.0, "different"), ((0, 3, 1, 1), 1.0, "numbered"), ((0, 1, -1, 1), 1.0, "counts"),
     ((0, 1, 1, 1), -1.0, "Weights"), ((0, 1, 1, 1), np.nan, "Weights")],
)  # fmt: skip
def test_impossible_matches_are_refused(rows: tuple[int, int, int, int], weight: float, said: str) -> None:
    home, away, home_goals, away_goals = (np.array([value]) for value in rows)
    with pytest.raises(ValueError, match=said):
        Matches(home, away, home_goals, away_goals, np.array([weight]), 3)


def test_columns_of_unequal_length_and_a_prior_without_precision_are_refused() -> None:
    with pytest.raises(ValueError, match="equally long"):
        Matches(np.array([0]), np.array([1]), np.array([1]), np.array([1, 2]), np.ones(1), 3)
    with pytest.raises(ValueError, match="above 0"):
        GoalPrior(club_precision=0.0)
