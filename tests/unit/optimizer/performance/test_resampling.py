"""Block resampling against a slow clerk who draws days one by one, and against worlds whose truth is known."""

from __future__ import annotations

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
