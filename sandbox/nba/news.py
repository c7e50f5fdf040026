"""NBA news: reports on players of the rotation, coaches, and articles that concern nobody."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import numpy as np
import polars as pl

from sandbox.arrays import Ints, stream
from sandbox.moments import UTC_TIME
from sandbox.nba.injuries import AVAILABLE
from sandbox.nba.league import NbaLeague
from sandbox.nba.schedule import FIRST_DAYS, SEASONS
from sandbox.nba.teams import teams
from sandbox.timeline.news import Story, numbered

FIRST_KEY = 920_001
HOST = "https://news.sandpress.example/nba"
ROTATION = 8
SAID = {
    "Out": ("{team} without {name}", "{name} ({part}) will not play for the {team}, the team said."),
    "Doubtful": ("{name} doubtful for {team}", "The {team} list {name} as doubtful ({part})."),
    "Questionable": ("{name} questionable", "{name} ({part}) is a game-time decision for the {team}."),
    "Probable": ("{name} expected to play", "{name} ({part}) is probable for the {team}."),
    AVAILABLE: ("{name} cleared to return", "The {team} took {name} off their injury report."),
}
NOBODY = (
    ("League reviews replay rules", "The competition committee will look at coach's challenges in the summer."),
    ("Attendance up on last season", "Arenas report more visitors than at this point of last season."),
    ("All-Star voting opens", "Fans can vote for the starters of the exhibition until the end of the month."),
    ("Rookie ladder: a crowded top five", "Half a season in, nobody has set himself apart."),
)
EMPTY_A_SEASON, SEASON_DAYS = 180, 170
PUBLISHED_AFTER_MINUTES = (1, 45)


def news(league: NbaLeague) -> pl.DataFrame:
    """Return all news of all seasons in the columns of `Universe.nba_news`, by time of publication."""
    rng = stream(league.seed, "nba", "news")
    schema = {
        "published_at_utc": UTC_TIME,
        "headline": pl.String(),
        "summary": pl.String(),
        "teams": pl.List(pl.String()),
        "players": pl.List(pl.String()),
    }
    stories = [*_reports(league, rng), *_empty(rng)]
    return numbered(pl.DataFrame(stories, schema, orient="row"), FIRST_KEY, HOST)


def _reports(league: NbaLeague, rng: np.random.Generator) -> list[Story]:
    told = league.reports.filter(pl.Series(_in_rotation(league.rosters, league.reports)))
    named = told.join(league.players.select("player", "name"), on="player", maintain_order="left")
    franchise = teams().select("abbreviation", "nickname").rows()
    rows = named.select("known_at_utc", "status", "name", "team", "description").iter_rows()
    return [
        _story(known_at, status, name, franchise[team], part, int(rng.integers(*PUBLISHED_AFTER_MINUTES)))
        for known_at, status, name, team, part in rows
    ]


def _in_rotation(rosters: Ints, reports: pl.DataFrame) -> np.typing.NDArray[np.bool_]:
    season, team, player = (reports[name].to_numpy() for name in ("season", "team", "player"))
    mask: np.typing.NDArray[np.bool_] = (rosters[season, team, :ROTATION] == player[:, None]).any(axis=1)
    return mask


def _story(
    known_at: datetime, status: str, name: str, franchise: tuple[str, ...], description: str, minutes: int
) -> Story:
    abbreviation, team = franchise
    part = description.replace(";", "").lower()
    headline, summary = (text.format(name=name, team=team, part=part) for text in SAID[status])
    return known_at + timedelta(minutes=minutes), headline, summary, [abbreviation], [name]


def _empty(rng: np.random.Generator) -> list[Story]:
    starts = [datetime.combine(FIRST_DAYS[year], time(14), UTC) for year in SEASONS]
    picked = rng.integers(len(NOBODY), size=(len(SEASONS), EMPTY_A_SEASON))
    offsets = rng.integers(SEASON_DAYS * 1440, size=picked.shape)
    return [
        (starts[season] + timedelta(minutes=int(offsets[season, number])), *NOBODY[said], [], [])
        for (season, number), said in np.ndenumerate(picked)
    ]
