"""One listener: connections that break, batches that close, a writer that is slow or fails. All values are invented."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from core.clock import FixedClock
from core.errors import ContractBroken, VendorRefused, VendorUnavailable
from sources.base import Request
from sources.known import Known
from sources.live.batches import Batch, Bounds
from sources.live.feed import Taken
from sources.live.figures import Figures
from sources.live.listener import Listener
from sources.transport.credentials import Signature

NOW = datetime(2024, 3, 1, 10, tzinfo=UTC)
QUICK = Bounds(seconds=0.02, silence_seconds=0.1, first_wait_seconds=0.01, longest_wait_seconds=0.02)


@dataclass
class PlainFeed:
    """Each message is a line and a price; it remembers the last one as where to go on."""

    request: Request = field(default_factory=lambda: Request("betfair", "stream", "https://vendor.test/#s"))
    last: str = ""
    batches: int = 0

    def subscription(self, known: Known, signature: Signature, now: datetime) -> tuple[str, ...]:
        return (f"after {self.last}",)

    def resumption(self) -> Mapping[str, str]:
        return {}

    def begin_batch(self) -> None:
        self.batches += 1

    def take(self, message: bytes, received_at: datetime) -> Taken:
        if message == b"refused":
            raise VendorRefused("The vendor does not want us.")
        self.last = message.decode()
        return Taken((message,), 1)


@dataclass
class PlayedWire:
    """Each connection plays its messages and then hangs up, or is silent for ever after `None`."""

    plays: list[list[bytes | None]]
    greetings: list[str] = field(default_factory=list)
    taken: int = 0

    @asynccontextmanager
    async def open(
        self, headers: Mapping[str, str], resumption: Mapping[str, str], greeting: Sequence[str]
    ) -> AsyncIterator[PlayedWire]:
        self.greetings += greeting
        if not self.plays:
            raise VendorUnavailable("Nobody is there.")
        self.now = iter(self.plays.pop(0))
        yield self

    async def receive(self) -> bytes:
        await asyncio.sleep(0)
        message = next(self.now, b"hung up")
        if message == b"hung up":
            raise VendorUnavailable("The vendor hung up.")
        if message is None:
            await asyncio.Event().wait()
        self.taken += 1
        return message or b""


class Kept:
    """A sink that keeps batches, waits for `may_write`, and fails where it is told to."""

    def __init__(self, fails: bool = False) -> None:
        self.batches: list[Batch] = []
        self.may_write = threading.Event()
        self.may_write.set()
        self.fails = fails

    def known(self) -> Known:
        return Known("football")

    def write(self, batches: Sequence[Batch]) -> None:
        assert self.may_write.wait(5)
        if self.fails:
            raise ContractBroken("The lake does not take it.")
        self.batches += batches

    @property
    def lines(self) -> list[bytes]:
        return [line for batch in self.batches for line in batch.lines]


def run(
    wire: PlayedWire, sink: Kept, until: Callable[[Figures], bool], bounds: Bounds = QUICK,
    then: Callable[[], None] = list,
) -> Figures:  # fmt: skip
    """Listen until a condition holds, then stop."""
    figures = Figures()

    async def play() -> None:
        stop = asyncio.Event()
        listener = Listener(PlainFeed(), wire, sink, Signature(), FixedClock(NOW), figures, bounds, jitter=lambda: 0.5)
        task = asyncio.create_task(listener.run(stop))
        async with asyncio.timeout(5):
            while not task.done() and not until(figures):
                await asyncio.sleep(0.005)
        then()
        stop.set()
        await asyncio.wait_for(task, 5)

    asyncio.run(play())
    return figures


def numbers(first: int, last: int) -> list[bytes | None]:
    return [f"{number}".encode() for number in range(first, last)]


def test_after_a_break_it_goes_on_from_the_last_message_and_nothing_is_lost() -> None:
    wire, sink = PlayedWire([numbers(0, 5), [], [*numbers(5, 9), None]]), Kept()
    figures = run(wire, sink, lambda told: told.messages == 9)
    assert sink.lines == numbers(0, 9)
    assert wire.greetings == ["after ", "after 4", "after 4"]
    assert (figures.connections, figures.faults, figures.prices) == (3, 2, 9)


def test_silence_counts_as_a_dead_connection() -> None:
    wire, sink = PlayedWire([[b"1", None], [b"2", None]]), Kept()
    assert run(wire, sink, lambda told: told.messages == 2).faults == 1


def test_a_connection_is_renewed_in_time_without_a_fault() -> None:
    wire, sink = PlayedWire([[*numbers(0, 9000)], [b"anew", None]]), Kept()
    bounds = Bounds(seconds=0.02, silence_seconds=5, renew_seconds=0.05)
    figures = run(wire, sink, lambda told: told.connections == 2 and told.messages > 0, bounds)
    assert figures.faults == 0
    assert wire.greetings[1].startswith("after ")
    assert len(wire.greetings[1]) > len("after ")


def test_a_sign_of_life_is_no_message() -> None:
    wire, sink = PlayedWire([[b"", b"1", b"", None]]), Kept()
    run(wire, sink, lambda told: told.messages == 1)
    assert sink.lines == [b"1"]


def test_stopping_writes_what_is_open() -> None:
    wire, sink = PlayedWire([[*numbers(0, 7), None]]), Kept()
    run(wire, sink, lambda told: told.messages == 7, Bounds(seconds=60))
    assert sink.lines == numbers(0, 7)


def test_a_batch_closes_when_it_is_full() -> None:
    wire, sink = PlayedWire([[*numbers(0, 10), None]]), Kept()
    run(wire, sink, lambda told: told.messages == 10, Bounds(seconds=60, messages=4))
    assert [len(batch.received) for batch in sink.batches] == [4, 4, 2]
    run(PlayedWire([[b"x" * 30, b"y", None]]), sink, lambda told: told.messages == 2, Bounds(seconds=60, bytes=20))
    assert [batch.size_bytes for batch in sink.batches[-2:]] == [31, 2]


def test_where_the_writer_is_slow_it_stops_reading_and_loses_nothing() -> None:
    wire, sink = PlayedWire([[*numbers(0, 1000), None]]), Kept()
    sink.may_write.clear()
    bounds = Bounds(seconds=0.02, messages=10, waiting_batches=3)
    figures = run(wire, sink, lambda told: told.waits > 0, bounds, sink.may_write.set)
    assert wire.taken <= 10 * (3 + 4)
    assert sink.lines == numbers(0, figures.messages)


def test_messages_of_one_instant_are_told_apart() -> None:
    wire, sink = PlayedWire([[*numbers(0, 50), None]]), Kept()
    run(wire, sink, lambda told: told.messages == 50)
    received = [at for batch in sink.batches for at in batch.received]
    assert received == sorted(set(received))


def test_a_vendor_that_refuses_ends_it_and_what_came_before_is_written() -> None:
    wire, sink = PlayedWire([[*numbers(0, 3), b"refused"]]), Kept()
    with pytest.raises(VendorRefused):
        run(wire, sink, lambda told: False)
    assert sink.lines == numbers(0, 3)


def test_a_writer_that_fails_ends_it() -> None:
    with pytest.raises(ContractBroken):
        run(PlayedWire([[*numbers(0, 3), None]]), Kept(fails=True), lambda told: False)
    with pytest.raises(ContractBroken):
        run(PlayedWire([[b"1", None]]), Kept(fails=True), lambda told: told.messages == 1, Bounds(seconds=60))


def test_waits_between_connections_grow_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    sleep, ours = asyncio.sleep, threading.get_ident()

    async def noted(seconds: float) -> None:
        if seconds > 0.005 and threading.get_ident() == ours:  # other tests' servers sleep in threads of their own
            waits.append(seconds)
        await sleep(min(seconds, 0.001))

    monkeypatch.setattr(asyncio, "sleep", noted)
    bounds = Bounds(seconds=0.001, first_wait_seconds=0.5, longest_wait_seconds=3.0)
    run(PlayedWire([]), Kept(), lambda told: told.faults == 5, bounds)
    assert waits[:4] == [0.75, 1.5, 2.25, 2.25]
