"""ESPN as a source: plan requests, parse payloads into silver rows and refused rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from core.errors import PayloadMalformed
from lake.competitions import Competition
from sources.base import Parsed, Payload, Request, Source
from sources.espn import plan, reading
from sources.espn.reports import injuries, news
from sources.espn.scoreboard import scoreboard
from sources.known import Known
from sources.rows import whole_payload_refused

_Read = Callable[[Payload, Competition, Known], Parsed]
_READERS: Mapping[str, tuple[str, _Read]] = {
    reading.SCOREBOARD: ("vendor_matches", scoreboard),
    reading.INJURIES: ("injuries", injuries),
    reading.NEWS: ("news", news),
}
"""By endpoint, the entity that a payload is refused as where it cannot be read at all, and what reads it."""


class Espn(Source):
    """The NBA's games and prices, injuries and news."""

    name = plan.SOURCE
    sport = "basketball"
    parser_version = 1
    entities: tuple[str, ...] = ("vendor_matches", "odds_quotes", "injuries", "news")
    snapshots: tuple[str, ...] = (reading.SCOREBOARD, reading.INJURIES, reading.NEWS)
    terms = plan.TERMS

    def plan(self, leagues: Mapping[str, Competition], as_of: datetime, known: Known) -> Sequence[Request]:
        """Today's scoreboard, injuries, the next days', yesterday's results, news."""
        return plan.plan(leagues, as_of, known)

    def parse(self, payload: Payload, leagues: Mapping[str, Competition], known: Known) -> Parsed:
        """Candidate and refused rows of one payload; never raises for what the vendor sent."""
        entity, read = _READERS[payload.endpoint]
        league = next(league for league in leagues.values() if plan.SOURCE in league.vendors)
        try:
            return read(payload, league, known)
        except PayloadMalformed as error:
            return Parsed(rows={}, refused={entity: whole_payload_refused(payload, error)})
