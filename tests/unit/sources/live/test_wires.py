"""Websockets, lines and server-sent events against servers on loopback. All values are invented."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterator
from http import HTTPStatus

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from core.errors import VendorRefused, VendorUnavailable
from sources.live.wires import EventWire, LineWire, WebSocketWire, Wire
from tests.unit.sources.transport.loopback import Vendor, answers, running

URL, SECRET = "https://vendor.test/stream", "a-secret-token"
HEADERS = {"X-Authentication": SECRET}


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    with running() as server:
        yield server


async def first(wire: Wire, messages: int = 1) -> list[bytes]:
    async with wire.open(HEADERS, {"Last-Event-ID": "7"}, ("login", "wanted")) as connection:
        return [await connection.receive() for _ in range(messages)]


def over_websocket(
    play: Callable[[ServerConnection], Awaitable[None]], messages: int = 1, answer: Response | None = None
) -> list[bytes]:
    """What a wire hears of a server that plays; `answer` is what it says to the handshake instead."""

    async def run() -> list[bytes]:
        async with serve(play, "127.0.0.1", 0, process_request=lambda _c, _r: answer) as server:
            port = server.sockets[0].getsockname()[1]
            return await first(WebSocketWire(URL, f"ws://127.0.0.1:{port}/s", True), messages)

    return asyncio.run(run())


def test_a_websocket_gets_credentials_and_greeting_before_it_speaks() -> None:
    async def play(connection: ServerConnection) -> None:
        assert isinstance(connection.request, Request)
        login, wanted = await connection.recv(), await connection.recv()
        await connection.send(f"{connection.request.headers['X-Authentication']} {login} {wanted}")
        await connection.send(b"two")

    assert over_websocket(play, 2) == [f"{SECRET} login wanted".encode(), b"two"]


def test_a_websocket_that_hangs_up_is_unavailable_after_its_last_message() -> None:
    async def play(connection: ServerConnection) -> None:
        await connection.send("one")
        await connection.recv()
        await connection.recv()

    assert over_websocket(play) == [b"one"]
    with pytest.raises(VendorUnavailable, match="hung up"):
        over_websocket(play, 2)


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, VendorRefused), (302, VendorRefused), (429, VendorUnavailable), (503, VendorUnavailable)],
)
def test_a_handshake_that_is_refused_says_so_without_the_secret(status: int, kind: type[Exception]) -> None:
    async def play(connection: ServerConnection) -> None:
        raise AssertionError

    answer = Response(status, HTTPStatus(status).phrase, Headers({"Location": "/elsewhere"}), b"")
    with pytest.raises(kind) as raised:
        over_websocket(play, answer=answer)
    assert str(status) in str(raised.value)
    assert SECRET not in str(raised.value)


@pytest.mark.parametrize("target", ["ws://127.0.0.1:1/s", "tcp://127.0.0.1:1", "https://127.0.0.1:1/s"])
def test_a_vendor_that_is_not_there_is_unavailable(target: str) -> None:
    with pytest.raises(VendorUnavailable):
        asyncio.run(first(_wire(target, reaches_private=True)))


@pytest.mark.parametrize(
    "target", ["ws://vendor.test/s", "tcp://vendor.test:5", "tls://vendor.test", "http://vendor.test"]
)
def test_nothing_is_sent_in_the_clear_and_nowhere_without_a_port(target: str) -> None:
    with pytest.raises(VendorRefused):
        asyncio.run(first(_wire(target, reaches_private=False)))


@pytest.mark.parametrize("target", ["wss://vendor.test/s", "tls://vendor.test:443", "https://vendor.test/s"])
def test_a_name_that_stands_for_an_inner_address_is_refused(target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.7", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: inner)
    with pytest.raises(VendorRefused, match="private network"):
        asyncio.run(first(_wire(target, reaches_private=False)))


def _wire(target: str, reaches_private: bool) -> Wire:
    made = {"w": WebSocketWire, "t": LineWire, "h": EventWire}[target[0]]
    return made(URL, target, reaches_private)


def test_lines_are_greeted_and_read_until_the_vendor_hangs_up() -> None:
    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        login, wanted = await reader.readline(), await reader.readline()
        writer.write(login + b'{"op":"mcm"}\r\n' + wanted)
        await writer.drain()
        writer.close()

    async def run(messages: int) -> list[bytes]:
        async with await asyncio.start_server(play, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            return await first(LineWire(URL, f"tcp://127.0.0.1:{port}", True), messages)

    assert asyncio.run(run(3)) == [b"login", b'{"op":"mcm"}', b"wanted"]
    with pytest.raises(VendorUnavailable, match="hung up"):
        asyncio.run(run(4))


def test_events_are_asked_for_with_credentials_and_from_the_last_one_on(vendor: Vendor) -> None:
    vendor.plays = [answers(200, b": hello\n\ndata: one\n\nid: 8\ndata: two\n\n")]
    told = asyncio.run(first(EventWire(URL, f"{vendor.base}/s", True), 4))
    assert [one for one in told if one] == [b"one", b"two"]
    heard = vendor.heard[0]
    assert (heard["x-authentication"], heard["last-event-id"], heard["accept"]) == (SECRET, "7", "text/event-stream")


@pytest.mark.parametrize(("status", "kind"), [(401, VendorRefused), (503, VendorUnavailable)])
def test_events_that_are_refused_say_so(vendor: Vendor, status: int, kind: type[Exception]) -> None:
    vendor.plays = [answers(status, b"no")]
    with pytest.raises(kind) as raised:
        asyncio.run(first(EventWire(URL, f"{vendor.base}/s", True)))
    assert SECRET not in str(raised.value)
