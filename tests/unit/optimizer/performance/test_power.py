"""Power: the closed form against simulated bettors, and what the report says of it."""

from __future__ import annotations

from math import inf, nan

import numpy as np
import polars as pl
import pytest

from core.resampling import block_ratio_interval
from optimizer.performance.power import Signal, clv_signal, sentence, yield_signal


@pytest.mark.parametrize("power", [0.8, 0.9])
def test_so_many_bets_show_the_edge_to_so_many_simulated_bettors(power: float) -> None:
    """Bets at 2.1 that win by 1% more than they should; 4,000 bettors test their mean profit at one-sided 5%."""
    price, prob = 2.1, 1.05 / 2.1
    signal = Signal(0.05, price * np.sqrt(prob * (1 - prob)))
    bets = int(signal.bets_needed(power))
    wins = np.random.default_rng(3).binomial(bets, prob, 4000)
    means = wins * price / bets - 1
    spreads = price * np.sqrt(wins / bets * (1 - wins / bets))
    seen = (means / spreads * np.sqrt(bets) > 1.6449).mean()
    assert seen == pytest.approx(power, abs=0.02)
    assert signal.power(bets) == pytest.approx(power, abs=0.002)


def test_one_bet_fewer_than_needed_has_less_power_than_asked_for() -> None:
    signal = Signal(0.03, 1.4)
    needed = int(signal.bets_needed(0.8))
    assert signal.power(needed) >= 0.8 > signal.power(needed - 1)


def test_known_numbers_of_the_closed_form() -> None:
    assert Signal(1.0, 1.0).bets_needed(0.8) == 7  # (1.645 + 0.842) ** 2 = 6.18
    assert Signal(0.02, 1.5).bets_needed(0.8) == 34_777
    assert Signal(0.02, 0.06).bets_needed(0.8) == 56


def test_no_edge_is_never_seen_and_the_power_is_the_level() -> None:
    assert Signal(0.0, 1.0).bets_needed() == Signal(-0.1, 1.0).bets_needed() == inf
    assert Signal(0.0, 1.0).power(10_000) == pytest.approx(0.05)


@pytest.mark.parametrize(("mean", "spread"), [(0.1, 0.0), (0.1, -1.0), (nan, 1.0), (0.1, nan), (0.1, inf)])
def test_a_signal_without_a_spread_or_a_mean_is_refused(mean: float, spread: float) -> None:
    with pytest.raises(ValueError, match="positive spread"):
        Signal(mean, spread)


def test_the_report_counts_the_bets_that_are_there() -> None:
    said = sentence(Signal(0.02, 1.5), Signal(0.02, 0.06), 100)
    assert said == (
        "At this yield (+2.0% a unit, spread 1.50) 34,677 more bets are needed for 80% power. "
        "At this closing-line value (+2.0% a unit, spread 0.06) 56 bets are enough for 80% power, and there are 100."
    )
    assert sentence(Signal(-0.01, 1.5), None, 9) == (
        "At this yield (-1.0% a unit, spread 1.50) no number of bets would show an edge."
    )


def rows(days: list[int], stakes: list[int], profits: list[int], values: list[float | None]) -> pl.DataFrame:
    """Invented settled tickets."""
    columns = {"day": days, "stake_minor": stakes, "profit_minor": profits, "clv": values}
    return pl.DataFrame(columns, schema_overrides={"clv": pl.Float64}).with_columns(pl.col("day").cast(pl.Date))


def test_the_spread_of_a_yield_is_that_of_its_bootstrap() -> None:
    generator = np.random.default_rng(8)
    n = 3000
    days, stakes = generator.integers(0, 400, n), generator.integers(50, 1500, n)
    profits = (stakes * generator.uniform(0.5, 1.5, n)).astype(int)
    found = yield_signal(rows(list(days), list(stakes), list(profits), [None] * n))
    assert found is not None
    low, high = block_ratio_interval(profits, stakes, days, 1)
    assert found.mean == pytest.approx(profits.sum() / stakes.sum())
    assert 2 * 1.96 * found.spread / np.sqrt(n) == pytest.approx(high - low, rel=0.08)


def test_the_signal_of_the_close_leaves_out_tickets_without_one() -> None:
    found = clv_signal(rows([1, 2, 3], [100] * 3, [1, 2, 3], [0.1, None, 0.3]))
    assert found is not None
    assert (found.mean, found.spread) == pytest.approx((0.2, np.sqrt(0.02)))


@pytest.mark.parametrize("days", [[], [4, 4]])
def test_less_than_two_days_are_no_signal(days: list[int]) -> None:
    one = rows(days, [100, 100][: len(days)], [-50, 70][: len(days)], [0.1, 0.2][: len(days)])
    assert yield_signal(one) is None
    assert clv_signal(one) is None
