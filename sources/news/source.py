"""News feeds as a source: plan requests, parse payloads into silver rows and refused rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from core.errors import PayloadMalformed
from lake.competitions import Competition
from sources.base import Parsed, Payload, Request, Source
from sources.known import Known
from sources.news import plan
from sources.news.items import news
from sources.news.reading import read
from sources.rows import whole_payload_refused


class News(Source):
    """The feeds of one sport. `is_simulated`: those that the sandbox serves, instead of the public ones."""

    name = plan.SOURCE
    parser_version = 1
    entities: tuple[str, ...] = ("news",)
    snapshots: tuple[str, ...] = (plan.FEED,)
    terms = plan.TERMS

    def __init__(self, sport: str, is_simulated: bool = False) -> None:
        self.sport, self._is_simulated = sport, is_simulated

    def plan(self, leagues: Mapping[str, Competition], as_of: datetime, known: Known) -> Sequence[Request]:
        """Every feed of the sport."""
        return plan.plan(self.sport, self._is_simulated)

    def parse(self, payload: Payload, leagues: Mapping[str, Competition], known: Known) -> Parsed:
        """Candidate and refused rows of one payload; never raises for what the vendor sent.

        `known.teams`, `known.players` and `known.vendor_matches` have the names that items are linked by.
        """
        try:
            rows, refused = news(read(payload.body), payload, known)
        except PayloadMalformed as error:
            return Parsed(rows={}, refused={"news": whole_payload_refused(payload, error)})
        return Parsed(rows={"news": rows}, refused={"news": refused})
