"""The NBA's local sets as a source: which files there are, and what their rows say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from core.errors import PayloadMalformed
from lake.competitions import Competition
from sources.base import Parsed, Payload, Request
from sources.known import Known
from sources.local_sets.nba import injuries, odds, schedule
from sources.local_sets.terms import TERMS
from sources.rows import whole_payload_refused
from sources.stats_nba_com.seasons import local_day, season_code, season_start_year

SCHEDULE, ODDS, INJURIES = "nba_schedule", "nba_odds", "nba_injuries"
SCHEDULES, MEANS, KYLESKOM, LOGS, KAGGLE = 2018, 2019, 2023, 2007, 2023
"""First years of the first seasons of which there are files. A later one's may be absent, which is an answer."""

_ANCHOR = "stats_nba_com"
_Read = Callable[[Payload, Competition, Known], Parsed]
_READERS: Mapping[str, tuple[str, _Read]] = {
    SCHEDULE: ("vendor_matches", schedule.games),
    ODDS: ("odds_quotes", odds.quotes),
    INJURIES: ("injuries", injuries.reports),
}
"""By endpoint, the entity that a payload is refused as where it cannot be read at all, and what reads it."""


class LocalNbaSets:
    """The files under `local://` that tell of the NBA."""

    name = odds.SOURCE
    sport = "basketball"
    parser_version = 1
    entities: tuple[str, ...] = ("vendor_matches", "odds_quotes", "injuries")
    snapshots: tuple[str, ...] = ()
    terms = TERMS

    def plan(self, leagues: Mapping[str, Competition], as_of: datetime, known: Known) -> Sequence[Request]:
        """The files of every season that had begun at `as_of`."""
        year = season_start_year(local_day(as_of))
        return [request for league in leagues.values() if _ANCHOR in league.vendors for request in _of(league, year)]

    def is_fresh(self, request: Request, captured_at: datetime, now: datetime) -> bool:
        """The files never change."""
        return True

    def parse(self, payload: Payload, leagues: Mapping[str, Competition], known: Known) -> Parsed:
        """Candidate and refused rows of one payload; never raises for what it holds."""
        entity, read = _READERS[payload.endpoint]
        league = next(league for league in leagues.values() if _ANCHOR in league.vendors)
        try:
            return read(payload, league, known)
        except PayloadMalformed as error:
            return Parsed(rows={}, refused={entity: whole_payload_refused(payload, error)})


def _of(league: Competition, last_year: int) -> Iterator[Request]:
    def request(endpoint: str, file: str, year: int | None = None) -> Request:
        season = None if year is None else season_code(year)
        return Request(odds.SOURCE, endpoint, f"local://{endpoint}/{file}.csv", league.id, season, league.sport)

    def until_now(first_year: int) -> range:
        return range(first_year, last_year + 1)

    for year in until_now(SCHEDULES):
        yield request(SCHEDULE, season_code(year), year)
    for year in until_now(KAGGLE) or (KAGGLE,):
        yield request(ODDS, f"{odds.KAGGLE}_{year + 1}")
    for year in until_now(MEANS):
        yield request(ODDS, f"{odds.MEANS}_{season_code(year)}", year)
    for year in until_now(KYLESKOM):
        yield request(ODDS, f"{odds.KYLESKOM}_{season_code(year)}", year)
    yield request(INJURIES, "prosportstransactions_to_2007")
    for year in until_now(LOGS):
        yield request(INJURIES, f"prosportstransactions_{year + 1}", year)
