"""What processes share: one probe, one pace, one quota; and a file that survives restarts and its own ruin."""

from __future__ import annotations

import logging
import multiprocessing
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from multiprocessing.pool import Pool
from pathlib import Path

import pytest

from core.errors import TransientError
from sources.base import Request
from sources.terms import Quota
from sources.transport import breaker, charges, permits, rate
from sources.transport.judging import NO_ANSWER
from sources.transport.permits import Moment, Permit
from sources.transport.state import State
from tests.unit.sources.transport.loopback import request, terms

NOW = Moment(datetime(2026, 11, 21, 12, tzinfo=UTC), 1_800_000_000.0)
LATER = Moment(NOW.at, NOW.seconds + breaker.OPEN_SECONDS)
QUOTA = Quota(10, "day", 0.2)


def start(state: State, _: int) -> float:
    return state.change(lambda db: rate.reserve(db, "v", 2.0, NOW.seconds))


def spend(state: State, _: int) -> bool:
    return state.change(lambda db: charges.reserve(db, "v", QUOTA, 1, False, NOW.at)) is not None


def probe(state: State, _: int) -> bool:
    return isinstance(permits.ask(state, request(), terms(), LATER), Permit)


def by_two_processes(work: Callable[[State, int], object], state: State, times: int) -> list[object]:
    """Workers are told to end, not killed: where this process ignores SIGTERM, so do they, and would stay for ever."""
    pool: Pool = multiprocessing.get_context("spawn").Pool(2)
    try:
        return pool.map(partial(work, state), range(times), chunksize=1)
    finally:
        pool.close()
        pool.join()


def test_two_processes_never_take_the_same_slot(state: State) -> None:
    starts = by_two_processes(start, state, 20)
    assert sorted(starts) == [NOW.seconds + 2.0 * number for number in range(20)]  # type: ignore[type-var]


def test_two_processes_spend_a_quota_once(state: State) -> None:
    assert sum(by_two_processes(spend, state, 20)) == 8  # type: ignore[arg-type]
    assert not spend(State(state.path), 0)


def test_two_processes_send_one_probe(state: State) -> None:
    open_circuit(state)
    assert sum(by_two_processes(probe, state, 10)) == 1  # type: ignore[arg-type]


def open_circuit(state: State) -> None:
    for _ in range(breaker.FAILURES):
        state.change(lambda db: breaker.record(db, "vendor", True, False, NOW.seconds))


def test_the_claim_of_a_dead_prober_expires(state: State) -> None:
    open_circuit(state)
    assert probe(state, 0)
    assert not probe(state, 0)
    after = Moment(NOW.at, LATER.seconds + breaker.CLAIM_SECONDS)
    assert isinstance(permits.ask(state, request(), terms(), after), Permit)


def test_a_probe_that_fails_opens_the_circuit_for_another_minute(state: State) -> None:
    open_circuit(state)
    permit = permits.ask(state, request(), terms(), LATER)
    assert isinstance(permit, Permit)
    assert not permits.settle(state, permit, terms(), NO_ANSWER, None, {}, LATER)
    assert permits.ask(state, request(), terms(), LATER) == "breaker_open"


def test_a_probe_that_the_quota_refuses_is_left_to_another(state: State) -> None:
    open_circuit(state)
    known = terms(quota=QUOTA)
    dear: Request = request(cost=99)
    assert permits.ask(state, dear, known, LATER) == "quota_refused"
    assert isinstance(permits.ask(state, request(), known, LATER), Permit)


@pytest.mark.parametrize("ruin", [b"", b"this was never a database" * 99, b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_broken_file_is_set_aside_and_said_so(state: State, ruin: bytes, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    for number in (1, 2):
        start(state, 0)
        for part in state.path.parent.glob("state.sqlite-*"):
            part.unlink()
        state.path.write_bytes(ruin)
        assert start(state, 0) == NOW.seconds
        assert state.path.with_name(f"state.sqlite.broken-{number}").read_bytes() == ruin
    assert caplog.text.count("was broken: it is kept as state.sqlite.broken-") == 2


def test_a_file_whose_pages_are_ruined_in_the_middle_is_set_aside(state: State) -> None:
    for number in range(200):
        state.change(partial(_pause, vendor=f"v{number}" * 20))
    with sqlite3.connect(state.path) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    size = state.path.stat().st_size
    with state.path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (size - 4096))
    assert start(state, 0) == NOW.seconds
    assert state.path.with_name("state.sqlite.broken-1").exists()


def _pause(db: sqlite3.Connection, vendor: str) -> None:
    rate.pause(db, vendor, NOW.seconds + 9, NOW.seconds)


def test_a_change_that_fails_leaves_nothing_behind(state: State) -> None:
    def work(db: sqlite3.Connection) -> None:
        rate.reserve(db, "v", 2.0, NOW.seconds)
        raise KeyError

    with pytest.raises(KeyError):
        state.change(work)
    assert start(state, 0) == NOW.seconds


def test_a_state_that_cannot_be_written_is_a_named_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(TransientError, match="cannot be used"):
        start(State(tmp_path / "file" / "state.sqlite"), 0)
    with pytest.raises(TransientError, match="cannot be used"):
        start(State(tmp_path), 0)
