"""Scores by slow definitions, and honest draws that fall where they should."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import kstest

from models.props.judging import absolute_error, coverage, crps, transform

RANDOM = np.random.default_rng(5)
DRAWS = RANDOM.poisson(6.0, (60, 25))
OUTCOME = RANDOM.poisson(6.0, 25)


def test_crps_is_its_definition() -> None:
    for man in range(5):
        own = DRAWS[:, man].astype(float)
        slow = np.abs(own - OUTCOME[man]).mean() - np.abs(own[:, None] - own[None, :]).mean() / 2.0
        assert crps(DRAWS, OUTCOME)[man] == pytest.approx(slow)


def test_crps_of_draws_is_that_of_their_distribution() -> None:
    """The squared distance of the shares of draws at most 0, 1, ... from a step at the outcome."""
    counts = np.arange(40)
    cumulative = (DRAWS[:, :, None] <= counts).mean(axis=0)
    reached = counts >= OUTCOME[:, None]
    assert crps(DRAWS, OUTCOME) == pytest.approx(((cumulative - reached) ** 2).sum(axis=1))


def test_a_point_forecast_scores_its_absolute_error() -> None:
    point = np.full((10, 1), 7)
    assert crps(point, np.array([11]))[0] == pytest.approx(4.0)
    assert absolute_error(point, np.array([11]))[0] == 4.0


def test_honest_draws_have_a_uniform_transform_and_the_coverage_they_claim() -> None:
    mean = RANDOM.uniform(0.5, 20.0, 4000)
    outcome, draws = RANDOM.poisson(mean), RANDOM.poisson(mean, (400, 4000))
    point = transform(draws, outcome, seed=1)
    assert kstest(point, "uniform").pvalue > 0.001
    assert coverage(point) == pytest.approx({0.5: 0.5, 0.8: 0.8, 0.94: 0.94}, abs=0.03)


def test_draws_that_are_too_sure_are_caught() -> None:
    mean = RANDOM.uniform(5.0, 20.0, 4000)
    point = transform(np.round(mean + RANDOM.normal(0, 1, (400, 4000))).astype(int), RANDOM.poisson(mean), seed=1)
    assert coverage(point)[0.8] < 0.6
