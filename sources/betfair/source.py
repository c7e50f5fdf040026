"""Betfair Exchange as a source of either sport: plan requests, parse payloads into silver rows and refused rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import polars as pl

from core.errors import PayloadMalformed
from lake.competitions import Competition
from sources.base import Parsed, Payload, Request, Source
from sources.betfair import markets, plan, reading
from sources.betfair.quotes import quotes
from sources.betfair.reading import BOOK, CATALOGUE
from sources.events import placed
from sources.known import Known
from sources.rows import refused_rows, whole_payload_refused

_CODE = "competition"


class Betfair(Source):
    """Markets, best offers and the stream of one sport."""

    name = plan.SOURCE
    parser_version = 1
    entities: tuple[str, ...] = ("exchange_markets", "vendor_matches", "odds_quotes")
    snapshots: tuple[str, ...] = (CATALOGUE, BOOK)
    terms = plan.TERMS

    def __init__(self, sport: str) -> None:
        self.sport = sport

    def plan(self, leagues: Mapping[str, Competition], as_of: datetime, known: Known) -> Sequence[Request]:
        """Closing books, catalogues, and books of the coming matches of these leagues."""
        return plan.plan(self.sport, leagues, as_of, known)

    def parse(self, payload: Payload, leagues: Mapping[str, Competition], known: Known) -> Parsed:
        """Candidate and refused rows of one payload; never raises for what the vendor sent.

        Books and streams need `known.frames["exchange_markets"]`: without it their markets have no meaning.
        """
        read = self._catalogue if payload.endpoint == CATALOGUE else self._offers
        try:
            return read(payload, leagues, known)
        except PayloadMalformed as error:
            entity = "exchange_markets" if payload.endpoint == CATALOGUE else "odds_quotes"
            return Parsed(rows={}, refused={entity: whole_payload_refused(payload, error)})

    def _catalogue(self, payload: Payload, leagues: Mapping[str, Competition], known: Known) -> Parsed:
        runners, broken = reading.catalogue(payload.body)
        own = markets.candidates(runners, leagues, self.sport, plan.SOURCE)
        judged = markets.exchange_markets(
            own, lambda events: placed(events, leagues, known, plan.SOURCE, _CODE), payload.captured_at_utc
        )
        rows, refused = markets.split(judged)
        return Parsed(
            rows={"exchange_markets": rows, "vendor_matches": markets.vendor_matches(judged)},
            refused={"exchange_markets": pl.concat([refused_rows(broken), refused])},
        )

    def _offers(self, payload: Payload, leagues: Mapping[str, Competition], known: Known) -> Parsed:
        read = reading.book if payload.endpoint == BOOK else reading.stream
        offers, broken = read(payload.body, payload.captured_at_utc)
        there = known.frames.get("exchange_markets", pl.DataFrame(schema=_MEANING))
        rows, refused = quotes(offers, there.filter(pl.col("competition_id").is_in(list(leagues))))
        return Parsed(rows={"odds_quotes": rows}, refused={"odds_quotes": pl.concat([refused_rows(broken), refused])})


_MEANING = {
    "match_id": pl.String(),
    "competition_id": pl.String(),
    "season_code": pl.String(),
    "event_at_utc": pl.Datetime("us", "UTC"),
    "market_id": pl.String(),
    "selection_id": pl.Int64(),
    "handicap": pl.Float64(),
    "market": pl.String(),
    "selection": pl.String(),
    "line": pl.Float64(),
}
