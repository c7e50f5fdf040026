"""Performance under any history: nothing is lost between its parts, and no number leaves its range."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.market.sports import SPORTS
from core.resampling import block_ratio_interval
from optimizer.performance.attribution import attribution, totals
from optimizer.performance.closing import closing_line_value
from optimizer.performance.drawdown import Path, longest_losing_run
from optimizer.performance.power import Signal
from tests.unit.optimizer.performance.history import (
    LATER,
    handicap_prices,
    leg,
    legs,
    match_close,
    match_prices,
    total_prices,
)
from tests.unit.optimizer.policies import UTC_TIME

PROFITS = st.lists(st.integers(-900, 2000), max_size=30)
SHARES = st.floats(-0.9, 3.0)


def settlements(profits: list[int], opening: int = 100_000) -> Path:
    """An invented bankroll with one settlement an hour."""
    times = [LATER + timedelta(hours=hour) for hour in range(len(profits))]
    schema = {"known_at_utc": UTC_TIME, "profit_minor": pl.Int64}
    return Path.of(pl.DataFrame({"known_at_utc": times, "profit_minor": profits}, schema=schema), opening)


@given(
    st.lists(
        st.tuples(st.integers(1, 10**7), st.integers(-(10**7), 10**8), SHARES, st.none() | SHARES),
        min_size=1,
        max_size=20,
    )
)
@settings(max_examples=100, deadline=None)
def test_edge_movement_and_luck_sum_to_the_profit(rows: list[tuple[int, int, float, float | None]]) -> None:
    names = [str(place) for place in range(len(rows))]
    stake, profit, edge, clv = map(list, zip(*rows, strict=True))
    parts = attribution(
        pl.DataFrame({"ticket_id": names, "edge": edge}),
        pl.DataFrame({"ticket_id": names, "outcome": "won", "stake_minor": stake, "profit_minor": profit}),
        pl.DataFrame({"ticket_id": names, "clv": clv}, schema_overrides={"clv": pl.Float64}),
    )
    off = parts.select(
        (pl.sum_horizontal("edge_minor", "movement_minor", "luck_minor") - pl.col("profit_minor")).abs()
        / pl.max_horizontal("stake_minor", pl.col("profit_minor").abs())
    )
    assert off.to_series().max() <= 1e-9  # type: ignore[operator]
    sums = totals(parts)
    split = sum(value for name, value in sums.items() if "_minor" in name and name != "profit_minor")
    assert split == pytest.approx(sum(profit), abs=1e-9 * (sum(stake) + sum(map(abs, profit))))


@given(PROFITS)
@settings(max_examples=100, deadline=None)
def test_the_largest_drawdown_is_the_clerks_who_compares_every_two_moments(profits: list[int]) -> None:
    bankroll = 100_000 + np.concatenate([[0], np.cumsum(profits)])
    falls = [1 - bankroll[j] / bankroll[i] for i in range(len(bankroll)) for j in range(i, len(bankroll))]
    assert settlements(profits).largest().share == pytest.approx(max(falls), abs=1e-12)


@given(PROFITS)
@settings(max_examples=100, deadline=None)
def test_the_losing_run_is_the_clerks_who_counts(profits: list[int]) -> None:
    longest = now = 0
    for profit in profits:
        now = now + 1 if profit < 0 else 0
        longest = max(longest, now)
    assert longest_losing_run(profits) == longest


@given(PROFITS)
@settings(max_examples=100, deadline=None)
def test_time_under_water_is_within_the_history_and_there_only_if_anything_fell(profits: list[int]) -> None:
    lived, end = settlements(profits), LATER + timedelta(hours=len(profits))
    under = lived.longest_under_water(end)
    assert timedelta(0) <= under <= timedelta(hours=len(profits))
    assert (under > timedelta(0)) == (lived.largest().share > 0)


@given(
    st.lists(st.tuples(st.integers(0, 5), st.floats(-1, 5), st.floats(0.1, 9)), min_size=1, max_size=40),
    st.integers(0, 9),
)
@settings(max_examples=60, deadline=None)
def test_an_interval_lies_between_the_worst_and_the_best_day(rows: list[tuple[int, float, float]], seed: int) -> None:
    days, yields, stakes = map(np.array, zip(*rows, strict=True))
    low, high = block_ratio_interval(yields * stakes, stakes, days, seed)
    if len(set(days)) < 2:
        assert np.isnan([low, high]).all()
        return
    daily = [(yields * stakes)[days == day].sum() / stakes[days == day].sum() for day in set(days)]
    assert min(daily) - 1e-9 <= low <= high <= max(daily) + 1e-9


@given(st.tuples(*[st.floats(1.02, 30)] * 3), st.floats(1.01, 50), st.sampled_from(["home", "draw", "away"]))
@settings(max_examples=60, deadline=None)
def test_a_price_beats_the_close_exactly_where_it_is_above_the_fair_closing_price(
    odds: tuple[float, float, float], price: float, selection: str
) -> None:
    rows = legs(leg(selection=selection, price_odds_dec=price))
    frames = (match_prices(match_close("pinnacle", *odds)), total_prices(), handicap_prices())
    row = closing_line_value(rows, dict(zip(SPORTS["football"].quoted, frames, strict=True)), LATER)
    clv, fair = row["clv"].item(), row["close_fair_odds_dec"].item()
    assert clv >= -1
    assert clv == pytest.approx(price / fair - 1)


@given(st.floats(1e-3, 0.5), st.floats(0.01, 5.0), st.floats(0.5, 0.99))
@settings(max_examples=100, deadline=None)
def test_the_bets_needed_have_the_power_asked_for(mean: float, spread: float, power: float) -> None:
    signal = Signal(mean, spread)
    bets = int(signal.bets_needed(power))
    assert signal.power(bets) >= power - 1e-9
    assert signal.power(bets - 1) < power + 1e-9
