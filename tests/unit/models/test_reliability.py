"""How calibrated invented forecasters are, by slow oracles and in a hundred worlds where the truth is known."""

from __future__ import annotations

import json
import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from models.reliability import Reliability, reliability
from tests.unit.models.worlds import Floats, Integers, outcomes, truths


def tempered(p: Floats, power: float) -> Floats:
    weights: Floats = p**power
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def days(n: int, a_day: int = 10) -> Integers:
    return 18_000 + np.arange(n) // a_day


def two_way(n: int, seed: int) -> Floats:
    first = np.random.default_rng(seed).beta(3.0, 3.0, n)
    return np.column_stack([first, 1.0 - first])


def draw_two_way(p: Floats, seed: int) -> Integers:
    return (np.random.default_rng(seed).random(len(p)) > p[:, 0]).astype(np.int64)


def quick(p: Floats, happened: Integers, seed: int = 0) -> Reliability:
    return reliability(p, happened, days(len(p)), seed, draws=200)


def test_of_two_outcomes_slope_and_intercept_are_coxs_recalibration() -> None:
    p = two_way(1_500, 1)
    happened = draw_two_way(tempered(p, 0.7), 2)
    log_odds = np.log(p[:, 0] / p[:, 1])

    def loss(line: Floats) -> float:
        return float(np.logaddexp(0.0, np.where(happened == 0, -1.0, 1.0) * (line[0] + line[1] * log_odds)).sum())

    best = minimize(loss, np.array([0.0, 1.0]), method="BFGS", options={"gtol": 1e-6}).x
    found = quick(p, happened)
    assert found.intercept == pytest.approx([best[0]], abs=1e-5)
    assert found.slope == pytest.approx(best[1], abs=1e-5)


def test_of_three_outcomes_there_are_one_slope_and_two_intercepts() -> None:
    p = truths(2_000, 3)
    shifted = tempered(p, 0.8) * np.array([1.5, 1.0, 0.9])
    happened = outcomes(shifted / shifted.sum(axis=1, keepdims=True), 4)

    def loss(values: Floats) -> float:
        logits = values[0] * np.log(p) + np.append(values[1:], 0.0)
        return float((np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(len(p)), happened]).sum())

    best = minimize(loss, np.array([1.0, 0.0, 0.0]), method="BFGS", options={"gtol": 1e-5}).x
    found = quick(p, happened)
    assert [found.slope, *found.intercept] == pytest.approx(best.tolist(), abs=1e-5)
    assert found.slope == pytest.approx(0.8, abs=0.1)


def test_the_sandwich_is_that_of_a_loop_over_days() -> None:
    p = two_way(400, 5)
    happened, when = draw_two_way(p, 6), days(400, 7)
    found = reliability(p, happened, when, 0, draws=10)
    log_odds = np.log(p[:, 0] / p[:, 1])
    q = 1.0 / (1.0 + np.exp(-found.intercept[0] - found.slope * log_odds))
    design = np.column_stack([np.ones(400), log_odds])
    bread = np.linalg.inv(sum(w * np.outer(x, x) for w, x in zip(q * (1 - q), design, strict=True)))
    meat = np.zeros((2, 2))
    for day in np.unique(when):
        score = ((happened == 0) - q)[when == day] @ design[when == day]
        meat += np.outer(score, score)
    groups = len(np.unique(when))
    error = math.sqrt((bread @ meat @ bread)[1, 1] * groups / (groups - 1))
    assert found.days == groups
    assert found.slope_width == pytest.approx(2 * 2.00247 * error, rel=1e-4)
    assert np.mean(found.slope_ci95) == pytest.approx(found.slope)


def test_matches_counted_five_times_on_their_day_tell_no_more_than_once() -> None:
    p = truths(600, 7)
    happened = outcomes(p, 8)
    once, often = (
        reliability(np.tile(p, (times, 1)), np.tile(happened, times), np.tile(days(600), times), 0, draws=10)
        for times in (1, 5)
    )
    assert often.slope_ci95 == pytest.approx(once.slope_ci95, abs=1e-9)


@pytest.mark.parametrize("ways", [2, 3])
def test_a_perfect_forecaster_is_found_calibrated_as_often_as_the_intervals_say(ways: int) -> None:
    found = []
    for world in range(100):
        p = two_way(1_000, world) if ways == 2 else truths(1_000, world)
        happened = draw_two_way(p, world + 900) if ways == 2 else outcomes(p, world + 900)
        found.append(quick(p, happened, world))
    assert 90 <= sum(one.slope_contains_one for one in found) <= 99
    assert sum(one.inside for one in found) >= 90
    assert sum(one.ece_band95[0] <= one.ece <= one.ece_band95[1] for one in found) >= 90


@pytest.mark.parametrize("power", [0.75, 1.3], ids=["shy", "overconfident"])
def test_who_is_shy_or_overconfident_fails_by_slope_and_by_calibration_error(power: float) -> None:
    for world in range(5):
        p = truths(5_000, world)
        found = reliability(tempered(p, power), outcomes(p, world + 50), days(5_000), world)
        assert found.slope == pytest.approx(1.0 / power, abs=0.12)
        assert not found.slope_contains_one
        assert not found.inside


def slow_error(p: Floats, happened: Floats, bins: int) -> float:
    """Forecasts sorted, cut into bins of equal count, each bin's gap weighted by its count."""
    order = np.argsort(p)
    cuts = [len(p) * place // bins for place in range(bins + 1)]
    total = 0.0
    for low, high in pairwise(cuts):
        rows = order[low:high]
        total += abs(float(happened[rows].mean() - p[rows].mean())) * len(rows)
    return total / len(p)


def test_the_calibration_error_is_its_definition_computed_slowly() -> None:
    p = truths(997, 9)
    happened = outcomes(p, 10)
    expected = np.mean([slow_error(p[:, one], np.eye(3)[happened][:, one], 20) for one in range(3)])
    assert quick(p, happened).ece == pytest.approx(expected, abs=1e-12)
    pair = two_way(501, 11)
    drawn = draw_two_way(pair, 12)
    assert quick(pair, drawn).ece == pytest.approx(slow_error(pair[:, 0], (drawn == 0).astype(float), 20), abs=1e-12)


def test_the_band_is_that_of_worlds_drawn_one_by_one() -> None:
    p = truths(800, 13)
    errors = []
    for world in range(600):
        happened = np.eye(3)[outcomes(p, 5_000 + world)]
        errors.append(np.mean([slow_error(p[:, one], happened[:, one], 20) for one in range(3)]))
    found = reliability(p, outcomes(p, 14), days(800), 3, draws=3_000)
    assert found.ece_band95 == pytest.approx(np.quantile(errors, [0.025, 0.975]), rel=0.04)


def test_the_curve_counts_every_forecast_once_and_its_intervals_are_wilsons() -> None:
    p = truths(1_003, 15)
    happened = outcomes(p, 16)
    found = quick(p, happened)
    assert len(found.curve) == 60
    for selection in range(3):
        points = [point for point in found.curve if point.selection == selection]
        assert sum(point.n for point in points) == 1_003
        assert {point.n for point in points} <= {50, 51}
        assert sum(point.n * point.happened for point in points) == pytest.approx((happened == selection).sum())
        assert [point.forecast for point in points] == sorted(point.forecast for point in points)
    for point in found.curve:
        for end in point.happened_ci95:
            distance = abs(end - point.happened)
            assert distance == pytest.approx(1.959964 * math.sqrt(end * (1 - end) / point.n), rel=1e-5)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 1000))
def test_the_order_of_the_rows_means_nothing_to_the_last_bit(seed: int) -> None:
    p = truths(300, seed).round(2).clip(0.01)
    p /= p.sum(axis=1, keepdims=True)
    happened, when = outcomes(p, seed + 1), days(300)
    order = np.random.default_rng(seed).permutation(300)
    found = reliability(p[order], happened[order], when[order], 4, draws=50)
    assert found == reliability(p, happened, when, 4, draws=50)


def test_worlds_drawn_in_chunks_are_those_drawn_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    p = truths(300, 17)
    whole = quick(p, outcomes(p, 18))
    monkeypatch.setattr("models.reliability._CHUNK", 3_000)
    assert quick(p, outcomes(p, 18)) == whole


def test_rows_without_belief_or_outcome_are_left_out() -> None:
    p = truths(500, 19)
    happened = outcomes(p, 20)
    gaps, unknown = p.copy(), happened.copy()
    gaps[::9], unknown[::11] = np.nan, -1
    kept = np.isfinite(gaps).all(axis=1) & (unknown >= 0)
    found = reliability(gaps, unknown, days(500), 1, draws=50)
    assert found == reliability(p[kept], happened[kept], days(500)[kept], 1, draws=50)
    assert found.n == kept.sum()


def test_no_row_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match="No forecast"):
        reliability(np.full((2, 3), np.nan), np.zeros(2, dtype=np.int64), days(2), 0)


@pytest.mark.parametrize(
    ("p", "happened"),
    [
        (np.tile([0.5, 0.3, 0.2], (90, 1)), np.arange(90) % 3),
        (np.where(np.arange(90)[:, None] % 2 == [0, 1], 0.9, 0.1), np.arange(90) % 2),
    ],
    ids=["always the same forecast", "never wrong"],
)
def test_where_no_slope_can_be_told_it_is_nan_and_not_called_calibrated(p: Floats, happened: Integers) -> None:
    found = quick(p, happened)
    assert math.isnan(found.slope)
    assert not found.slope_contains_one
    assert math.isfinite(found.ece)


def test_a_single_day_gives_a_slope_without_an_interval() -> None:
    p = truths(400, 21)
    found = reliability(p, outcomes(p, 22), np.zeros(400, dtype=np.int64), 0, draws=20)
    assert math.isfinite(found.slope)
    assert math.isnan(found.slope_width)


def test_a_report_is_told_in_json_with_its_verdicts() -> None:
    p = truths(400, 23)
    found = quick(p, outcomes(p, 24))
    told = json.loads(json.dumps(found.to_json()))
    assert told["slope_width"] == found.slope_width
    assert told["inside"] is found.inside
    assert told["slope_contains_one"] is found.slope_contains_one
    assert told["curve"][0]["n"] == found.curve[0].n
