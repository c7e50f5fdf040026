"""Ways to a stream: a websocket, server-sent events, and lines over TLS; each gives messages, one after another.

A wire reads only when it is asked for the next message: what is not taken waits with the vendor.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from core.errors import VendorUnavailable
from core.http import LATER, Ask, Limits, stream
from core.lines import Lines, lines
from core.websockets import Channel, channel
from sources.live.events import EventReader


class Messages(Protocol):
    """An open connection."""

    async def receive(self) -> bytes:
        """The next message, empty for a mere sign of life; raises VendorUnavailable where the connection is gone."""
        ...


class Wire(Protocol):
    """How a stream is reached."""

    def open(
        self, headers: Mapping[str, str], resumption: Mapping[str, str], greeting: Sequence[str]
    ) -> AbstractAsyncContextManager[Messages]:
        """Connect, with credentials in `headers`, and say what is wanted, in the way that this wire can say it."""
        ...


async def _greet(connection: Channel | Lines, greeting: Sequence[str]) -> None:
    for message in greeting:
        await connection.send(message)


@dataclass(frozen=True)
class WebSocketWire:
    """A websocket: what is wanted is sent as the first messages. `url` names it, `target` is really reached."""

    url: str
    target: str
    reaches_private: bool = False

    @asynccontextmanager
    async def open(
        self, headers: Mapping[str, str], resumption: Mapping[str, str], greeting: Sequence[str]
    ) -> AsyncIterator[Channel]:
        """Connect and send the greeting."""
        async with channel(Ask(self.url, self.target, headers, None, self.reaches_private)) as connection:
            await _greet(connection, greeting)
            yield connection


@dataclass(frozen=True)
class LineWire:
    """Lines over TLS, which is what Betfair itself speaks: credentials are in the greeting only."""

    url: str
    target: str
    reaches_private: bool = False

    @asynccontextmanager
    async def open(
        self, headers: Mapping[str, str], resumption: Mapping[str, str], greeting: Sequence[str]
    ) -> AsyncIterator[Lines]:
        """Connect and send the greeting."""
        async with lines(Ask(self.url, self.target, reaches_private=self.reaches_private)) as connection:
            await _greet(connection, greeting)
            yield connection


@dataclass(frozen=True)
class EventWire:
    """Server-sent events: a long answer to one question, which goes on from the last event's id."""

    url: str
    target: str
    reaches_private: bool = False
    silence_seconds: float = 15.0

    @asynccontextmanager
    async def open(
        self, headers: Mapping[str, str], resumption: Mapping[str, str], greeting: Sequence[str]
    ) -> AsyncIterator[_Events]:
        """Ask; the answer's status is known when the first message is."""
        asked = {"Accept": "text/event-stream", "Accept-Encoding": "identity", "Cache-Control": "no-store"}
        limits = Limits(read_seconds=self.silence_seconds)
        ask = Ask(self.url, self.target, {**headers, **asked, **resumption}, None, self.reaches_private, limits)
        events = _Events(self.url, ask)
        try:
            yield events
        finally:
            events.close()


class _Events:
    def __init__(self, url: str, ask: Ask) -> None:
        self._url = url
        self._pieces = stream(ask)
        self._reader = EventReader()
        self._ready: deque[bytes] = deque()
        self._reading: asyncio.Task[bytes] | None = None

    async def receive(self) -> bytes:
        while not self._ready:
            self._reading = asyncio.create_task(asyncio.to_thread(next, self._pieces, b""))
            piece = await asyncio.shield(self._reading)
            if not piece:
                raise VendorUnavailable(f"{self._url} ended.", LATER)
            self._ready.extend(self._reader.read(piece))
        return self._ready.popleft()

    def close(self) -> None:
        """Let go of the answer; a read that is under way ends with the next piece, or by its own limit."""
        if self._reading is None or self._reading.done():
            self._pieces.close()
        else:
            self._reading.add_done_callback(lambda _: self._pieces.close())
