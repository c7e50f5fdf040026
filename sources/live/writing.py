"""Where a listener's batches go: bronze first, then silver, and from time to time the small files become one."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Collection, Mapping, Sequence

from core.clock import Clock
from core.errors import FairlineError
from lake.competitions import competitions
from lake.storage import Lake
from sources.base import Capture, Payload, Source
from sources.ingest import land, to_silver
from sources.known import Known
from sources.live.batches import Batch
from sources.live.feed import Feed
from sources.live.figures import Figures
from sources.live.tail import Tail
from sources.outcomes import OK
from sources.transport.credentials import hide

COMPACT_EVERY_BATCHES = 60
KEEP_HOURS = 24
SMALL_BYTES = 64 * 1024 * 1024
"""Larger files stay as they are: a table of years is never rewritten while prices come in."""
"""So long the files of older versions stay, for those who are reading them."""

_log = logging.getLogger(__name__)


class LakeSink:
    """Writes batches of one feed into a lake. `secrets` are taken out of what the vendor said.

    `named`: versions by table that must stay readable, such as those that a release names.
    """

    def __init__(
        self,
        lake: Lake,
        source: Source,
        feed: Feed,
        clock: Clock,
        figures: Figures,
        secrets: tuple[str, ...] = (),
        named: Mapping[str, Collection[int]] | None = None,
        compact_every: int = COMPACT_EVERY_BATCHES,
    ) -> None:
        self._lake, self._source, self._feed, self._clock, self._figures = lake, source, feed, clock, figures
        self._secrets, self._named, self._compact_every = secrets, named or {}, compact_every
        self._tail = Tail(lake, source)
        self._since_compaction = 0

    def known(self) -> Known:
        """What silver says now."""
        return Known.read(self._lake, self._source.sport)

    def prepare(self) -> None:
        """Read what an earlier listener landed and did not read, and the tail."""
        self._read_all()

    def write(self, batches: Sequence[Batch]) -> None:
        """Land batches, then read them into silver; what silver does not take now it takes with the next batch.

        Raises what bronze raises: without bronze a listener has no business.
        """
        captures = [self._capture(batch) for batch in batches]
        land(self._lake, self._source, captures)
        try:
            self._to_silver(captures)
        except (FairlineError, OSError) as error:
            self._tail.forget()
            _log.error("Prices of %s are in bronze and not yet in silver: %s", self._source.name, error)
            return
        self._figures.committed(batches, self._clock.now())
        self._tidy(len(batches))

    def _to_silver(self, captures: Sequence[Capture]) -> None:
        if self._tail.is_current():
            self._tail.write([_payload(capture) for capture in captures], self._clock.now())
        else:
            self._figures.late += len(captures)
            self._read_all()

    def _read_all(self) -> None:
        leagues, now = competitions(self._source.sport), self._clock.now()
        to_silver(self._lake, self._source, leagues, now, _log.info)
        self._tail.load(now)

    def _tidy(self, batches: int) -> None:
        self._since_compaction += batches
        if self._since_compaction < self._compact_every:
            return
        self._since_compaction = 0
        sport = self._source.sport
        silver = [f"silver.{sport}.{entity}" for entity in (*self._source.entities, "parsed_payloads")]
        quarantine = [f"quarantine.{sport}.{entity}" for entity in self._source.entities]
        for name in (f"bronze.{self._source.name}.captures", *silver, *quarantine):
            self._lake.table(name).compact(KEEP_HOURS, self._named.get(name, ()), SMALL_BYTES)
        self._tail.compacted()
        self._figures.compactions += 1

    def _capture(self, batch: Batch) -> Capture:
        first, last = batch.received[0], batch.received[-1]
        body = hide(batch.body, self._secrets)
        return Capture(self._feed.request, last, first, OK, body, 200, "application/x-ndjson")


def _payload(capture: Capture) -> Payload:
    """The same payload as bronze gives it."""
    request, sha256 = capture.request, hashlib.sha256(capture.body).hexdigest()
    named = (request.url, request.endpoint, request.competition_id, request.season_code)
    return Payload(*named, capture.captured_at_utc, sha256, capture.body)
