"""What to ask ESPN for: the scoreboards of the days around now, the injuries and the news."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

import polars as pl

from lake.competitions import Competition
from sources.base import Request
from sources.espn import reading
from sources.espn.reading import INJURIES, NEWS, SCOREBOARD
from sources.known import Known
from sources.stats_nba_com.seasons import local_day, season_code, season_start_year
from sources.terms import ODDS_LIVE, STATISTICS_LIVE, Terms

SOURCE = "espn"
ROOT = "https://site.api.espn.com/apis/site/v2/sports"
DAYS_AHEAD = 2
CLOSING = timedelta(minutes=75)
NEWS_ITEMS = 50

TERMS = Terms(
    SOURCE,
    hosts=("site.api.espn.com",),
    lives={SCOREBOARD: ODDS_LIVE, INJURIES: STATISTICS_LIVE / 2, NEWS: STATISTICS_LIVE / 4},
    spacing_seconds=1.0,
    verdict=reading.verdict,
)


def plan(leagues: Mapping[str, Competition], as_of: datetime, known: Known) -> Sequence[Request]:
    """Today's scoreboard, injuries, the next days', yesterday's results, news."""
    return [request for league in leagues.values() if SOURCE in league.vendors for request in _of(league, as_of, known)]


def _of(league: Competition, as_of: datetime, known: Known) -> Iterator[Request]:
    root, today = f"{ROOT}/{league.vendors[SOURCE]['path']}", local_day(as_of)
    season = season_code(season_start_year(today))

    def request(endpoint: str, query: str = "", is_closing: bool = False) -> Request:
        url = f"{root}/{endpoint}{query}"
        return Request(SOURCE, endpoint, url, league.id, season, league.sport, is_closing=is_closing)

    def board(offset: int) -> Request:
        day = today + timedelta(days=offset)
        return request(SCOREBOARD, f"?dates={day:%Y%m%d}", is_closing=day in closing)

    tipoffs = known.matches.filter(
        (pl.col("competition_id") == league.id) & pl.col("event_at_utc").is_between(as_of, as_of + CLOSING)
    )["event_at_utc"]
    closing = {local_day(moment) for moment in tipoffs}
    yield board(0)
    yield request(INJURIES)
    yield from (board(offset) for offset in (*range(1, DAYS_AHEAD + 1), -1))
    yield request(NEWS, f"?limit={NEWS_ITEMS}")
