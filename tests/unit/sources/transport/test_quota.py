"""A quota is planned by the day, its reserve is for closing prices, and the vendor's own count is believed."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.terms import Quota
from sources.transport import charges
from sources.transport.quota import Spent, can_afford, reported_use, routine_left
from sources.transport.standing import standing
from sources.transport.state import State
from tests.unit.sources.transport.conftest import Made
from tests.unit.sources.transport.loopback import Hands, Vendor, answers, request, says, terms

MONTH = Quota(500, "month", 0.4, "x-requests-remaining", "x-requests-used")
DAY = Quota(100, "day", 0.25, "x-ratelimit-requests-remaining")
UNTOLD = Quota(10, "day")
FIRST = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "spent", "left"),
    [
        (1, Spent(), 10),
        (1, Spent(4, 0, 4), 6),
        (1, Spent(10, 0, 10), 0),
        (2, Spent(10, 0, 0), 10),
        (16, Spent(0, 0, 0), 20),
        (30, Spent(120, 0, 0), 180),
        (30, Spent(300, 0, 0), 0),
        (30, Spent(320, 20, 0), 0),
        (1, Spent(20, 20, 0), 10),
        (1, Spent(450, 0, 0), 0),
    ],
)
def test_a_months_quota_is_shared_by_the_days_that_are_left(day: int, spent: Spent, left: int) -> None:
    assert routine_left(MONTH, spent, FIRST.replace(day=day)) == left


def test_a_days_quota_may_be_spent_at_once_but_for_the_reserve() -> None:
    assert routine_left(DAY, Spent(70, 0, 70), FIRST) == 5
    assert not can_afford(DAY, Spent(75, 0, 75), 1, False, FIRST)
    assert can_afford(DAY, Spent(75, 0, 75), 25, True, FIRST)
    assert not can_afford(DAY, Spent(75, 0, 75), 26, True, FIRST)
    assert can_afford(DAY, Spent(100, 0, 75), 0, False, FIRST)


STEP = st.tuples(
    st.integers(0, 20), st.booleans(), st.integers(0, 60), st.sampled_from(["ok", "free", "dead", "unsent"])
)


@settings(max_examples=40, deadline=None)
@given(st.lists(STEP, max_size=40), st.sampled_from([MONTH, DAY, UNTOLD]), st.integers(0, 5))
def test_routine_requests_never_spend_the_reserve(
    steps: list[tuple[int, bool, int, str]], quota: Quota, foreign: int
) -> None:
    """The vendor counts beside us, now and then more than we sent; what we grant is held to what is known."""
    with TemporaryDirectory() as folder:
        state = State(Path(folder) / "state.sqlite")
        now = FIRST
        truth: dict[str, int] = {}
        routine: dict[str, int] = {}
        for cost, is_closing, hours, fate in steps:
            now += timedelta(hours=hours)
            period = now.strftime("%Y-%m" if quota.period == "month" else "%Y-%m-%d")
            charge = state.change(lambda db: charges.reserve(db, "v", quota, cost, is_closing, now))  # noqa: B023
            if charge is None:
                continue
            sent = cost if fate != "unsent" else 0
            truth[period] = truth.get(period, 0) + sent
            routine[period] = routine.get(period, 0) + (0 if is_closing else sent)
            if fate == "dead":
                continue
            reported = min(quota.allowance, truth[period] + foreign) if fate == "free" else None
            state.change(lambda db: charges.settle(db, charge, fate != "unsent", reported))  # noqa: B023
        reserve = quota.allowance * quota.closing_share
        assert all(used <= quota.allowance for used in truth.values())
        assert all(used <= quota.allowance - reserve for used in routine.values())


def used(state: State, quota: Quota, now: datetime = FIRST) -> int:
    return state.change(lambda db: charges.spent(db, "v", quota, now)).used


def charge(state: State, quota: Quota = MONTH, cost: int = 1, now: datetime = FIRST) -> int:
    made = state.change(lambda db: charges.reserve(db, "v", quota, cost, True, now))
    assert made is not None
    return made


def settle(state: State, number: int, reported: int | None = None, is_charged: bool = True) -> None:
    state.change(lambda db: charges.settle(db, number, is_charged, reported))


def test_what_was_reserved_counts_before_it_is_settled_and_after_a_crash(state: State) -> None:
    charge(state, cost=30)
    assert used(State(state.path), MONTH) == 30


def test_what_the_vendor_does_not_charge_is_taken_back(state: State) -> None:
    settle(state, charge(state, cost=30), is_charged=False)
    assert used(state, MONTH) == 0


def test_the_vendors_count_wins_upward_and_requests_under_way_come_on_top(state: State) -> None:
    settle(state, charge(state), reported=100)
    assert used(state, MONTH) == 100
    charge(state, cost=5)
    assert used(state, MONTH) == 105


def test_our_count_wins_over_a_vendor_that_counts_less(state: State) -> None:
    settle(state, charge(state, cost=10), reported=10)
    settle(state, charge(state, cost=10), reported=15)
    assert used(state, MONTH) == 20


def test_a_vendor_whose_period_began_anew_is_believed(state: State) -> None:
    settle(state, charge(state), reported=480)
    settle(state, charge(state), reported=1)
    assert used(state, MONTH) == 1
    charge(state)
    assert used(state, MONTH) == 2


def test_an_older_answer_that_comes_late_is_no_new_period(state: State) -> None:
    early, late = charge(state), charge(state)
    settle(state, late, reported=400)
    settle(state, early, reported=1)
    assert used(state, MONTH) == 401


def test_a_new_period_begins_with_nothing_spent(state: State) -> None:
    settle(state, charge(state), reported=500)
    assert used(state, MONTH, FIRST + timedelta(days=30)) == 0


@pytest.mark.parametrize(
    ("headers", "count"),
    [
        ({"x-requests-used": "12", "x-requests-remaining": "488"}, 12),
        ({"x-requests-used": "12", "x-requests-remaining": "400"}, 100),
        ({"x-requests-remaining": "19000"}, 0),
        ({"x-requests-remaining": "-3"}, 503),
        ({"x-requests-remaining": "many"}, None),
        ({"x-requests-used": "inf"}, None),
        ({}, None),
    ],
)
def test_the_vendors_headers_are_read_or_left(headers: dict[str, str], count: int | None) -> None:
    assert reported_use(MONTH, headers) == count


def test_what_cannot_be_afforded_is_a_row_and_is_not_sent(vendor: Vendor, live: Made) -> None:
    vendor.plays = [says("{}", X_Requests_Used="30", X_Requests_Remaining="470")]
    captures = list(live(quota=MONTH).fetch([request(cost=10), request(cost=20), request(cost=1, is_closing=True)]))
    assert [capture.outcome for capture in captures] == ["ok", "quota_refused", "ok"]
    assert len(vendor.paths) == 2


def test_a_vendor_that_says_the_quota_is_spent_is_not_asked_again(vendor: Vendor, live: Made) -> None:
    vendor.plays = [says(json.dumps({"errors": {"requests": "limit"}}))]
    quota_is_spent = lambda endpoint, body: "quota_refused" if b"limit" in body else None  # noqa: E731
    transport = live(quota=DAY, verdict=quota_is_spent)
    captures = list(transport.fetch([request(), request(), request(is_closing=True)]))
    assert [capture.outcome for capture in captures] == ["quota_refused"] * 3
    assert len(vendor.paths) == 1


def test_errors_cost_what_the_vendor_counts_or_else_what_was_sent(vendor: Vendor, live: Made, state: State) -> None:
    vendor.plays = [answers(404)]
    list(live(vendor="counts", quota=MONTH).fetch([request(cost=5)]))
    list(live(vendor="is_silent", quota=UNTOLD).fetch([request(cost=5)]))
    known = {"a": terms(vendor="counts", quota=MONTH), "b": terms(vendor="is_silent", quota=UNTOLD)}
    found = standing(state, known, Hands().now())
    assert [entry.quota.used for entry in found if entry.quota] == [0, 5]


def test_people_are_told_how_we_stand(vendor: Vendor, live: Made, state: State, hands: Hands) -> None:
    vendor.plays = [answers(503, Retry_After="600", X_Requests_Remaining="380")]
    list(live(quota=MONTH).fetch([request(cost=4)]))
    (found,) = standing(state, {"vendor": terms(quota=MONTH)}, hands.now())
    assert (found.vendor, found.circuit, found.failures) == ("vendor", "closed", 1)
    assert found.paused_until_utc == hands.now() + timedelta(seconds=600)
    assert found.quota is not None
    assert (found.quota.period, found.quota.used, found.quota.left) == ("2026-11", 120, 380)
    assert (found.quota.reserve_left, found.quota.routine_left) == (200, 18)
