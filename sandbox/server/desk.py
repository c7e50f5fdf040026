"""The desk that every request comes to: which vendor is meant, whether it is let in, what it says, what goes wrong."""

from __future__ import annotations

import json
import threading
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from starlette.routing import compile_path

from sandbox.server.clock import WorldClock
from sandbox.server.fault import Fault, Sent
from sandbox.server.faults import FaultBoard
from sandbox.server.quotas import Quotas
from sandbox.vendors.base import CONTENT_TYPES, Answer, Ask, Route, Vendor
from sandbox.vendors.catalog import VENDORS
from sandbox.vendors.view import Worlds

LOG_KEPT = 20_000
SECRET_PARAMETERS = {"apikey", "api_key", "key"}


@dataclass(frozen=True)
class Outcome:
    """What a request came to, for delivery: the bytes, headers, when the document changed last, whether it hangs."""

    vendor: Vendor
    sent: Sent
    headers: Mapping[str, str]
    modified: datetime | None = None
    faults: tuple[Fault, ...] = ()

    def argument(self, manner: str) -> float:
        """The strength of the fault of this manner of delivery."""
        names = {"hang": "timeout", "trickle": "trickle", "huge": "huge_payload", "gzip_bomb": "gzip_bomb"}
        return next((fault.argument for fault in self.faults if fault.name == names[manner]), 3600.0)


@dataclass
class Desk:
    """The state of one server. `layouts`: which version of its pages a vendor shows, from 1."""

    worlds: Worlds
    clock: WorldClock
    board: FaultBoard = field(default_factory=FaultBoard)
    quotas: Quotas = field(default_factory=Quotas)
    layouts: dict[str, int] = field(default_factory=dict)
    log: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=LOG_KEPT))
    counts: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def reset(self) -> None:
        """Forget requests, credits, faults and layouts; the clock goes on."""
        self.quotas.reset()
        self.board.set(())
        self.layouts.clear()
        self.log.clear()
        self.counts.clear()

    def answer(self, method: str, host: str, path: str, query: Mapping[str, str], headers: Mapping[str, str],
               body: bytes) -> Outcome | None:  # fmt: skip
        """What the vendor of this host says; None where no vendor has this host."""
        vendor = next((vendor for vendor in VENDORS if host in vendor.hosts), None)
        if vendor is None:
            return None
        now = self.clock.now()
        route, place = _route(vendor, path)
        ask = Ask(host, path, query, headers, now, self.worlds.at(now), method, body, place, self.layout(vendor))
        faults = self.board.take(vendor.name, route.endpoint if route else "", now)
        with self._lock:
            outcome = _outcome(self, vendor, route, ask, faults)
        self._note(vendor, route, ask, outcome)
        return outcome

    def layout(self, vendor: Vendor) -> int:
        """Which version of its pages the vendor shows."""
        return min(self.layouts.get(vendor.name, 1), vendor.layouts)

    def _note(self, vendor: Vendor, route: Route | None, ask: Ask, outcome: Outcome) -> None:
        self.counts[vendor.name] += 1
        shown = {name: value for name, value in ask.query.items() if name.lower() not in SECRET_PARAMETERS}
        self.log.append(
            {
                "vendor": vendor.name,
                "endpoint": route.endpoint if route else None,
                "method": ask.method,
                "host": ask.host,
                "path": ask.path,
                "query": shown,
                "status": outcome.sent.status,
                "manner": outcome.sent.manner,
                "faults": [fault.name for fault in outcome.faults],
                "at_utc": ask.now.isoformat(),
            }
        )


def _route(vendor: Vendor, path: str) -> tuple[Route | None, dict[str, str]]:
    for route in vendor.routes:
        found = compile_path(route.path)[0].match(path) or compile_path(route.path)[0].match(path.rstrip("/"))
        if found:
            return route, found.groupdict()
    return None, {}


def _outcome(desk: Desk, vendor: Vendor, route: Route | None, ask: Ask, faults: tuple[Fault, ...]) -> Outcome:
    refusal = next((said for fault in faults if (said := fault.refusal(vendor)) is not None), None)
    if refusal is not None:
        return _delivered(vendor, refusal, refusal.headers, faults)
    if route is None:
        return _delivered(vendor, vendor.refuse("not_found"), {}, faults)
    if not route.is_free_of_keys and not vendor.admitted(ask):
        outcome = _delivered(vendor, vendor.refuse("unauthorized"), {}, faults)
        return replace(outcome, sent=replace(outcome.sent, manner="hang")) if vendor.unheard else outcome
    granted, told = _taken(desk, vendor, route, ask)
    if not granted:
        said = vendor.refuse("quota")
        return _delivered(vendor, said, {**said.headers, **told}, faults)
    answer = _said(desk, vendor, route, ask, faults)
    return _delivered(vendor, answer, {**answer.headers, **told}, faults)


def _taken(desk: Desk, vendor: Vendor, route: Route, ask: Ask) -> tuple[bool, Mapping[str, str]]:
    """Whether the credits are there, and the headers that tell what is left."""
    budget = vendor.budget(ask.host)
    if budget is None:
        return True, {}
    cost = route.price(ask)
    granted, used = desk.quotas.take(ask.host, budget, cost, ask.now)
    return granted, budget.told(used, budget.allowance - used, cost if granted else 0)


def _said(desk: Desk, vendor: Vendor, route: Route, ask: Ask, faults: tuple[Fault, ...]) -> Answer:
    for fault in faults:
        ask = fault.asked(ask, desk.worlds.at, route.shape)
    try:
        answer = route.answer(ask)
    except ValueError:
        return vendor.refuse("server")
    for fault in faults:
        if fault.touches(answer.kind):
            answer = fault.document(answer, route.shape)
    return answer


def _delivered(vendor: Vendor, answer: Answer, headers: Mapping[str, str], faults: tuple[Fault, ...]) -> Outcome:
    said = answer.document
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":")) if answer.kind == "json" else str(said)
    body = said if isinstance(said, bytes) else text.encode(answer.encoding)
    sent = Sent(answer.status, answer.content_type or CONTENT_TYPES[answer.kind], body)
    for fault in faults:
        if fault.touches(answer.kind):
            sent = fault.delivery(sent)
    return Outcome(vendor, sent, dict(headers), answer.modified, faults)
