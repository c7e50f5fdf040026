"""Ridge and Poisson regressions find what made the numbers, and equal slow solutions."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy.optimize import minimize

from models.props.regression import poisson, ridge

RANDOM = np.random.default_rng(3)
X = pl.DataFrame(RANDOM.normal(size=(400, 3)), schema=["x", "y", "z"])
WEIGHT = RANDOM.uniform(0.2, 1.0, 400)


def test_ridge_without_penalty_is_least_squares() -> None:
    target = X.to_numpy() @ np.array([1.0, -2.0, 0.5]) + 3.0 + RANDOM.normal(size=400)
    design = np.column_stack([np.ones(400), X.to_numpy()]) * np.sqrt(WEIGHT)[:, None]
    slow = np.linalg.lstsq(design, target * np.sqrt(WEIGHT), rcond=None)[0]
    found = ridge(X, target, WEIGHT, 0.0).predict(X)
    assert found == pytest.approx(slow[0] + X.to_numpy() @ slow[1:])


def test_poisson_is_the_penalised_maximum_of_its_likelihood() -> None:
    exposure = RANDOM.uniform(1.0, 30.0, 400)
    counts = RANDOM.poisson(exposure * np.exp(-1.0 + 0.3 * X["x"].to_numpy())).astype(float)
    found = poisson(X, counts, exposure, WEIGHT, 7.0)
    standard = (X.to_numpy() - np.array(found.means)) / np.array(found.scales)

    def loss(p: np.ndarray) -> float:
        line = p[0] + standard @ p[1:]
        return float(WEIGHT @ (exposure * np.exp(line) - counts * line) + 3.5 * (p[1:] ** 2).sum())

    slow = minimize(loss, np.r_[-1.0, np.zeros(3)], method="BFGS", options={"gtol": 1e-8}).x
    assert [found.level, *found.weights] == pytest.approx(slow.tolist(), abs=1e-5)


def test_a_missing_value_stands_at_the_mean() -> None:
    fitted = ridge(X, X["x"].to_numpy() * 2.0, np.ones(400), 1.0)
    gap = pl.DataFrame({"x": [None, fitted.means[0]], "y": [0.0, 0.0], "z": [float("nan"), fitted.means[2]]})
    first, second = fitted.predict(gap)
    assert first == second


def test_counts_without_exposure_are_refused() -> None:
    with pytest.raises(ValueError, match="exposure"):
        poisson(X, np.ones(400), np.zeros(400), WEIGHT, 1.0)


def test_a_constant_column_does_no_harm() -> None:
    fitted = ridge(X.with_columns(pl.lit(1.0).alias("one")), X["y"].to_numpy(), np.ones(400), 1.0)
    assert np.isfinite(fitted.predict(X.with_columns(pl.lit(1.0).alias("one")))).all()
