"""The listener: it keeps one connection alive, sorts messages into batches, and never waits for the lake to read on.

Three tasks in one thread: reading, closing batches in time, handing them to a writer that works in another thread.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Protocol

from core.clock import Clock
from core.errors import FairlineError, PermanentError, VendorUnavailable
from core.http import LATER
from sources.known import Known
from sources.live.batches import Batch, Bounds
from sources.live.feed import Feed
from sources.live.figures import Figures
from sources.live.wires import Messages, Wire
from sources.transport.credentials import Signature

_log = logging.getLogger(__name__)
_TICK = timedelta(microseconds=1)


class Sink(Protocol):
    """Where batches go; `write` may take its time, and is called by one thread at a time."""

    def write(self, batches: Sequence[Batch]) -> None:
        """Keep these batches for good."""
        ...

    def known(self) -> Known:
        """What silver says now: which markets are wanted."""
        ...


class Listener:
    """Listens to one feed until it is told to stop."""

    def __init__(
        self,
        feed: Feed,
        wire: Wire,
        sink: Sink,
        signature: Signature,
        clock: Clock,
        figures: Figures,
        bounds: Bounds | None = None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._feed, self._wire, self._sink, self._signature = feed, wire, sink, signature
        self._clock, self._figures, self._jitter = clock, figures, jitter
        self._bounds = bounds or Bounds()
        self._open = Batch()
        self._last = clock.now()
        self._waiting: asyncio.Queue[Batch | None] = asyncio.Queue()
        self._room = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Listen until `stop` is set, then write what is open.

        Raises VendorRefused where the vendor does not want us, and whatever the writer raised.
        """
        writing = asyncio.create_task(self._write_all())
        reading, closing = asyncio.create_task(self._read_all()), asyncio.create_task(self._close_in_time())
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({writing, reading, closing, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await _cancelled(reading, closing, stopping)
            await self._finish(writing)
        for task in (writing, reading, closing):
            if not task.cancelled():
                task.result()

    async def _finish(self, writing: asyncio.Task[None]) -> None:
        """Write what is open; where the writer has failed, its error ends the waiting."""
        last = asyncio.create_task(self._hand_over_last())
        await asyncio.wait({writing, last}, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.wait({writing}) if last.done() else await _cancelled(last)

    async def _hand_over_last(self) -> None:
        await self._hand_over()
        self._waiting.put_nowait(None)

    async def _read_all(self) -> None:
        """Connect, and again when the connection is gone: after a wait that doubles, spread by chance."""
        failures = 0
        while True:
            before = self._figures.messages
            try:
                await self._read_one()
                continue
            except PermanentError:
                raise
            except FairlineError as error:
                _log.warning("%s", error)
            self._figures.faults += 1
            failures = 0 if self._figures.messages > before else failures + 1
            longest = min(self._bounds.longest_wait_seconds, self._bounds.first_wait_seconds * 2.0 ** min(failures, 20))
            await asyncio.sleep(longest * (0.5 + self._jitter() / 2))

    async def _read_one(self) -> None:
        """One connection, until it is gone or is to be renewed."""
        known = await asyncio.to_thread(self._sink.known)
        greeting = self._feed.subscription(known, self._signature, self._clock.now())
        renewed_at = asyncio.get_running_loop().time() + self._bounds.renew_seconds
        async with self._wire.open(self._signature.headers, self._feed.resumption(), greeting) as messages:
            self._figures.connections += 1
            while asyncio.get_running_loop().time() < renewed_at:
                await self._take(await self._next(messages))

    async def _next(self, messages: Messages) -> bytes:
        try:
            async with asyncio.timeout(self._bounds.silence_seconds):
                return await messages.receive()
        except TimeoutError:
            said = f"{self._feed.request.url} was silent for {self._bounds.silence_seconds:g} s."
            raise VendorUnavailable(said, LATER) from None

    async def _take(self, message: bytes) -> None:
        if not message:
            return
        self._last = max(self._clock.now(), self._last + _TICK)
        taken = self._feed.take(message, self._last)
        self._open.add(taken, self._last)
        self._figures.received(taken.prices)
        if self._open.is_full(self._bounds):
            await self._hand_over()

    async def _close_in_time(self) -> None:
        while True:
            await asyncio.sleep(self._bounds.seconds)
            await self._hand_over()

    async def _hand_over(self) -> None:
        """Close the open batch and queue it; where too many wait already, whoever fills batches waits too."""
        if not self._open.received:
            return
        batch, self._open = self._open, Batch()
        self._feed.begin_batch()
        self._waiting.put_nowait(batch)
        if self._waiting.qsize() >= self._bounds.waiting_batches:
            self._figures.waits += 1
            self._room.clear()
            await self._room.wait()

    async def _write_all(self) -> None:
        """Write what waits, all of it at once: the further behind, the fewer commits."""
        is_open = True
        while is_open:
            batches = [await self._waiting.get()]
            while not self._waiting.empty():
                batches.append(self._waiting.get_nowait())
            self._room.set()
            is_open = None not in batches
            whole = [batch for batch in batches if batch is not None]
            if whole:
                await asyncio.to_thread(self._sink.write, whole)


async def _cancelled(*tasks: asyncio.Task[object]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
