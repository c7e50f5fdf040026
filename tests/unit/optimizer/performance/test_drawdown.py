"""Drawdowns worked out by hand: how deep, from when to when, and how long under water."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest

from optimizer.performance.drawdown import Drawdown, Path, drawdown_interval, longest_losing_run
from tests.unit.optimizer.performance.history import LATER
from tests.unit.optimizer.policies import UTC_TIME


def path(*profits: int, opening: int = 1000) -> Path:
    """One invented settlement a day."""
    times = [day(number) for number in range(len(profits))]
    schema = {"known_at_utc": UTC_TIME, "profit_minor": pl.Int64}
    return Path.of(pl.DataFrame({"known_at_utc": times, "profit_minor": profits}, schema=schema), opening)


def day(number: int) -> datetime:
    return LATER + timedelta(days=number)


def test_the_largest_fall_is_from_the_highest_point_before_it() -> None:
    found = path(500, -300, 100, -550, 2000, -400).largest()
    assert found == Drawdown(0.5, day(0), day(3), day(4))


def test_a_fall_that_stands_has_not_recovered() -> None:
    assert path(200, -600).largest() == Drawdown(0.5, day(0), day(1), None)


def test_a_fall_below_the_opening_counts_from_the_first_settlement() -> None:
    assert path(-250, -250, 500).largest() == Drawdown(0.5, day(0), day(1), day(2))


def test_who_never_loses_has_no_drawdown_and_who_never_bet_has_neither() -> None:
    for never in (path(10, 0, 20), path()):
        assert never.largest() == Drawdown(0.0, None, None, None)
        assert never.longest_under_water(LATER) == timedelta(0)


def test_what_becomes_known_at_once_is_one_step() -> None:
    both = pl.DataFrame({"known_at_utc": [LATER, LATER], "profit_minor": [-500, 600]})
    assert Path.of(both, 1000).frame["bankroll_minor"].to_list() == [1100]
    assert Path.of(both, 1000).largest().share == 0


def test_the_order_of_the_rows_does_not_matter() -> None:
    rows = pl.DataFrame({"known_at_utc": [day(0), day(1)], "profit_minor": [400, -700]})
    assert Path.of(rows.reverse(), 1000).largest() == Path.of(rows, 1000).largest()


def test_the_longest_time_under_water_ends_with_recovery_or_with_the_moment() -> None:
    lived = path(100, -50, 0, 50, -10, 20, -5)  # days 1 and 2; day 4; from day 6 on
    assert lived.longest_under_water(day(7)) == timedelta(days=2)
    assert lived.longest_under_water(day(60)) == timedelta(days=54)


@pytest.mark.parametrize(
    ("profits", "run"),
    [([], 0), ([5.0], 0), ([-1.0], 1), ([-1, -1, 3, -1, -1, -1], 3), ([-1, 0, -1], 1), ([-1, -1, 1], 2)],
)
def test_a_losing_run_is_losses_without_anything_between(profits: list[float], run: int) -> None:
    assert longest_losing_run(profits) == run


def test_a_bankroll_of_nothing_has_no_path() -> None:
    with pytest.raises(ValueError, match="opens above nothing"):
        path(1, opening=0)


def test_the_interval_of_the_drawdown_holds_that_of_equal_paths_and_is_silent_where_it_must_be() -> None:
    """500 paths of 200 even bets of 2%: their largest drawdowns lie in the interval of one of them as often as said."""
    rng = np.random.default_rng(3)
    shares = np.where(rng.random((500, 200)) < 0.5, 0.02, -0.02)
    wealth = np.concatenate([np.ones((500, 1)), np.cumprod(1 + shares, axis=1)], axis=1)
    falls = 1 - (wealth / np.maximum.accumulate(wealth, axis=1)).min(axis=1)
    profits = np.diff(np.round(wealth[0] * 1e8)).astype(int)
    at = [day(number) for number in range(200)]
    settled = pl.DataFrame({"known_at_utc": at, "profit_minor": profits}, schema_overrides={"profit_minor": pl.Int64})
    low, high = drawdown_interval(Path.of(settled, 100_000_000), seed=5)
    assert 0.85 < np.mean((falls > low) & (falls < high)) <= 1.0
    assert low < float(np.median(falls)) < high
    assert np.isnan(drawdown_interval(Path.of(settled.head(1), 100_000_000), seed=5)).all()
    lost = settled.with_columns(pl.lit(-100_000_000).alias("profit_minor"))
    assert np.isnan(drawdown_interval(Path.of(lost, 100_000_000), seed=5)).all()
