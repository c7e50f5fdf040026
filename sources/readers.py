"""What sources share that have one league and one reader for each of their endpoints."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from core.errors import PayloadMalformed
from lake.competitions import Competition
from sources.base import Parsed, Payload, Source
from sources.known import Known
from sources.rows import whole_payload_refused

Read = Callable[[Payload, Competition, Known], Parsed]
Readers = Mapping[str, tuple[str, Read]]
"""By endpoint, the entity that a payload is refused as where it cannot be read at all, and what reads it."""


class OneLeague(Source):
    """A source that tells of the first of the leagues which names it as a vendor."""

    readers: Readers

    def parse(self, payload: Payload, leagues: Mapping[str, Competition], known: Known) -> Parsed:
        """Candidate and refused rows of one payload; never raises for what the vendor sent."""
        entity, read = self.readers[payload.endpoint]
        league = next(league for league in leagues.values() if self.name in league.vendors)
        try:
            return read(payload, league, known)
        except PayloadMalformed as error:
            return Parsed(rows={}, refused={entity: whole_payload_refused(payload, error)})
