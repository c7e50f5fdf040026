"""A vendor's turn against the sandbox in a lake of its own: undisturbed, under a fault, and after the fault.

The world stands at `NOW`, a day after the night that the shared lake has seen. Waiting is skipped; only answers that
never come take real time, and only so long as `PATIENCE` says.
"""

from __future__ import annotations

import json
import os
import shutil
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from core.clock import FixedClock, SkippingClock
from lake.competitions import asked_for
from lake.storage import Lake
from sandbox.grounds import write_grounds
from sandbox.server.serve import serving
from sandbox.vendors import base, betfair
from sources.base import Source
from sources.catalog import ANCHORS, BROWSED, LOCAL, TERMS, sources
from sources.collecting import Turn, collect, due, validators
from sources.transport.archive import ArchiveTransport
from sources.transport.gateway import Gateway
from sources.transport.live import LiveTransport
from sources.transport.state import State

NOW = datetime(2026, 11, 20, 17, tzinfo=UTC)
BEFORE = NOW - timedelta(days=1)
GROWN = timedelta(hours=25)
"""Older than any answer of the sandbox's may be."""
SOON = timedelta(minutes=2)
REST_SECONDS = 3600.0
"""Later than any circuit stays open or any vendor's pause lasts."""
LEAGUES = ("E0", "NBA")
PATIENCE = {"timeout": 0.15, "trickle": 0.15}
"""Seconds that a vendor's answer is waited for, by fault."""


@dataclass(frozen=True)
class Sandbox:
    """A running sandbox, and what it is told."""

    base: str

    def tell(self, word: str, **said: Any) -> None:
        """POST to the control plane."""
        asked = urllib.request.Request(f"{self.base}/_control/{word}", json.dumps(said).encode(), method="POST")
        urllib.request.urlopen(asked, timeout=60).read()

    def log(self) -> list[dict[str, Any]]:
        """Requests answered since the last reset."""
        with urllib.request.urlopen(f"{self.base}/_control/log", timeout=60) as answer:
            return list(json.load(answer)["requests"])

    def begin(self, at: datetime, *rules: str) -> None:
        """A world at this moment that has heard nothing yet, and these faults."""
        self.tell("reset")
        self.tell("clock", at=at.isoformat(), speed=0)
        self.tell("faults", faults=list(rules))


@contextmanager
def sandbox(cache: Path) -> Iterator[Sandbox]:
    """A sandbox at `NOW`."""
    with serving(at=NOW, cache=cache) as base:
        yield Sandbox(base)


def keys() -> dict[str, SecretStr]:
    """What the sandbox's vendors accept."""
    wanted = {credential.key for terms in TERMS.values() for credential in terms.credentials}
    return dict.fromkeys(wanted, SecretStr(base.SANDBOX_KEY)) | {"betfair_session": SecretStr(betfair.SESSION)}


@dataclass(frozen=True)
class Night:
    """One lake's way through a night, at the moment `now`; what is asked for is that of `as_of`, by default now.

    `grown`: by how much all answers are older than they are. `is_rested`: circuits have had time to close.
    """

    lake: Lake
    sandbox: Sandbox
    now: datetime = NOW
    as_of: datetime | None = None
    grown: timedelta = timedelta()
    is_rested: bool = False
    patience_seconds: float | None = None
    leagues: tuple[str, ...] = LEAGUES
    keys: Mapping[str, SecretStr] = field(default_factory=keys, repr=False)

    def turn(self, source: Source) -> Turn:
        """The vendor's turn."""
        return collect(
            self.lake, source, self.transport(source.name), asked_for(source.sport, self.leagues),
            self.as_of or self.now, self.now,
            lambda said: None, lambda requests: due(self.lake, source, TERMS, requests, self.now + self.grown),
        )  # fmt: skip

    def transport(self, vendor: str) -> LiveTransport:
        """The transport that runs use, pointed at the sandbox."""
        known, pacing = TERMS[vendor], SkippingClock()
        if self.patience_seconds is not None:
            known = replace(known, timeout_seconds=self.patience_seconds)
        if self.is_rested:
            pacing.sleep(REST_SECONDS)
        return LiveTransport(
            {vendor: known}, self.state, self.keys, Gateway(self.sandbox.base), validators(self.lake, vendor),
            FixedClock(self.now), pacing.sleep, pacing,
        )  # fmt: skip

    @property
    def state(self) -> State:
        """What the transport remembers."""
        return State(self.lake.root / ".transport" / "state.sqlite")

    def after(self) -> Night:
        """The same lake a little later, when circuits have closed and no answer is fresh any more."""
        as_of = self.as_of or self.now
        return replace(self, now=self.now + SOON, as_of=as_of, grown=GROWN, is_rested=True, patience_seconds=None)


def asked_sources() -> list[Source]:
    """The sources that are asked over the network without a browser."""
    return [source for source in sources(True) if source.name not in (*BROWSED, LOCAL)]


def is_anchor(source: Source) -> bool:
    """Whether the source mints clubs and matches."""
    return ANCHORS[source.sport] == source.name


def first_lakes(folder: Path, at: Sandbox) -> None:
    """Make `before`, all vendors a day ago, and `anchored`, where the anchors have had their turn of tonight."""
    before, grounds = Lake(folder / "before"), write_grounds(folder / "grounds", 20261120)
    at.begin(BEFORE)
    for source in asked_sources():
        Night(before, at, BEFORE).turn(source)
        if source.name == ANCHORS["football"]:
            _local_files(before, grounds)
    anchored = copied(before.root, folder / "anchored")
    at.begin(NOW)
    for source in filter(is_anchor, asked_sources()):
        Night(anchored, at).turn(source)


def _local_files(lake: Lake, grounds: Path) -> None:
    local = next(source for source in sources(True) if source.name == LOCAL)
    leagues = asked_for(local.sport, LEAGUES)
    collect(lake, local, ArchiveTransport(grounds), leagues, BEFORE, BEFORE, lambda said: None)


def copied(lake: Path, to: Path) -> Lake:
    """The lake again: its files are never written twice, so links to them do; what transports remember is not kept."""
    shutil.copytree(lake, to, copy_function=os.link, ignore=shutil.ignore_patterns(".transport"))
    return Lake(to)
