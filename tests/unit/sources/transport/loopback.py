"""A vendor on this machine that does as it is told, a clock that only moves when told, and terms: all INVENTED."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from sources.base import Request
from sources.terms import Credential, Terms

Play = Callable[[BaseHTTPRequestHandler], None]
HOST = "api.vendor.test"
KEY = "planted+key/4711=="
START = datetime(2026, 11, 21, 12, tzinfo=UTC)


class Vendor(ThreadingHTTPServer):
    """Plays for each request the next of its parts, the last one over and over, and remembers what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        self.plays: list[Play] = [answers(200, b"{}")]
        self.paths: list[str] = []
        self.heard: list[dict[str, str]] = []
        self.connections: set[object] = set()
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no fault of the server."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Vendor

    def do_GET(self) -> None:
        vendor = self.server
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        vendor.paths.append(self.path)
        vendor.heard.append({name.lower(): value for name, value in self.headers.items()} | {"body": body})
        vendor.connections.add(self.client_address)
        vendor.plays[min(len(vendor.paths), len(vendor.plays)) - 1](self)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:
        """Keep the test's output clean."""


@contextmanager
def running() -> Iterator[Vendor]:
    """A vendor that answers until the test is over."""
    with Vendor() as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield server
        server.shutdown()


def answers(status: int, body: bytes = b"", **headers: str) -> Play:
    """An answer with these headers, `_` for `-`."""

    def play(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response_only(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return play


def says(text: str, **headers: str) -> Play:
    """A good answer in JSON."""
    return answers(200, text.encode(), Content_Type="application/json", **headers)


def trickles(beginning: bytes) -> Play:
    """One byte every 20 ms for ever, after this beginning."""

    def play(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(beginning)
        handler.close_connection = True
        for _ in range(500):
            handler.wfile.write(b"x")
            time.sleep(0.02)

    return play


def cuts(beginning: bytes = b"") -> Play:
    """The connection ends after these bytes."""

    def play(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(beginning)
        handler.close_connection = True

    return play


@dataclass
class Hands:
    """A clock whose hands are moved by sleeping, and by nothing else."""

    instant: datetime = START
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.instant

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.instant += timedelta(seconds=seconds)


def terms(**changes: Any) -> Terms:
    """Terms of a vendor that wants its key in the query."""
    asked: Mapping[str, Any] = {
        "vendor": "vendor",
        "hosts": (HOST, "cdn.vendor.test"),
        "lives": {"odds": timedelta(minutes=5)},
        "credentials": (Credential("vendor_key", "query", "apiKey"),),
        **changes,
    }
    return Terms(**asked)


def request(path: str = "/v4/odds?regions=uk", **changes: Any) -> Request:
    """A request of that vendor."""
    return Request("vendor", "odds", f"https://{HOST}{path}", **changes)
