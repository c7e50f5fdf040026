"""Which addresses hold what: a file a season and game week, a snapshot of the game, its fixtures, a running week."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import polars as pl

from lake.competitions import Competition
from sources.base import Request
from sources.known import Known
from sources.outcomes import MALFORMED
from sources.terms import FIXTURES_LIVE, STATISTICS_LIVE, Terms

SOURCE = "fantasy_premier_league"
LEAGUE = "E0"
GAME_WEEK, SNAPSHOT, LIVE, FIXTURES = "game_week", "snapshot", "live", "fixtures"
WEEKS_URL = "https://raw.githubusercontent.com/vaastav/Fantasy-Premier-League/master/data"
GAME_URL = "https://fantasy.premierleague.com/api"
SNAPSHOT_URL = f"{GAME_URL}/bootstrap-static/"
FIRST_SEASON = 2016
_SEASON_STARTS_IN_MONTH = 7
_WEEKS, _WEEKS_WITH_PAUSE = 38, {2019: 47}
_MATCHES_A_WEEK = 10
_JUST_PLAYED = timedelta(days=2)
_FEWEST_COLUMNS = 5
_OPENS_WITH = {SNAPSHOT: b"{", LIVE: b"{", FIXTURES: b"["}


def _verdict(endpoint: str, body: bytes) -> str | None:
    """A page, or a message in the place of a table, an object or a list, is no answer, whatever the status says."""
    text = body.lstrip(b"\xef\xbb\xbf \r\n")
    header = text.partition(b"\n")[0]
    if endpoint in _OPENS_WITH:
        is_whole = text.startswith(_OPENS_WITH[endpoint]) and (endpoint == FIXTURES or b'"elements"' in text)
    else:
        is_whole = not header.startswith(b"<") and header.count(b",") >= _FEWEST_COLUMNS
    return None if is_whole else MALFORMED


TERMS = Terms(
    SOURCE,
    hosts=("fantasy.premierleague.com", "raw.githubusercontent.com"),
    lives={
        GAME_WEEK: FIXTURES_LIVE,
        SNAPSHOT: timedelta(hours=4),
        LIVE: STATISTICS_LIVE,
        FIXTURES: FIXTURES_LIVE,
    },
    spacing_seconds=0.5,
    verdict=_verdict,
)


def season_start_year(moment: datetime) -> int:
    """The year in which the season of a moment began: the game opens for the next one in July."""
    return moment.year if moment.month >= _SEASON_STARTS_IN_MONTH else moment.year - 1


def season_code(start_year: int) -> str:
    """`2023-24`."""
    return f"{start_year}-{(start_year + 1) % 100:02d}"


def plan(leagues: Mapping[str, Competition], as_of: datetime, known: Known) -> Sequence[Request]:
    """Every game week that can have begun at `as_of`, the snapshot, the fixtures, and the weeks just played.

    Nothing where the league is not asked for; no weeks of an earlier season of which the anchor has no match, since
    nothing could be told of them.
    """
    if LEAGUE not in leagues:
        return []
    this_year = season_start_year(as_of)
    anchored = {season_code(this_year), *known.matches.filter(pl.col("competition_id") == LEAGUE)["season_code"]}
    years = [year for year in range(FIRST_SEASON, this_year + 1) if season_code(year) in anchored]
    weeks = [_game_week(year, week) for year in years for week in range(1, _weeks_begun(year, as_of) + 1)]
    return [
        *weeks,
        Request(SOURCE, SNAPSHOT, SNAPSHOT_URL, LEAGUE),
        Request(SOURCE, FIXTURES, f"{GAME_URL}/fixtures/", LEAGUE),
        *(Request(SOURCE, LIVE, f"{GAME_URL}/event/{week}/live/", LEAGUE) for week in _weeks_just_played(as_of, known)),
    ]


def is_fresh(request: Request, captured_at: datetime, now: datetime) -> bool:
    """Whether an answer still lives: for ever once a season was over, else hours."""
    if request.season_code is not None and captured_at >= datetime(int(request.season_code[:4]) + 1, 8, 1, tzinfo=UTC):
        return True
    return now - captured_at < TERMS.life(request.endpoint)


def _game_week(year: int, week: int) -> Request:
    season = season_code(year)
    return Request(SOURCE, GAME_WEEK, f"{WEEKS_URL}/{season}/gws/gw{week}.csv", LEAGUE, season)


def _weeks_just_played(as_of: datetime, known: Known) -> list[int]:
    """Weeks of the matches of the last two days: the game numbers a season's fixtures week by week, ten in each."""
    lately = pl.col("event_at_utc").is_between(as_of - _JUST_PLAYED, as_of)
    told = known.vendor_matches.filter((pl.col("source") == SOURCE) & lately)
    numbers = told["vendor_match_id"].str.extract(r"-(\d+)$").cast(pl.Int64).drop_nulls()
    return sorted({(number - 1) // _MATCHES_A_WEEK + 1 for number in numbers})


def _weeks_begun(year: int, as_of: datetime) -> int:
    """Game weeks are at least seven days apart on average, and the first is not before 1 August."""
    since = (as_of - datetime(year, 8, 1, tzinfo=UTC)).days // 7 + 1
    return max(0, min(_WEEKS_WITH_PAUSE.get(year, _WEEKS), since))
