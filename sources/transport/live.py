"""Requests over the network, one after the other; every attempt becomes a capture, failed ones too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from core import http
from core.clock import Clock, SystemClock
from core.errors import PayloadMalformed, VendorRefused, VendorUnavailable
from sources.base import Capture, Request


@dataclass(frozen=True)
class LiveTransport:
    """Answers requests from the vendors themselves."""

    clock: Clock = field(default_factory=SystemClock)

    def fetch(self, requests: Sequence[Request]) -> Iterator[Capture]:
        """One capture per request, in order; never raises for what a vendor did."""
        for request in requests:
            yield self._attempt(request)

    def _attempt(self, request: Request) -> Capture:
        asked_at = self.clock.now()
        try:
            answer = http.get(request.url)
        except (VendorUnavailable, VendorRefused) as error:
            outcome = "timeout" if error.status is None else "http_error"
            return Capture(request, self.clock.now(), asked_at, outcome, status=error.status)
        except PayloadMalformed:
            return Capture(request, self.clock.now(), asked_at, "malformed")
        return Capture(request, self.clock.now(), asked_at, "ok", answer.body, answer.status, answer.content_type)
