"""Which addresses hold what: one file a season and game week, and one snapshot of the whole game."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from lake.competitions import Competition
from sources.base import Request

SOURCE = "fantasy_premier_league"
LEAGUE = "E0"
GAME_WEEK, SNAPSHOT = "game_week", "snapshot"
WEEKS_URL = "https://raw.githubusercontent.com/vaastav/Fantasy-Premier-League/master/data"
SNAPSHOT_URL = "https://fantasy.premierleague.com/api/bootstrap-static/"
FIRST_SEASON = 2016
_SEASON_STARTS_IN_MONTH = 7
_WEEKS, _WEEKS_WITH_PAUSE = 38, {2019: 47}
_LIVES = {GAME_WEEK: timedelta(hours=6), SNAPSHOT: timedelta(hours=4)}


def season_start_year(moment: datetime) -> int:
    """The year in which the season of a moment began: the game opens for the next one in July."""
    return moment.year if moment.month >= _SEASON_STARTS_IN_MONTH else moment.year - 1


def season_code(start_year: int) -> str:
    """`2023-24`."""
    return f"{start_year}-{(start_year + 1) % 100:02d}"


def plan(leagues: Mapping[str, Competition], as_of: datetime) -> Sequence[Request]:
    """Every game week that can have begun at `as_of`, and the snapshot; nothing where the league is not asked for."""
    if LEAGUE not in leagues:
        return []
    years = range(FIRST_SEASON, season_start_year(as_of) + 1)
    weeks = [_game_week(year, week) for year in years for week in range(1, _weeks_begun(year, as_of) + 1)]
    return [*weeks, Request(SOURCE, SNAPSHOT, SNAPSHOT_URL, LEAGUE)]


def is_fresh(request: Request, captured_at: datetime, now: datetime) -> bool:
    """Whether an answer still lives: for ever once a season was over, else hours."""
    if request.season_code is not None and captured_at >= datetime(int(request.season_code[:4]) + 1, 8, 1, tzinfo=UTC):
        return True
    return now - captured_at < _LIVES[request.endpoint]


def _game_week(year: int, week: int) -> Request:
    season = season_code(year)
    return Request(SOURCE, GAME_WEEK, f"{WEEKS_URL}/{season}/gws/gw{week}.csv", LEAGUE, season)


def _weeks_begun(year: int, as_of: datetime) -> int:
    """Game weeks are at least seven days apart on average, and the first is not before 1 August."""
    since = (as_of - datetime(year, 8, 1, tzinfo=UTC)).days // 7 + 1
    return max(0, min(_WEEKS_WITH_PAUSE.get(year, _WEEKS), since))
