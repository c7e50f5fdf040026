"""Football's local sets as a source: which files there are, and what their rows say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import polars as pl

from core.errors import PayloadMalformed
from lake.competitions import Competition
from sources import sheets
from sources.base import Parsed, Payload, Request
from sources.known import Known
from sources.local_sets.football import absences, footystats, grounds, reading, shots
from sources.local_sets.terms import TERMS
from sources.rows import Refused, accepted_of, refused_of, refused_rows, whole_payload_refused

SHOTS, MATCHES, ABSENCES, VENUES = "understat_shots", "footystats", "football_injuries", "venues"
_ENTITIES = {SHOTS: "shots", MATCHES: "vendor_matches", ABSENCES: "injuries", VENUES: "venues"}
_COLUMNS = {
    SHOTS: reading.SHOTS,
    MATCHES: reading.MATCHES,
    ABSENCES: reading.ABSENCES,
    VENUES: reading.GROUNDS,
}
_UNDERSTAT = {"E0": "epl", "SP1": "la_liga", "D1": "bundesliga", "I1": "serie_a", "F1": "ligue_1"}
_SHOT_SEASONS, _MATCH_SEASONS = range(2017, 2022), range(2020, 2024)
_FILES = {
    ABSENCES: ("transfermarkt_injuries", "transfermarkt_player_injuries"),
    VENUES: ("stadiums-with-GPS-coordinates",),
}


class LocalFootballSets:
    """The files under `local://` that tell of football."""

    name = shots.SOURCE
    sport = "football"
    parser_version = 1
    entities: tuple[str, ...] = ("shots", "vendor_matches", "match_statistics", "injuries", "venues")
    snapshots: tuple[str, ...] = ()
    terms = TERMS

    def plan(self, leagues: Mapping[str, Competition], as_of: datetime, known: Known) -> Sequence[Request]:
        """The files of every season that had begun at `as_of`, then those that are of no season."""
        return [
            *_of_seasons(SHOTS, _SHOT_SEASONS, leagues, as_of),
            *_of_seasons(MATCHES, _MATCH_SEASONS, leagues, as_of),
            *(
                Request(self.name, kind, f"local://{kind}/{file}.csv")
                for kind, files in _FILES.items()
                for file in files
            ),
        ]

    def is_fresh(self, request: Request, captured_at: datetime, now: datetime) -> bool:
        """The files never change."""
        return True

    def parse(self, payload: Payload, leagues: Mapping[str, Competition], known: Known) -> Parsed:
        """Candidate and refused rows of one payload; never raises for what it holds."""
        entity = _ENTITIES[payload.endpoint]
        try:
            rows, refused = sheets.read(payload.body, _COLUMNS[payload.endpoint])
            judged = _judged(payload, rows, known)
        except PayloadMalformed as error:
            return Parsed(rows={}, refused={entity: whole_payload_refused(payload, error)})
        good = {entity: accepted_of(judged)}
        if payload.endpoint == MATCHES:
            good["match_statistics"] = footystats.match_statistics(good[entity])
        return Parsed(rows=good, refused={entity: _bad(judged, refused)})


def _judged(payload: Payload, rows: pl.DataFrame, known: Known) -> pl.DataFrame:
    if payload.endpoint == ABSENCES:
        return absences.injuries(rows, payload.captured_at_utc, known)
    if payload.endpoint == VENUES:
        return grounds.venues(rows, payload.captured_at_utc, known)
    season = reading.league_season(payload.url)
    judge = shots.shots if payload.endpoint == SHOTS else footystats.vendor_matches
    return judge(rows, season, known)


def _bad(judged: pl.DataFrame, refused: Sequence[Refused]) -> pl.DataFrame:
    return pl.concat([refused_of(judged, ()), refused_rows(refused)])


def _of_seasons(
    endpoint: str, years: Sequence[int], leagues: Mapping[str, Competition], as_of: datetime
) -> list[Request]:
    begun = [year for year in years if (year, 7) <= (as_of.year, as_of.month)]
    return [
        Request(shots.SOURCE, endpoint, _address(endpoint, league, year), league, f"{year}-{(year + 1) % 100:02d}")
        for league in _UNDERSTAT
        if league in leagues
        for year in begun
    ]


def _address(endpoint: str, league: str, year: int) -> str:
    if endpoint == SHOTS:
        return f"local://{endpoint}/{_UNDERSTAT[league]}_{year}-{(year + 1) % 100:02d}.csv"
    return f"local://{endpoint}/{league}_{year % 100:02d}{(year + 1) % 100:02d}.csv"
