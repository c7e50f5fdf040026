"""The model of points samples an invented league: strengths are found again, in the same bits; lines narrow them."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from scipy.stats import norm

from models.basketball.bayes import model
from models.basketball.bayes.posterior import Posterior
from models.basketball.bayes.tally import History, tally_as_known
from models.families.bayes.sampler import Sampling
from tests.unit.models.basketball.bayes.leagues import HOME_COURT, LEVEL, LINE_SD, START, asks, season, strengths, team

TEAMS, SEED = 6, 5
TRUTH = strengths(TEAMS, SEED)
GAMES = season(TEAMS, 4, SEED)
EVEN = History(result_decay_per_day=0.0, line_decay_per_day=0.0)
CUTOFF = START + timedelta(days=300)
LEAGUE = tally_as_known(GAMES, "NBA", CUTOFF, EVEN)
SAMPLING = Sampling(tune=300, draws=500)
NO_LINE = pl.lit(None, pl.Float64)


@pytest.fixture(scope="module")
def sampled() -> Posterior:
    return model.fit(LEAGUE, SAMPLING)


def log_likelihood(level: float, court: float, strength: np.ndarray, error_sd: np.ndarray) -> float:
    """The model's own, evaluated without compiling."""
    import pytensor.tensor as pt
    from pytensor import config

    sums = (LEAGUE.gram, LEAGUE.cross, LEAGUE.square, LEAGUE.games)
    parts = map(pt.as_tensor_variable, (level, court, strength, error_sd, *sums))
    with config.change_flags(cxx=""):
        return float(model._log_likelihood(pt, *parts).eval(mode="FAST_COMPILE"))


def slow_log_likelihood(level: float, court: float, strength: np.ndarray, error_sd: np.ndarray) -> float:
    """Normal densities, game after game."""
    said = 0.0
    for row in GAMES.iter_rows(named=True):
        home, away = (int(row[f"{side}_team_id"].removeprefix("team-")) for side in ("home", "away"))
        half = 0.0 if row["is_neutral"] else court / 2
        ours = level + half + strength[0, home] - strength[1, away]
        theirs = level - half + strength[0, away] - strength[1, home]
        points = (row["home_points"], row["away_points"])
        seen = (points[0] - points[1], sum(points), row["closing_margin"], row["closing_total"])
        means = (ours - theirs, ours + theirs) * 2
        each = zip(seen, means, error_sd, strict=True)
        said += sum(float(norm.logpdf(value, mean, sd)) for value, mean, sd in each if value is not None)
    return said


def test_the_sums_give_the_likelihood_of_every_game_but_for_a_constant() -> None:
    generator = np.random.default_rng(0)
    points = [
        (*generator.normal((110, 3), 1), generator.normal(0, 3, (2, TEAMS)), generator.uniform(3, 15, 4))
        for _ in range(3)
    ]
    fast, slow = ([of(*point) for point in points] for of in (log_likelihood, slow_log_likelihood))
    assert np.diff(fast) == pytest.approx(np.diff(slow), rel=1e-9)
    assert np.abs(np.diff(fast)).min() > 1


@pytest.mark.slow
def test_known_strengths_lie_in_their_posterior_intervals(sampled: Posterior) -> None:
    assert sampled.teams == tuple(map(team, range(TEAMS)))
    found = np.column_stack([sampled.strength.reshape(-1, 2 * TEAMS), sampled.level, sampled.home_court])
    truth = np.concatenate([TRUTH.ravel(), [LEVEL, HOME_COURT]])
    assert (np.abs(found.mean(axis=0) - truth) < 3.5 * found.std(axis=0)).all()
    low, high = np.quantile(found, [0.05, 0.95], axis=0)
    assert ((low < truth) & (truth < high)).mean() >= 0.7
    assert found.std(axis=0).max() < 0.5
    assert sampled.error_sd[:, 2:].mean(axis=0) == pytest.approx(LINE_SD, rel=0.25)


@pytest.mark.slow
def test_without_lines_less_is_known_and_a_new_team_is_known_least(sampled: Posterior) -> None:
    blind = GAMES.with_columns(closing_margin=NO_LINE, closing_total=NO_LINE)
    results = model.fit(tally_as_known(blind, "NBA", CUTOFF, EVEN), SAMPLING)
    asked = asks((team(0), team(1), False), ("new", team(1), False))
    (seen, new), (dark, _) = (found[:, 4] - found[:, 2] for found in (sampled.answers(asked), results.answers(asked)))
    assert new > dark > 2 * seen


@pytest.mark.slow
def test_the_same_league_has_the_same_bits_whatever_was_fitted_between(sampled: Posterior) -> None:
    other = model.fit(tally_as_known(GAMES.head(40), "NBA", CUTOFF, EVEN), SAMPLING)
    again = model.fit(LEAGUE, SAMPLING)
    assert again.strength.tolist() == sampled.strength.tolist() != other.strength.tolist()
    assert again.diagnostics == sampled.diagnostics


@pytest.mark.slow
def test_enough_draws_are_trusted_and_chains_that_never_met_are_not(sampled: Posterior) -> None:
    assert sampled.diagnostics.divergences == 0
    assert sampled.diagnostics.max_r_hat < 1.03
    hasty = model.fit(LEAGUE, Sampling(tune=2, draws=10, kept=20))
    assert any("R-hat" in fault for fault in hasty.diagnostics.faults())


@pytest.mark.slow
def test_a_league_without_a_game_has_its_prior() -> None:
    found = model.fit(tally_as_known(GAMES, "NBA", START, EVEN), SAMPLING)
    assert found.level.std() == pytest.approx(10.0, rel=0.25)
    assert found.teams == ()
    assert np.isfinite(found.answers(asks(("a", "b", False)))).all()
