"""Open-Meteo as a source: plan requests, parse payloads into silver rows and refused rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import polars as pl

from core.errors import PayloadMalformed
from lake.competitions import Competition
from sources.base import Parsed, Payload, Request, Source
from sources.known import Known
from sources.open_meteo import plan
from sources.open_meteo.reading import read
from sources.open_meteo.weather import asked, weather
from sources.rows import refused_rows, whole_payload_refused


class OpenMeteo(Source):
    """Forecasts and the archive of the weather at football grounds."""

    name = plan.SOURCE
    sport = "football"
    parser_version = 1
    entities: tuple[str, ...] = ("weather",)
    snapshots: tuple[str, ...] = (plan.FORECAST,)
    terms = plan.TERMS

    def plan(self, leagues: Mapping[str, Competition], as_of: datetime, known: Known) -> Sequence[Request]:
        """Forecasts for the coming matches, and what was measured at those that are over."""
        return plan.plan(leagues, as_of, known)

    def parse(self, payload: Payload, leagues: Mapping[str, Competition], known: Known) -> Parsed:
        """Candidate and refused rows of one payload; never raises for what the vendor sent.

        `known.venues` has the grounds, by whose coordinates an answer finds its matches.
        """
        try:
            hours, refused = read(payload.body, asked(payload.url)[1])
        except PayloadMalformed as error:
            return Parsed(rows={}, refused={"weather": whole_payload_refused(payload, error)})
        rows, unfit = weather(hours, payload, known, leagues)
        return Parsed(rows={"weather": rows}, refused={"weather": pl.concat([refused_rows(refused), unfit])})
