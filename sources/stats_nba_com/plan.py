"""What to ask the league for: the days around now, logs of seasons, the list of players, box scores of late games.

The newest days come first. A log is asked for as soon as it may have games: files that were captured later have those
to come. Where it must have some, an empty one is a fault (game_log).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import polars as pl

from lake.competitions import Competition
from sources.base import Request
from sources.known import Known
from sources.stats_nba_com import reading
from sources.stats_nba_com.reading import BOX_SCORE, PLAYER_LOG, PLAYERS, SCOREBOARD, TEAM_LOG
from sources.stats_nba_com.seasons import (
    PARTS,
    local_day,
    may_have_games,
    season_code,
    season_over_at,
    season_start_year,
)
from sources.terms import STATISTICS_LIVE, Terms

SOURCE = "stats_nba_com"
ROOT = "https://stats.nba.com/stats"
FIRST_SEASON = 2014
FIRST_PLAY_IN = 2019
DAYS_BACK, DAYS_AHEAD = 2, 7
BOX_SCORES_OF = timedelta(days=4)
CORRECTED_WITHIN = timedelta(days=2)
"""The league corrects a game's numbers for a day or two."""

_BROWSER = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
)  # fmt: skip
TERMS = Terms(
    SOURCE,
    hosts=("stats.nba.com",),
    lives={
        SCOREBOARD: STATISTICS_LIVE,
        TEAM_LOG: STATISTICS_LIVE,
        PLAYER_LOG: timedelta(hours=12),
        BOX_SCORE: timedelta(hours=20),
        PLAYERS: timedelta(hours=20),
    },
    spacing_seconds=0.7,
    timeout_seconds=30.0,
    headers={
        "Accept": "application/json, text/plain, */*",
        "Accept-Language": "en-US,en;q=0.9",
        "Origin": "https://www.nba.com",
        "Referer": "https://www.nba.com/",
        "User-Agent": _BROWSER,
        "x-nba-stats-origin": "stats",
        "x-nba-stats-token": "true",
    },
    verdict=reading.verdict,
)


def plan(leagues: Mapping[str, Competition], as_of: datetime, known: Known) -> Sequence[Request]:
    """Requests for everything of these leagues that can be known at `as_of`."""
    today = local_day(as_of)
    return [
        request
        for league in leagues.values()
        if SOURCE in league.vendors
        for request in (
            *_scoreboards(league, today, known),
            *_box_scores(league, as_of, known),
            *_logs(league, today, known),
            _players(league, today),
        )
    ]


def is_fresh(request: Request, captured_at: datetime, now: datetime) -> bool:
    """Whether an answer still lives: for ever once a season was over or a day settled, else as long as others do."""
    if request.endpoint in (TEAM_LOG, PLAYER_LOG):
        is_settled = captured_at >= season_over_at(int(str(request.season_code)[:4]))
    elif request.endpoint == SCOREBOARD:
        day = date.fromisoformat(parse_qs(urlsplit(request.url).query)["GameDate"][0])
        is_settled = local_day(captured_at) >= day + CORRECTED_WITHIN
    else:
        is_settled = False
    return is_settled or now - captured_at < TERMS.life(request.endpoint)


def _scoreboards(league: Competition, today: date, known: Known) -> Iterator[Request]:
    """Today's first, then the days to come, then those gone."""
    for offset in (*range(DAYS_AHEAD + 1), *range(-1, -_days_back(league, today, known) - 1, -1)):
        day = today + timedelta(days=offset)
        url = _url("scoreboardv3", GameDate=day.isoformat(), LeagueID=league.vendors[SOURCE]["league"])
        yield _request(SCOREBOARD, url, league, season_code(season_start_year(day)))


def _days_back(league: Competition, today: date, known: Known) -> int:
    """Two, or as many as lead back to the season's last game that was seen to be over: nobody may have asked since.

    A settled day is asked for once, so that weeks without games cost nothing.
    """
    season = pl.col("season_code") == season_code(season_start_year(today))
    last = _over(league, known).filter(season)["event_at_utc"].max()
    return max(DAYS_BACK, (today - local_day(last)).days) if isinstance(last, datetime) else DAYS_BACK


def _over(league: Competition, known: Known) -> pl.DataFrame:
    """Games that a scoreboard has shown as over."""
    told = (pl.col("source") == SOURCE) & (pl.col("competition_id") == league.id)
    return known.vendor_matches.filter(told & (pl.col("state") == "finished"))


def _box_scores(league: Competition, as_of: datetime, known: Known) -> Iterator[Request]:
    """Games that were over in the last days, or were seen to be then."""
    late = pl.max_horizontal("event_at_utc", "known_at_utc") >= as_of - BOX_SCORES_OF
    games = _over(league, known).filter(late & (pl.col("event_at_utc") <= as_of))
    games = games.sort("event_at_utc", "vendor_match_id", descending=[True, False])
    for number, season in games.select("vendor_match_id", "season_code").iter_rows():
        spans = dict.fromkeys(("EndPeriod", "EndRange", "RangeType", "StartPeriod", "StartRange"), 0)
        yield _request(BOX_SCORE, _url("boxscoretraditionalv3", GameID=number, **spans), league, season)


def _logs(league: Competition, today: date, known: Known) -> Iterator[Request]:
    """Clubs' logs of all seasons, newest first, and players' of those whose games were not read one by one."""
    seen = set(known.vendor_matches.filter(pl.col("source") == SOURCE)["season_code"])
    for year in range(season_start_year(today), FIRST_SEASON - 1, -1):
        season = season_code(year)
        begun = [part for part in PARTS if may_have_games(part, year, today) and _was_held(part, year)]
        for letter in ("T",) if season in seen else ("T", "P"):
            for part in begun:
                yield _log(league, season, letter, part)


def _was_held(part: str, year: int) -> bool:
    return part != "PlayIn" or year >= FIRST_PLAY_IN


def _log(league: Competition, season: str, letter: str, season_type: str) -> Request:
    url = _url(
        "leaguegamelog",
        Counter=0,
        Direction="ASC",
        LeagueID=league.vendors[SOURCE]["league"],
        PlayerOrTeam=letter,
        Season=season,
        SeasonType=season_type,
        Sorter="DATE",
    )
    return _request(TEAM_LOG if letter == "T" else PLAYER_LOG, url, league, season)


def _players(league: Competition, today: date) -> Request:
    season = season_code(season_start_year(today))
    league_id = league.vendors[SOURCE]["league"]
    return _request(
        PLAYERS, _url("commonallplayers", IsOnlyCurrentSeason=0, LeagueID=league_id, Season=season), league, season
    )


def _request(endpoint: str, url: str, league: Competition, season: str) -> Request:
    return Request(SOURCE, endpoint, url, league.id, season, sport=league.sport)


def _url(path: str, **query: object) -> str:
    return f"{ROOT}/{path}?{urlencode(sorted(query.items()), safe=',')}"
