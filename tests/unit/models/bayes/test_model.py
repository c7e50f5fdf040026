"""The goals model samples an invented league: strengths are found again, in the same bits, with honest diagnostics."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import poisson

from models.families.bayes import model
from models.families.bayes.model import fit
from models.families.bayes.posterior import Posterior
from models.families.bayes.sampler import Sampling
from models.families.bayes.tally import Tally
from tests.unit.models.bayes.posteriors import tally
from tests.unit.models.goals.leagues import planted, poisson_league

CLUBS, SEASONS, SEED = 6, 20, 5
TRUTH = planted(CLUBS, SEED, 0.0)
MATCHES = poisson_league(CLUBS, SEASONS, SEED)
LEAGUE = tally(MATCHES, newcomers=(4, 5))
SAMPLING = Sampling(tune=300, draws=500)


@pytest.fixture(scope="module")
def sampled() -> Posterior:
    return fit(LEAGUE, SAMPLING)


def log_likelihood(base: float, advantage: float, strength: np.ndarray) -> float:
    """The model's own, evaluated without compiling."""
    import pytensor.tensor as pt
    from pytensor import config

    goals = np.stack([LEAGUE.scored, LEAGUE.conceded])
    sides = np.array([LEAGUE.home_goals, LEAGUE.away_goals])
    parts = map(pt.as_tensor_variable, (base, advantage, strength, LEAGUE.matches, goals, sides))
    with config.change_flags(cxx=""):
        return float(model._log_likelihood(pt, *parts).eval(mode="FAST_COMPILE"))


def slow_log_likelihood(base: float, advantage: float, strength: np.ndarray) -> float:
    """Poisson probabilities, match after match."""
    attack, defence = strength
    ours = np.exp(base + advantage + attack[MATCHES.home] - defence[MATCHES.away])
    theirs = np.exp(base + attack[MATCHES.away] - defence[MATCHES.home])
    each = poisson.logpmf(MATCHES.home_goals, ours) + poisson.logpmf(MATCHES.away_goals, theirs)
    return float((MATCHES.weights * each).sum())


def test_the_sums_give_the_likelihood_of_every_match_but_for_a_constant() -> None:
    generator = np.random.default_rng(0)
    points = [(*generator.normal(0.2, 0.1, 2), generator.normal(0, 0.3, (2, CLUBS))) for _ in range(3)]
    fast, slow = ([of(*point) for point in points] for of in (log_likelihood, slow_log_likelihood))
    assert np.diff(fast) == pytest.approx(np.diff(slow), rel=1e-9)
    assert np.abs(np.diff(fast)).min() > 1


@pytest.mark.slow
def test_known_strengths_lie_in_their_posterior_intervals(sampled: Posterior) -> None:
    found = np.concatenate(
        [sampled.strength[:, :, 0], sampled.strength[:, :, 1], sampled.base, sampled.home_advantage], axis=1
    )
    truth = np.concatenate([TRUTH.attack, TRUTH.defence, [TRUTH.base, TRUTH.home_advantage]])
    assert (np.abs(found.mean(axis=0) - truth) < 3.5 * found.std(axis=0)).all()
    low, high = np.quantile(found, [0.05, 0.95], axis=0)
    assert ((low < truth) & (truth < high)).mean() >= 0.7
    assert found.std(axis=0).max() < 0.12
    assert np.corrcoef(found.mean(axis=0)[: 2 * CLUBS], truth[: 2 * CLUBS])[0, 1] > 0.9


@pytest.mark.slow
def test_a_newcomer_is_less_certain_than_every_club_that_has_played(sampled: Posterior) -> None:
    clubs = [club for _, club in sampled.clubs]
    found = sampled.belief([*clubs[1:], "newcomer"], [clubs[0]] * CLUBS, ["X1"] * CLUBS)
    width = (found.high - found.low)[:, 0]
    assert width[-1] > 2 * width[:-1].max()


@pytest.mark.slow
def test_the_same_league_has_the_same_bits_whatever_was_fitted_between(sampled: Posterior) -> None:
    other = fit(replace(LEAGUE, scored=LEAGUE.scored[::-1], conceded=LEAGUE.conceded[::-1]), SAMPLING)
    again = fit(LEAGUE, SAMPLING)
    assert again.strength.tolist() == sampled.strength.tolist() != other.strength.tolist()
    assert again.diagnostics == sampled.diagnostics


@pytest.mark.slow
def test_enough_draws_are_trusted_and_chains_that_never_met_are_not(sampled: Posterior) -> None:
    assert sampled.diagnostics.divergences == 0
    assert sampled.diagnostics.max_r_hat < 1.03
    hasty = fit(LEAGUE, Sampling(tune=2, draws=10, kept=20))
    assert any("R-hat" in fault for fault in hasty.diagnostics.faults())
    assert any("effective sample size" in fault for fault in hasty.diagnostics.faults())


@pytest.mark.slow
def test_a_league_without_a_match_has_its_prior() -> None:
    empty = Tally("X1", (), np.zeros(0, bool), np.zeros((0, 0)), np.zeros(0), np.zeros(0), 0.0, 0.0)
    found = fit(empty, SAMPLING)
    assert found.base.std() == pytest.approx(0.5, rel=0.25)
    assert found.clubs == ()
    assert found.belief(["a"], ["b"], ["X1"]).mean.present.all()
