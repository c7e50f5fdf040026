"""Which addresses are asked for, in the order in which they are wanted: the vendor allows 100 a day.

RapidAPI serves the same answers at another host and under another allowance: each of its requests stands in for one of
the vendor's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from lake.competitions import Competition
from sources.api_football.reading import verdict
from sources.base import Request
from sources.known import Known
from sources.terms import FIXTURES_LIVE, ODDS_LIVE, STATISTICS_LIVE, Credential, Quota, Terms

SOURCE, BACKUP = "api_football", "api_football_rapid"
NAMES = (SOURCE, BACKUP)
"""Both serve the same numbers of fixtures."""

FIXTURES, LINEUPS, STATISTICS, INJURIES, ODDS, STANDINGS = (
    "fixtures", "lineups", "statistics", "injuries", "odds", "standings",
)  # fmt: skip
_PATHS = {LINEUPS: "fixtures/lineups", STATISTICS: "fixtures/statistics"}
_LIVES = {
    FIXTURES: FIXTURES_LIVE,
    LINEUPS: timedelta(minutes=15),
    STATISTICS: STATISTICS_LIVE,
    INJURIES: timedelta(hours=4),
    ODDS: ODDS_LIVE,
    STANDINGS: timedelta(hours=12),
}
_CLOSING, _LINED_UP = timedelta(minutes=75), timedelta(minutes=60)
_PRICED, _HURT = timedelta(days=3), timedelta(days=2)
_SEEN_BEFORE, _SEEN_AFTER = timedelta(days=3), timedelta(days=14)
_COUNTED_FROM, _COUNTED_TO = timedelta(hours=3), timedelta(hours=27)
_PAGE = 10
"""Fixtures on one page of prices."""


@dataclass(frozen=True)
class Door:
    """One way to the vendor: the source's name, the start of its addresses, its terms, and whom it stands in for."""

    name: str
    root: str
    terms: Terms
    stands_in_for: str | None = None


DIRECT = Door(
    SOURCE,
    "https://v3.football.api-sports.io",
    Terms(
        SOURCE,
        hosts=("v3.football.api-sports.io",),
        lives=_LIVES,
        spacing_seconds=6.0,
        quota=Quota(100, "day", closing_share=0.2, remaining_header="x-ratelimit-requests-remaining"),
        credentials=(Credential("api_football", "header", "x-apisports-key"),),
        verdict=verdict,
    ),
)
RAPID = Door(
    BACKUP,
    "https://api-football-v1.p.rapidapi.com/v3",
    Terms(
        BACKUP,
        hosts=("api-football-v1.p.rapidapi.com",),
        lives=_LIVES,
        spacing_seconds=6.0,
        quota=Quota(500, "month", closing_share=0.3, remaining_header="x-ratelimit-requests-remaining"),
        credentials=(Credential("rapidapi", "header", "x-rapidapi-key"),),
        headers={"x-rapidapi-host": "api-football-v1.p.rapidapi.com"},
        verdict=verdict,
    ),
    stands_in_for=SOURCE,
)


def plan(door: Door, leagues: Mapping[str, Competition], as_of: datetime, known: Known) -> Sequence[Request]:
    """Closing prices and line-ups first, then fixtures, absences, prices, statistics and tables.

    Nothing beyond a day's allowance is asked for; of it, routine requests leave the reserve for closing prices alone.
    """
    ours = {league.id: league for league in leagues.values() if SOURCE in league.vendors}
    near = known.matches.filter(pl.col("competition_id").is_in(list(ours)))
    closing = [*_odds(door, ours, _coming(near, as_of, _CLOSING), is_closing=True)]
    routine = [
        *_of_fixtures(door, LINEUPS, known, _coming(near, as_of, _LINED_UP)),
        *(_fixtures(door, league, as_of) for league in ours.values()),
        *_injuries(door, ours, _coming(near, as_of, _HURT)),
        *_odds(door, ours, _coming(near, as_of, _PRICED), is_closing=False),
        *_of_fixtures(door, STATISTICS, known, _ended(near, as_of)),
        *(_standings(door, league, as_of) for league in ours.values()),
    ]
    asked = {request.url for request in closing}
    quota = door.terms.quota
    a_day = 100 if quota is None or quota.period == "day" else quota.allowance // 30
    spare = int(a_day * (1 - quota.closing_share)) if quota else a_day
    return [*closing[:a_day], *[request for request in routine if request.url not in asked][:spare]]


def is_fresh(request: Request, captured_at: datetime, now: datetime) -> bool:
    """Whether an answer still lives; statistics of a match that is over are asked for once."""
    if request.endpoint == STATISTICS:
        return now - captured_at < _COUNTED_TO
    return now - captured_at < _LIVES[request.endpoint]


def season_of(moment: datetime) -> int:
    """The year by which the vendor calls a season: the one in which it began, July being the first month."""
    return moment.year if moment.month >= 7 else moment.year - 1


def _request(
    door: Door, endpoint: str, league: str | None, query: Mapping[str, object], is_closing: bool = False
) -> Request:
    asked = "&".join(f"{name}={value}" for name, value in sorted(query.items()))
    backup_of = f"{door.stands_in_for}/{endpoint}" if door.stands_in_for else None
    return Request(
        door.name, endpoint, f"{door.root}/{_PATHS.get(endpoint, endpoint)}?{asked}", league,
        is_closing=is_closing, backup_of=backup_of,
    )  # fmt: skip


def _number(league: Competition) -> str:
    return league.vendors[SOURCE]["league"]


def _fixtures(door: Door, league: Competition, as_of: datetime) -> Request:
    first, last = as_of - _SEEN_BEFORE, as_of + _SEEN_AFTER
    query = {"from": first.date(), "league": _number(league), "season": season_of(as_of), "to": last.date()}
    return _request(door, FIXTURES, league.id, query)


def _standings(door: Door, league: Competition, as_of: datetime) -> Request:
    return _request(door, STANDINGS, league.id, {"league": _number(league), "season": season_of(as_of)})


def _days(matches: pl.DataFrame) -> pl.DataFrame:
    """How many matches a league has on a UTC day, the next day first."""
    day = pl.col("event_at_utc").dt.date().alias("day")
    return matches.group_by("competition_id", day).len().sort("day", "competition_id")


def _injuries(door: Door, leagues: Mapping[str, Competition], matches: pl.DataFrame) -> list[Request]:
    return [
        _request(
            door, INJURIES, league_id,
            {"date": day, "league": _number(leagues[league_id]), "season": season_of(day)},
        )
        for league_id, day, _ in _days(matches).iter_rows()
    ]  # fmt: skip


def _odds(door: Door, leagues: Mapping[str, Competition], matches: pl.DataFrame, *, is_closing: bool) -> list[Request]:
    return [
        _request(
            door, ODDS, league_id,
            {"date": day, "league": _number(leagues[league_id]), "page": page, "season": season_of(day)}, is_closing,
        )
        for league_id, day, matches_listed in _days(matches).iter_rows()
        for page in range(1, -(-matches_listed // _PAGE) + 1)
    ]  # fmt: skip


def _of_fixtures(door: Door, endpoint: str, known: Known, matches: pl.DataFrame) -> list[Request]:
    """One request a match of which the vendor's own number is known."""
    told = known.vendor_matches.filter(pl.col("source").is_in(NAMES)).unique("match_id", keep="last")
    numbered = matches.join(told.select("match_id", "vendor_match_id"), on="match_id", how="inner")
    rows = numbered.sort("event_at_utc", "match_id").select("competition_id", "vendor_match_id")
    return [_request(door, endpoint, league_id, {"fixture": number}) for league_id, number in rows.iter_rows()]


def _coming(matches: pl.DataFrame, as_of: datetime, within: timedelta) -> pl.DataFrame:
    waits = pl.col("state").is_in(["scheduled", "moved"])
    return matches.filter(waits & pl.col("event_at_utc").is_between(as_of, as_of + within))


def _ended(matches: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    return matches.filter(pl.col("event_at_utc").is_between(as_of - _COUNTED_TO, as_of - _COUNTED_FROM))
