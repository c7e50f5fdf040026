"""The world's clock stands, runs, and is set."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from sandbox import world
from sandbox.server.clock import SANDBOX_NOW, WorldClock


def test_a_clock_stands_still_unless_told_to_run() -> None:
    clock = WorldClock()
    first = clock.now()
    time.sleep(0.02)
    assert first == clock.now() == SANDBOX_NOW


def test_the_server_begins_at_the_present_of_the_world() -> None:
    assert SANDBOX_NOW == world.SANDBOX_NOW


def test_a_running_clock_gains_its_speed() -> None:
    clock = WorldClock(speed=3600.0)
    time.sleep(0.05)
    assert timedelta(minutes=3) <= clock.now() - SANDBOX_NOW < timedelta(minutes=60)


def test_a_change_of_speed_goes_on_from_the_present() -> None:
    clock = WorldClock(speed=3600.0)
    time.sleep(0.02)
    clock.set(speed=0.0)
    stopped = clock.now()
    assert stopped > SANDBOX_NOW
    assert clock.now() == stopped


@pytest.mark.parametrize("wrong", [{"at": datetime(2026, 1, 1)}, {"speed": -1.0}])
def test_a_clock_refuses_naive_instants_and_running_backwards(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"zone|speed"):
        WorldClock().set(**wrong)  # type: ignore[arg-type]


def test_the_clock_keeps_utc() -> None:
    clock = WorldClock(datetime.fromisoformat("2026-12-01T12:00:00+02:00"))
    assert clock.now() == datetime(2026, 12, 1, 10, tzinfo=UTC)
    assert clock.now().utcoffset() == timedelta(0)
