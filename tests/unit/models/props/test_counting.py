"""Quantiles of counts equal those of a statistics library, one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import nbinom, poisson

from models.props.counting import inverse


def one(level: float, mean: float, linear: float, quadratic: float) -> int:
    found = inverse(np.full((1, 1, 1), level), np.full((1, 1, 1), mean), np.array([linear]), np.array([quadratic]))
    return int(found[0, 0, 0])


@settings(deadline=None)
@given(st.floats(0.001, 0.999), st.floats(0.01, 30.0))
def test_without_excess_it_is_poisson(level: float, mean: float) -> None:
    at_or_above = poisson.cdf(one(level, mean, 0.0, 0.0), mean)
    below = poisson.cdf(one(level, mean, 0.0, 0.0) - 1, mean)
    assert below - 1e-9 <= level <= at_or_above + 1e-9


@settings(deadline=None)
@given(st.floats(0.001, 0.999), st.floats(0.01, 20.0), st.floats(0.0, 2.0), st.floats(0.0, 0.5))
def test_with_excess_it_is_negative_binomial(level: float, mean: float, linear: float, quadratic: float) -> None:
    variance = mean * (1.0 + linear) + quadratic * mean**2
    count = one(level, mean, linear, quadratic)
    law = poisson(mean) if variance <= mean * (1 + 2e-6) else nbinom(mean**2 / (variance - mean), mean / variance)
    if count < 120:
        assert law.cdf(count - 1) - 1e-6 <= level <= law.cdf(count) + 1e-6


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="shape"):
        inverse(np.ones((2, 2, 7)), np.ones((2, 2, 7)), np.zeros(6), np.zeros(6))
