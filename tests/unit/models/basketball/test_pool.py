"""Calibration and pooling of lines: against closed forms, on invented lines, and what a month may know."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.basketball.belief import ScoreBelief
from models.basketball.pool import MINIMUM_GAMES, Calibration, Pool, calibrate, fit, walk

N = 4000


def invented(seed: int = 0, n: int = N) -> tuple[np.ndarray, np.ndarray]:
    """Closing lines and results of n games, (n, 2) each."""
    rng = np.random.default_rng(seed)
    closing = np.column_stack([rng.normal(2, 6, n), rng.normal(220, 8, n)])
    return closing, closing + np.column_stack([rng.normal(0, 12.5, n), rng.normal(0, 18, n)])


def test_a_shifted_and_stretched_line_is_set_straight() -> None:
    closing, result = invented()
    found = calibrate((closing - [1.0, 20.0]) / [2.0, 0.5], closing, result)
    assert found.slope == pytest.approx((2.0, 0.5))
    assert found.offset == pytest.approx((1.0, 20.0))
    assert found.sd == pytest.approx((12.5, 18.0), rel=0.03)
    assert found.correlation == pytest.approx(0.0, abs=0.05)


def test_results_stand_for_lines_that_are_missing_and_games_without_result_for_nothing() -> None:
    closing, result = invented(n=300)
    closing[:100], result[200:], lines = np.nan, np.nan, invented(n=300)[0]
    found = calibrate(lines, closing, result)
    goal = np.vstack([result[:100], closing[100:200]])
    slope, offset = np.polyfit(lines[:200, 0], goal[:, 0], 1)
    assert (found.slope[0], found.offset[0]) == pytest.approx((slope, offset))
    with pytest.raises(ValueError, match="Three games"):
        calibrate(lines[:2], closing[:2], result[:2])


def test_a_calibration_reads_lines_as_beliefs_and_nan_as_none() -> None:
    belief = Calibration((1.0, 0.0), (0.5, 1.0), (12.0, 18.0), 0.1).read(np.array([[4.0, 220.0], [np.nan, 220.0]]))
    assert (belief.margin_mean[0], belief.total_mean[0], belief.correlation[0]) == (3.0, 220.0, 0.1)
    assert belief.present.tolist() == [True, False]


@settings(max_examples=25, deadline=None)
@given(
    means=st.lists(st.floats(-20, 20), min_size=2, max_size=2), sds=st.lists(st.floats(5, 20), min_size=2, max_size=2),
    weights=st.lists(st.floats(0.05, 2), min_size=2, max_size=2),
)  # fmt: skip
def test_the_pool_is_the_weighted_product_of_normal_densities(
    means: list[float], sds: list[float], weights: list[float]
) -> None:
    members = {name: ScoreBelief.of(mean, sd, 220.0, sd) for name, mean, sd in zip("ab", means, sds, strict=True)}
    share = dict(zip("ab", weights, strict=True))
    found = Pool(share, share).blend(members)
    places = np.linspace(-1000, 1000, 400_001)
    logs = sum(w * -0.5 * ((places - m) / s) ** 2 for m, s, w in zip(means, sds, weights, strict=True))
    density = np.exp(logs - np.max(logs))
    density /= density.sum()
    mean = density @ places
    assert found.margin_mean[0] == pytest.approx(mean, abs=1e-6)
    assert found.margin_sd[0] == pytest.approx(np.sqrt(density @ (places - mean) ** 2), rel=1e-6)


def test_a_single_member_with_weight_one_is_itself_and_one_without_weight_may_be_missing() -> None:
    sure, absent = ScoreBelief.of([3.0], 12.0, 220.0, 18.0, 0.2), ScoreBelief.of([np.nan], 12.0, 220.0, 18.0)
    weights = {"sure": 1.0, "absent": 0.0}
    found = Pool(weights, weights).blend({"sure": sure, "absent": absent})
    assert (found.margin_mean[0], found.margin_sd[0], found.correlation[0]) == pytest.approx((3.0, 12.0, 0.2))
    both = Pool({"sure": 1.0, "absent": 0.1}, weights).blend({"sure": sure, "absent": absent})
    assert not both.present[0]


def test_weights_find_the_better_member_and_the_doubt_that_results_show() -> None:
    closing, result = invented()
    rng = np.random.default_rng(1)
    lines = {"near": closing + rng.normal(0, 1.0, (N, 2)), "far": closing + rng.normal(0, 3.0, (N, 2))}
    members = {name: calibrate(line, closing, result).read(line) for name, line in lines.items()}
    pool = fit(members, closing, result)
    assert pool.margin["near"] > 5 * pool.margin["far"] > 0
    blend = pool.blend(members)
    assert np.abs(blend.margin_mean - closing[:, 0]).mean() < np.abs(members["near"].margin_mean - closing[:, 0]).mean()
    assert blend.margin_sd.mean() == pytest.approx(np.std(result[:, 0] - blend.margin_mean), rel=0.01)


def test_a_pool_without_any_weight_or_with_one_below_zero_is_refused() -> None:
    for weights in ({}, {"a": 0.0}, {"a": -0.1, "b": 1.0}):
        with pytest.raises(ValueError, match="weights of at least 0"):
            Pool(weights, weights)
    with pytest.raises(ValueError, match="same members"):
        Pool({"a": 1.0}, {"b": 1.0})


def seasons() -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray, pl.Series, pl.Series]:
    closing, result = invented(n=900)
    as_of = pl.Series(
        [datetime(2019, 1, 1, 17, tzinfo=UTC) + timedelta(hours=8 * n) for n in range(900)]
    ).dt.cast_time_unit("us")
    lines = {"one": closing + np.random.default_rng(2).normal(0, 2, (900, 2)), "two": 0.9 * closing}
    return lines, closing, result, as_of, as_of.dt.offset_by("13h")


def test_a_month_knows_the_games_before_it_and_nothing_later() -> None:
    lines, closing, result, as_of, known = seasons()
    walked = walk(lines, closing, result, as_of, known)
    month = pl.Series([datetime(2019, 8, 1, tzinfo=UTC)]).dt.cast_time_unit("us")[0]
    later, inside = (known > month).to_numpy(), ((as_of >= month) & (as_of.dt.month() == 8)).to_numpy()
    upset = np.where(later[:, None], 500.0, result)
    again = walk(lines, np.where(later[:, None], np.nan, closing), upset, as_of, known)
    for name in ("margin_mean", "margin_sd", "total_mean", "total_sd", "correlation"):
        told = getattr(walked.model, name)[inside]
        assert np.isfinite(told).all()
        assert getattr(again.model, name)[inside].tolist() == told.tolist()


def test_nothing_is_believed_before_enough_games_are_known() -> None:
    lines, closing, result, as_of, known = seasons()
    walked = walk(lines, closing, result, as_of, known)
    first = int(np.argmax(walked.model.present))
    assert MINIMUM_GAMES <= first <= MINIMUM_GAMES + 95
    assert walked.model.present[first:].all()
    assert walked.members["one"].present.tolist() == walked.model.present.tolist()


def test_a_member_that_always_says_the_same_is_read_as_the_mean() -> None:
    rng = np.random.default_rng(1)
    result = np.column_stack([rng.normal(3, 14, 500), rng.normal(220, 18, 500)])
    found = calibrate(np.full((500, 2), 7.0), np.full((500, 2), np.nan), result)
    assert found.slope == (0.0, 0.0)
    assert found.offset == pytest.approx(tuple(result.mean(axis=0)))
