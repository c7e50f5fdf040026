"""Limits in force: tighter at once, looser after the delay, whatever a bettor asks for and in which order."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import reduce
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lake.conform import require
from lake.contracts.model import contract
from optimizer.policy import Limits, in_force, stops
from optimizer.policy.in_force import tighter
from tests.unit.optimizer.policy.bettors import after, policy

EMPTY = contract("gold.desk.limit_changes").empty()
Asked = tuple[float, dict[str, Any]]


def asked(*requests: Asked) -> pl.DataFrame:
    """The rows of gold limit_changes after these requests, each (hours after the first moment, limits)."""
    rows = EMPTY
    for hours, limits in requests:
        _, new = in_force(rows, policy(limits), after(hours))
        rows = pl.concat([rows, new])
    return rows


def counted(requests: list[Asked], limit: str, hours: float) -> Any:
    """The value of a limit in force when the last request is repeated at that hour."""
    limits, _ = in_force(asked(*requests), policy(requests[-1][1]), after(hours))
    return getattr(limits, limit)


def test_the_first_policy_counts_at_once_and_is_written_down_limit_by_limit() -> None:
    limits, rows = in_force(EMPTY, policy({"stake_day": 50.0}), after(0))
    assert limits == policy({"stake_day": 50.0}).limits
    assert len(require(rows, contract("gold.desk.limit_changes"))) == len(Limits.model_fields)
    assert rows["old_value"].null_count() == len(rows)


def test_the_same_policy_asked_again_adds_no_row() -> None:
    rows = asked((0, {"stake_day": 50.0}))
    again = in_force(rows, policy({"stake_day": 50.0}), after(5))[1]
    assert again.is_empty()
    assert again.schema == EMPTY.schema


def test_a_tighter_limit_counts_at_once() -> None:
    assert counted([(0, {"stake_day": 50.0}), (1, {"stake_day": 20.0})], "stake_day", 1) == 20
    assert counted([(0, {}), (1, {"stake_day": 20.0})], "stake_day", 1) == 20
    assert counted([(0, {}), (1, {"minimum_edge": 0.05})], "minimum_edge", 1) == 0.05


@pytest.mark.parametrize(("hours", "value"), [(1, 50), (24.9, 50), (25, 80), (100, 80)])
def test_a_looser_limit_counts_a_day_after_it_was_first_asked_for(hours: float, value: float) -> None:
    requests: list[Asked] = [(0, {"stake_day": 50.0}), (1, {"stake_day": 80.0})]
    assert counted(requests, "stake_day", hours) == value


def test_a_limit_given_up_still_stands_for_the_delay() -> None:
    assert counted([(0, {"loss_week": 50.0}), (1, {})], "loss_week", 24) == 50
    assert counted([(0, {"loss_week": 50.0}), (1, {})], "loss_week", 25) is None


def test_a_request_withdrawn_while_it_waits_leaves_nothing_and_asking_again_waits_anew() -> None:
    withdrawn: list[Asked] = [(0, {"stake_day": 50.0}), (1, {"stake_day": 80.0}), (12, {"stake_day": 50.0})]
    assert counted(withdrawn, "stake_day", 30) == 50
    anew: list[Asked] = [*withdrawn, (13, {"stake_day": 80.0})]
    assert counted(anew, "stake_day", 36.9) == 50
    assert counted(anew, "stake_day", 37) == 80


def test_a_shorter_delay_waits_for_the_longer_one_it_replaces() -> None:
    requests: list[Asked] = [
        (0, {"stake_day": 50.0, "loosen_after_hours": 100.0}), (1, {"stake_day": 80.0, "loosen_after_hours": 24.0}),
    ]  # fmt: skip
    assert counted(requests, "stake_day", 100.9) == 50
    assert counted(requests, "loosen_after_hours", 100.9) == 100
    assert counted(requests, "stake_day", 101) == 80


def test_a_longer_delay_asked_together_with_a_looser_limit_counts_for_it() -> None:
    requests: list[Asked] = [(0, {"stake_day": 50.0}), (1, {"stake_day": 80.0, "loosen_after_hours": 100.0})]
    assert counted(requests, "stake_day", 100.9) == 50


@pytest.mark.parametrize("limit", ["self_excluded_until_utc", "cool_off_until_utc"])
def test_a_stop_is_made_longer_at_once_and_never_shorter(limit: str) -> None:
    longer: list[Asked] = [(0, {limit: after(500)}), (1, {limit: after(900)})]
    assert counted(longer, limit, 1) == after(900)
    for shorter in (None, after(20), after(600)):
        assert counted([*longer, (2, {limit: shorter})], limit, 899) == after(900)


def test_tiers_of_which_some_are_tighter_and_some_looser_both_count_until_the_delay_is_over() -> None:
    old, new = ((0.1, 0.5), (0.3, 0.2)), ((0.2, 0.1),)
    requests: list[Asked] = [(0, {"drawdown_tiers": old}), (1, {"drawdown_tiers": new})]
    assert counted(requests, "drawdown_tiers", 2) == ((0.1, 0.5), (0.2, 0.1))
    assert counted(requests, "drawdown_tiers", 25) == new


def test_what_other_bettors_ask_for_and_what_is_asked_for_later_changes_nothing() -> None:
    rows = asked((0, {"stake_day": 50.0}), (10, {"stake_day": 5.0}))
    assert in_force(rows, policy({"stake_day": 50.0}), after(9))[0].stake_day == 50
    other, added = in_force(rows, policy({"stake_day": 90.0}, bettor_id="other"), after(11))
    assert other.stake_day == 90
    assert added["sequence"].to_list() == list(range(len(Limits.model_fields)))


def test_a_stop_binds_every_policy_of_the_lake_until_it_runs_out() -> None:
    rows = asked((0, {"self_excluded_until_utc": after(90)}), (1, {"self_excluded_until_utc": after(50)}))
    renamed = policy(bettor_id="other")
    assert in_force(rows, renamed, after(89))[0].self_excluded_until_utc == after(90)
    assert in_force(rows, renamed, after(90))[0].self_excluded_until_utc is None
    assert stops(rows, after(89)) == {"self_excluded_until_utc": after(90)}
    assert stops(rows, after(-1)) == {}


CEILING = st.sampled_from([None, 10.0, 20.0, 30.0, 40.0])
TIERS = st.sampled_from([(), ((0.1, 0.5),), ((0.2, 0.1),), ((0.1, 0.9), (0.3, 0.0)), ((0.05, 0.8), (0.2, 0.3))])
REQUEST = st.fixed_dictionaries({
    "stake_day": CEILING, "minimum_edge": st.sampled_from([0.0, 0.01, 0.1]), "drawdown_tiers": TIERS,
    "loosen_after_hours": st.sampled_from([24.0, 48.0, 96.0]),
    "self_excluded_until_utc": st.sampled_from([None, after(30), after(60), after(200)]),
})  # fmt: skip


def allowed(history: list[tuple[datetime, dict[str, Any]]], limit: str, at: datetime) -> Any:
    """The slow oracle: the tightest of all values asked for at any moment of the delay that ends at `at`.

    A value given up stands for the delay that was in force when it was given up.
    """
    standing = [history[-1][1][limit]]
    for number, (given_up, asked_then) in enumerate(history[1:], 1):
        before = history[:number]
        hours = max(allowed(before, "loosen_after_hours", given_up), asked_then["loosen_after_hours"])
        if at < given_up + timedelta(hours=hours):
            standing.append(before[-1][1][limit])
    return reduce(lambda one, other: tighter(limit, one, other), standing)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 60), REQUEST), min_size=1, max_size=6))
def test_whatever_is_asked_for_no_limit_is_looser_than_the_delay_allows(
    steps: list[tuple[int, dict[str, Any]]],
) -> None:
    rows, hours, history, longest = EMPTY, 0, [], after(0)
    for gap, limits in steps:
        hours += gap
        history.append((after(hours), limits))
        found, new = in_force(rows, policy(limits), after(hours))
        rows = pl.concat([rows, new])
        for name in ("stake_day", "minimum_edge", "drawdown_tiers", "loosen_after_hours"):
            assert getattr(found, name) == allowed(history, name, after(hours)), name
        longest = max(longest, limits["self_excluded_until_utc"] or longest)
        assert (found.self_excluded_until_utc or after(0)) >= longest or longest <= after(hours)
    assert rows["change_id"].is_unique().all()
    assert rows["sequence"].to_list() == list(range(len(rows)))
