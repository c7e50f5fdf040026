"""API-Football as a source, by either of its doors: plan requests, parse payloads into silver rows and refused rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import polars as pl

from core.errors import PayloadMalformed
from lake.competitions import Competition
from sources.api_football import fixtures, plan, quotes, reading, reports
from sources.base import Parsed, Payload, Request
from sources.known import Known
from sources.placing import also_told, by_number, unjudged
from sources.rows import Refused, accepted_of, refused_of, refused_rows, whole_payload_refused

_ENTITIES = {
    plan.FIXTURES: "vendor_matches",
    plan.LINEUPS: "lineups",
    plan.STATISTICS: "match_statistics",
    plan.INJURIES: "injuries",
    plan.ODDS: "odds_quotes",
    plan.STANDINGS: "standings",
}
Judged = tuple[pl.DataFrame, list[Refused]]


class ApiFootball:
    """The vendor by one of its doors."""

    sport = "football"
    parser_version = 1
    entities: tuple[str, ...] = tuple(_ENTITIES.values())
    snapshots: tuple[str, ...] = (plan.LINEUPS, plan.STATISTICS, plan.INJURIES, plan.ODDS, plan.STANDINGS)

    def __init__(self, door: plan.Door = plan.DIRECT) -> None:
        self.name = door.name
        self.terms = door.terms
        self._door = door

    def plan(self, leagues: Mapping[str, Competition], as_of: datetime, known: Known) -> Sequence[Request]:
        """What a day's allowance is worth spending on, the most wanted first."""
        return plan.plan(self._door, leagues, as_of, known)

    def is_fresh(self, request: Request, captured_at: datetime, now: datetime) -> bool:
        """Prices live 5 minutes, line-ups 15, absences 4 hours, fixtures 6, tables 12; statistics are asked once."""
        return plan.is_fresh(request, captured_at, now)

    def parse(self, payload: Payload, leagues: Mapping[str, Competition], known: Known) -> Parsed:
        """Candidate and refused rows of one payload; never raises for what the vendor sent."""
        entity = _ENTITIES[payload.endpoint]
        try:
            found, parameters = reading.read_response(payload.body)
        except PayloadMalformed as error:
            return Parsed(rows={}, refused={entity: whole_payload_refused(payload, error)})
        judged = {entity: _of_endpoint(payload, found, parameters, leagues, known)}
        if payload.endpoint == plan.FIXTURES:
            told = also_told(known, accepted_of(judged[entity][0]), self.name)
            judged |= _embedded(found, payload.captured_at_utc, told)
        return Parsed(
            rows={name: _good(name, rows) for name, (rows, _) in judged.items()},
            refused={name: _bad(rows, refused) for name, (rows, refused) in judged.items()},
        )


def _of_endpoint(
    payload: Payload,
    found: list[Any],
    parameters: dict[str, Any],
    leagues: Mapping[str, Competition],
    known: Known,
) -> Judged:
    """The rows of an answer, judged, and the items that are no rows."""
    at, number = payload.captured_at_utc, reading.fixture_of(payload, parameters)
    readers: dict[str, tuple[Callable[[], reading.Table], Callable[[pl.DataFrame], pl.DataFrame]]] = {
        plan.FIXTURES: (
            lambda: reading.read_fixtures(found), lambda rows: fixtures.vendor_matches(rows, at, leagues, known),
        ),
        plan.INJURIES: (
            lambda: reading.read_injuries(found), lambda rows: reports.injuries(rows, at, leagues, known),
        ),
        plan.LINEUPS: (lambda: reading.read_lineups([(number, found)]), lambda rows: reports.lineups(rows, at, known)),
        plan.STATISTICS: (
            lambda: reading.read_statistics([(number, found)]), lambda rows: reports.match_statistics(rows, at, known),
        ),
        plan.ODDS: (lambda: reading.read_odds(found), lambda rows: _quotes(rows, at, known)),
        plan.STANDINGS: (
            lambda: reading.read_standings(found), lambda rows: reports.standings(rows, at, leagues, known),
        ),
    }  # fmt: skip
    read, judge = readers[payload.endpoint]
    rows, refused = read()
    return judge(rows), refused


def _quotes(rows: pl.DataFrame, captured_at: datetime, known: Known) -> pl.DataFrame:
    return reports.observed(quotes.quotes(by_number(unjudged(rows), known, plan.NAMES), captured_at), captured_at)


def _embedded(found: list[Any], captured_at: datetime, known: Known) -> dict[str, Judged]:
    """Line-ups and statistics inside an answer on single fixtures."""
    ways: dict[str, tuple[Callable[..., reading.Table], Callable[..., pl.DataFrame]]] = {
        "lineups": (reading.read_lineups, reports.lineups),
        "statistics": (reading.read_statistics, reports.match_statistics),
    }
    judged: dict[str, Judged] = {}
    for name, (read, judge) in ways.items():
        inside = reading.embedded(found, name)
        if inside:
            rows, refused = read(inside)
            judged[_ENTITIES[name]] = (judge(rows, captured_at, known), refused)
    return judged


def _good(entity: str, rows: pl.DataFrame) -> pl.DataFrame:
    return quotes.keyed(rows) if entity == _ENTITIES[plan.ODDS] else accepted_of(rows)


def _bad(rows: pl.DataFrame, refused: Sequence[Refused]) -> pl.DataFrame:
    return pl.concat([refused_of(rows, ()), refused_rows(refused)])
