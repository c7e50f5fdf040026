"""The circuit's decisions, and the pace that a vendor's requests keep."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sources.transport import rate
from sources.transport.breaker import CLAIM_SECONDS, FAILURES, OPEN_SECONDS, Circuit
from sources.transport.state import State

NOW = 1_800_000_000.0
OPEN = Circuit(FAILURES, NOW)


def test_the_fifth_failure_in_a_row_opens_and_a_success_between_begins_anew() -> None:
    circuit = Circuit()
    for failed in (True, True, True, True, False, True, True, True, True):
        circuit = circuit.after(failed, False, NOW)
    assert circuit == Circuit(4)
    assert circuit.after(True, False, NOW) == OPEN


@pytest.mark.parametrize(("seconds", "state"), [(0, "open"), (59.9, "open"), (60, "half_open"), (-3600, "half_open")])
def test_an_open_circuit_is_half_open_after_a_minute_or_where_the_clock_was_set_back(
    seconds: float, state: str
) -> None:
    assert OPEN.state(NOW + seconds) == state
    assert OPEN.admits(NOW + seconds) == (state == "half_open")


def test_a_claimed_probe_admits_nobody_else_until_the_claim_expires() -> None:
    later = NOW + OPEN_SECONDS
    claimed = Circuit(FAILURES, NOW, later + CLAIM_SECONDS)
    assert not claimed.admits(later)
    assert claimed.admits(later + CLAIM_SECONDS)


def test_a_probe_closes_or_opens_anew_and_a_latecomer_changes_nothing() -> None:
    later = NOW + OPEN_SECONDS
    claimed = Circuit(FAILURES, NOW, later + CLAIM_SECONDS)
    assert claimed.after(False, True, later) == Circuit()
    assert claimed.after(True, True, later) == Circuit(FAILURES + 1, later)
    assert claimed.after(True, False, later) == claimed


def test_slots_are_a_spacing_apart_and_none_is_saved_up(state: State) -> None:
    def starts(now: float, count: int) -> list[float]:
        return [state.change(lambda db: rate.reserve(db, "v", 6.0, now)) - NOW for _ in range(count)]

    assert starts(NOW, 3) == [0, 6, 12]
    assert starts(NOW + 100, 2) == [100, 106]
    assert state.change(lambda db: rate.reserve(db, "other", 6.0, NOW)) == NOW


def test_a_pause_moves_the_next_slot_is_never_shortened_and_lasts_a_day_at_most(state: State) -> None:
    state.change(lambda db: rate.pause(db, "v", NOW + 30, NOW))
    state.change(lambda db: rate.pause(db, "v", NOW + 10, NOW))
    assert state.change(lambda db: rate.reserve(db, "v", 0.0, NOW)) == NOW + 30
    state.change(lambda db: rate.pause(db, "v", NOW + 1e9, NOW))
    assert state.change(lambda db: rate.paused_until(db, "v", NOW)) == NOW + 86_400


def test_what_a_clock_ahead_of_time_left_behind_is_not_waited_for(state: State) -> None:
    ahead = NOW + 365 * 86_400
    state.change(lambda db: rate.pause(db, "v", ahead + 60, ahead))
    state.change(lambda db: rate.reserve(db, "v", 6.0, ahead))
    assert state.change(lambda db: rate.reserve(db, "v", 6.0, NOW)) == NOW


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ({"retry-after": "120"}, 120),
        ({"retry-after": "Sat, 21 Nov 2026 12:01:00 GMT"}, 60),
        ({"retry-after": "Sat, 21 Nov 2026 12:01:00 GMT", "date": "Sat, 21 Nov 2026 12:00:50 GMT"}, 10),
        ({"retry-after": "Sat, 21 Nov 2026 11:00:00 GMT"}, 0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "9" * 400}, 999_999_999),
        ({}, None),
    ],
)
def test_a_pause_is_read_as_seconds_or_as_a_date_by_the_vendors_clock(
    said: dict[str, str], seconds: float | None
) -> None:
    assert rate.retry_after_seconds(said, datetime(2026, 11, 21, 12, tzinfo=UTC)) == seconds
