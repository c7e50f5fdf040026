"""Block resampling against a slow clerk who draws days one by one, and against worlds whose truth is known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from core.resampling import block_counts, block_mean_interval, block_ratio_interval, block_spread

GENERATOR = np.random.default_rng(11)


def days_of_bets(days: int, shared: float, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Invented profits of mean 0 and variance 1, ten a day, of which `shared` is the day's own part."""
    day = np.repeat(np.arange(days), 10)
    common = generator.normal(size=days)[day]
    return np.sqrt(shared) * common + np.sqrt(1 - shared) * generator.normal(size=len(day)), day


def test_the_interval_is_the_clerks_who_puts_whole_days_together() -> None:
    profit, stake = GENERATOR.normal(size=40), GENERATOR.uniform(1, 3, 40)
    days = GENERATOR.integers(0, 12, 40)
    labels = np.unique(days)
    ratios = []
    for counts in block_counts(len(labels), 5):
        rows = np.concatenate(
            [np.flatnonzero(days == day) for day, n in zip(labels, counts, strict=True) for _ in range(int(n))]
        )
        ratios.append(profit[rows].sum() / stake[rows].sum())
    low, high = block_ratio_interval(profit, stake, days, 5)
    assert (low, high) == pytest.approx(tuple(np.quantile(ratios, [0.025, 0.975])))


def test_every_resample_has_as_many_days_as_there_are() -> None:
    counts = block_counts(17, 1)
    assert counts.shape == (1000, 17)
    assert (counts.sum(axis=1) == 17).all()
    assert (counts == block_counts(17, 1)).all()
    assert not (counts == block_counts(17, 2)).all()


@pytest.mark.parametrize("shared", [0.0, 0.5])
def test_nineteen_of_twenty_intervals_hold_the_truth_also_where_a_days_bets_share_their_luck(shared: float) -> None:
    generator = np.random.default_rng(21)
    held = 0
    for seed in range(400):
        low, high = block_mean_interval(*days_of_bets(60, shared, generator), seed, draws=300)
        held += low <= 0 <= high
    assert 0.91 <= held / 400 <= 0.98


def test_bets_that_share_a_day_spread_the_mean_more() -> None:
    apart = block_spread(*days_of_bets(4000, 0.0, np.random.default_rng(4)))
    together = block_spread(*days_of_bets(4000, 0.5, np.random.default_rng(4)))
    assert apart == pytest.approx(1.0, abs=0.05)
    assert together == pytest.approx(np.sqrt(1 + 9 * 0.5), abs=0.1)


def test_one_day_says_nothing_about_the_spread_between_days() -> None:
    assert np.isnan(block_mean_interval([1.0, 2.0], [3, 3], 1)).all()
    assert np.isnan(block_spread([1.0, 2.0], [3, 3]))
    assert np.isnan(block_mean_interval([], [], 1)).all()


def _days(generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """40 days of 1 to 12 values that share a daily shock: the true mean is 0."""
    sizes = generator.integers(1, 13, 40)
    days = np.repeat(np.arange(40), sizes)
    return generator.normal(0, 1, 40)[days] + generator.normal(0, 1, len(days)), days


def test_the_block_interval_covers_the_true_mean_about_as_often_as_it_says() -> None:
    generator = np.random.default_rng(11)
    hits, naive_hits, trials = 0, 0, 200
    for trial in range(trials):
        values, days = _days(generator)
        low, high = block_mean_interval(values, days, trial, 300)
        hits += low <= 0 <= high
        narrow = block_mean_interval(values, np.arange(len(values)), trial, 300)
        naive_hits += narrow[0] <= 0 <= narrow[1]
    assert 0.87 <= hits / trials <= 0.99
    assert naive_hits / trials < 0.80, "matches of one day are not independent, and this test would not notice"


def test_the_interval_is_that_of_a_loop_that_draws_whole_days() -> None:
    values, days = _days(np.random.default_rng(5))
    generator = np.random.default_rng(99)
    means = []
    for _ in range(3000):
        drawn = np.concatenate([values[days == day] for day in generator.integers(0, 40, 40)])
        means.append(drawn.mean())
    slow = np.quantile(means, [0.025, 0.975])
    assert block_mean_interval(values, days, 1, 3000) == pytest.approx(slow, abs=0.03)


def test_the_same_seed_gives_the_same_interval_and_the_names_of_the_days_do_not_matter() -> None:
    values, days = _days(np.random.default_rng(6))
    found = block_mean_interval(values, days, 3, 200)
    assert found == block_mean_interval(values, days * 7 + 18000, 3, 200)
    assert found != block_mean_interval(values, days, 4, 200)


def test_a_single_day_tells_nothing_about_its_spread() -> None:
    low, high = block_mean_interval(np.array([1.0, 2.0]), np.array([5, 5]), 0, 100)
    assert math.isnan(low)
    assert math.isnan(high)
