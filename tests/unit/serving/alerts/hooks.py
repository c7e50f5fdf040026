"""A receiver on this machine, alerts' tables and conditions: all values are INVENTED."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from core.settings import Settings, load_settings
from serving.alerts.conditions import Condition

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
KEY = "0123456789abcdef0123456789abcdef"
FAILED = Condition("run/nightly", "run_failed", "critical", "The run of nightly failed.")
STALE = Condition("stale/espn/scoreboard", "source_stale", "warning", "espn/scoreboard is stale.")


class Receiver(ThreadingHTTPServer):
    """Answers with these statuses in turn, then with the last one, and keeps what it was sent."""

    daemon_threads = True

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses) or [200]
        self.heard: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [body for _, _, body in self.heard]


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        receiver = self.server
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        receiver.heard.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response_only(receiver.statuses.pop(0) if len(receiver.statuses) > 1 else receiver.statuses[0])
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Keep the test's output clean."""


@contextmanager
def receiving(*statuses: int) -> Iterator[Receiver]:
    """A receiver that listens until the test is over."""
    with Receiver(*statuses) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield server
        server.shutdown()


def told_to(base: str, *, pages: bool = True, **alerts: Any) -> Settings:
    """Settings of a live run that tells a webhook and, with `pages`, PagerDuty, both at this receiver."""
    channels: Mapping[str, Any] = {"webhook_url": f"{base}/services/T0/B0/planted-hook?token=planted-query"}
    if pages:
        channels = {**channels, "pagerduty_routing_key": KEY, "pagerduty_url": f"{base}/v2/enqueue"}
    return load_settings(profile="live", alerts={**channels, **alerts})
