"""What to ask balldontlie for: games of the days around now, and injured players club by club.

The vendor cuts answers into pages and names the next one in the answer itself. So requests are cut small enough that
each has one page: three days of games, ten clubs of injuries. An answer that has more to tell is refused as `page_cut`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from lake.competitions import Competition
from sources.balldontlie import reading
from sources.balldontlie.reading import GAMES, INJURIES
from sources.base import Request
from sources.known import Known
from sources.stats_nba_com.seasons import local_day, season_code, season_start_year
from sources.terms import FIXTURES_LIVE, STATISTICS_LIVE, Credential, Terms

SOURCE = "balldontlie"
ROOT = "https://api.balldontlie.io"
PAGE = 100
CLUBS, CLUBS_A_PAGE = 30, 10
DAYS = range(-1, 8)
DAYS_A_PAGE = 3

TERMS = Terms(
    SOURCE,
    hosts=("api.balldontlie.io",),
    lives={GAMES: FIXTURES_LIVE, INJURIES: STATISTICS_LIVE},
    spacing_seconds=13.0,
    credentials=(Credential(SOURCE, "header", "Authorization"),),
    verdict=reading.verdict,
)
"""Free keys may ask five times a minute."""


def plan(leagues: Mapping[str, Competition], as_of: datetime, known: Known) -> Sequence[Request]:
    """Injuries, and games from yesterday to a week ahead."""
    return [request for league in leagues.values() if SOURCE in league.vendors for request in _of(league, as_of)]


def _of(league: Competition, as_of: datetime) -> Iterator[Request]:
    root, today = f"{ROOT}/{league.vendors[SOURCE]['version']}", local_day(as_of)
    season = season_code(season_start_year(today))
    for first in range(1, CLUBS + 1, CLUBS_A_PAGE):
        wanted = "&".join(f"team_ids[]={number}" for number in range(first, first + CLUBS_A_PAGE))
        url = f"{root}/player_injuries?per_page={PAGE}&{wanted}"
        yield Request(SOURCE, INJURIES, url, league.id, season, league.sport, backup_of="espn/injuries")
    for start in DAYS[::DAYS_A_PAGE]:
        days = [today + timedelta(days=start + offset) for offset in range(DAYS_A_PAGE)]
        wanted = "&".join(f"dates[]={day.isoformat()}" for day in days)
        yield Request(SOURCE, GAMES, f"{root}/games?{wanted}&per_page={PAGE}", league.id, season, league.sport)
