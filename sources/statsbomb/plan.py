"""Which files are asked for: the seasons that the set holds of our leagues, and the events of matches of late.

A file of events has some three megabytes, so those of long past seasons are asked for only by a run at a moment of
their time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import polars as pl

from core.errors import PayloadMalformed
from lake.competitions import Competition
from sources.base import Request
from sources.known import Known
from sources.rows import document
from sources.terms import Terms

SOURCE = "statsbomb"
ROOT = "https://raw.githubusercontent.com/statsbomb/open-data/master/data"
COMPETITIONS, MATCHES, EVENTS = "competitions", "matches", "events"
LEAGUES = {2: "E0", 11: "SP1", 12: "I1", 9: "D1", 7: "F1"}
"""The vendor's numbers of our leagues."""

_SEASONS = {
    2: (27, 44),
    7: (27, 108, 235),
    9: (27, 281),
    11: (1, 2, 4, 21, 22, 23, 24, 25, 26, 27, 37, 38, 39, 40, 41, 42, 90),
    12: (27,),
}
"""Its numbers of seasons, men's, from 2003/04 on."""

_OF_LATE = timedelta(days=400)


def verdict(endpoint: str, body: bytes) -> str | None:
    """`malformed` for what is no list."""
    try:
        return None if isinstance(document(body), list) else "malformed"
    except PayloadMalformed:
        return "malformed"


TERMS = Terms(
    SOURCE,
    hosts=("raw.githubusercontent.com",),
    lives={COMPETITIONS: timedelta(days=7), MATCHES: timedelta(days=7), EVENTS: timedelta(days=365)},
    spacing_seconds=1.0,
    verdict=verdict,
)


def plan(leagues: Mapping[str, Competition], as_of: datetime, known: Known) -> Sequence[Request]:
    """The list of competitions, the seasons of our leagues, and events of matches of the last 400 days."""
    ours = {number: league for number, league in LEAGUES.items() if league in leagues}
    if not ours:
        return []
    seasons = [
        Request(SOURCE, MATCHES, f"{ROOT}/matches/{number}/{season}.json", league)
        for number, league in sorted(ours.items())
        for season in _SEASONS[number]
    ]
    told = known.vendor_matches.filter(
        (pl.col("source") == SOURCE)
        & pl.col("competition_id").is_in(list(ours.values()))
        & pl.col("event_at_utc").is_between(as_of - _OF_LATE, as_of)
    )
    numbers = told.sort("event_at_utc", "vendor_match_id").select("competition_id", "vendor_match_id").iter_rows()
    events = [Request(SOURCE, EVENTS, f"{ROOT}/events/{number}.json", league) for league, number in numbers]
    return [Request(SOURCE, COMPETITIONS, f"{ROOT}/competitions.json"), *seasons, *events]
