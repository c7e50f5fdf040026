"""The exchange's price stream over a websocket and over server-sent events, at a rate that the listener chooses.

`?rate=1000` is price changes a second, `?seconds=` ends the stream, `?time=wall` stamps messages with our clock instead
of the world's, `?heartbeat=` is the seconds of silence after which a heartbeat comes (only where the rate is 0).
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response, StreamingResponse
from starlette.websockets import WebSocket, WebSocketDisconnect

from core.clock import SystemClock
from sandbox.server.desk import Desk
from sandbox.vendors.betfair_stream import Ticker

MESSAGES_A_SECOND = 20


@dataclass(frozen=True)
class Wish:
    """What a listener asks for: changes a second, seconds until the end (None: never), heartbeat, whose time."""

    rate: float
    seconds: float | None
    heartbeat: float
    wall: bool

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Wish:
        """From the parameters of the address; raises ValueError for what is no number."""
        seconds = query.get("seconds")
        return cls(
            min(max(float(query.get("rate", "10")), 0.0), 100_000.0),
            float(seconds) if seconds else None,
            max(float(query.get("heartbeat", "5")), 0.05),
            query.get("time") == "wall",
        )


async def websocket(socket: WebSocket) -> None:
    """Send the stream's messages, one JSON text each, until the listener leaves."""
    await socket.accept()
    heard = asyncio.create_task(_heard(socket))
    try:
        async for message in _messages(socket, Wish.read(socket.query_params)):
            await socket.send_text(message)
        await socket.close()
    except (WebSocketDisconnect, RuntimeError):
        return
    finally:
        heard.cancel()


async def _heard(socket: WebSocket) -> None:
    """Read what the listener sends, so that its pings are answered; nothing of it matters."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass


async def server_sent_events(request: Request) -> Response:
    """Send the stream's messages as events, their `clk` as the event's id."""
    wish = Wish.read(request.query_params)

    async def told() -> AsyncIterator[str]:
        async for message in _messages(request, wish):
            yield f"event: mcm\nid: {json.loads(message)['clk']}\ndata: {message}\n\n"

    return StreamingResponse(told(), media_type="text/event-stream", headers={"cache-control": "no-store"})


async def _messages(connection: HTTPConnection, wish: Wish) -> AsyncIterator[str]:
    """The image of all markets, then changes in even steps of time; what a slow listener misses is not made up for."""
    desk: Desk = connection.app.state.desk
    closing: threading.Event = connection.app.state.closing
    now = SystemClock().now if wish.wall else desk.clock.now
    ticker = await run_in_threadpool(lambda: Ticker(desk.worlds.at(desk.clock.now())))
    yield ticker.image(now())
    began, sent, step = time.monotonic(), 0, _step(wish)
    while not closing.is_set() and (wish.seconds is None or time.monotonic() - began < wish.seconds):
        await asyncio.sleep(step)
        due = int((time.monotonic() - began) * wish.rate) - sent
        yield ticker.changes(due, now()) if due > 0 else ticker.heartbeat(now())
        sent += max(due, 0)


def _step(wish: Wish) -> float:
    """Seconds between messages; a slow stream has one change a message, a silent one heartbeats."""
    if wish.rate == 0:
        return wish.heartbeat
    return min(max(1.0 / wish.rate, 1.0 / MESSAGES_A_SECOND), wish.heartbeat)
