"""The running season's fixtures and every state they pass through: moved, postponed, abandoned, replayed, finished.

What has happened by `SANDBOX_NOW` went as planned, so that the published files stay true. After it some matches are
moved for television, some are called off shortly before the kick-off, and two are abandoned while they are played.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from sandbox.arrays import stream
from sandbox.moments import UTC_TIME
from sandbox.vendor_files import RUNNING_YEAR
from sandbox.world import SANDBOX_NOW, World

FIRST_KEY = 26_000_001
PUBLISHED_AT_UTC = datetime(2026, 6, 18, 9, 0, tzinfo=UTC)
PLAYING_TIME = timedelta(minutes=115)
LONDON = ZoneInfo("Europe/London")
FIRST_MOVED = timedelta(days=11)
MOVED_SHARE, POSTPONED_SHARE = 0.07, 0.014
LAST_CALLED_OFF = datetime(2027, 4, 10, tzinfo=UTC)
TELEVISION_SLOTS = ((0, time(12, 30)), (0, time(17, 30)), (1, time(14, 0)), (1, time(16, 30)))
MIDWEEK_CLOCK = time(19, 45)
REST = timedelta(hours=60)

State = tuple[int, datetime, datetime, str]


@dataclass(frozen=True)
class Fixture:
    """One match as the calendar has it."""

    key: int
    division: str
    home: str
    away: str
    kickoff_at_utc: datetime


class Diary:
    """Who plays when; finds evenings on which two clubs are free."""

    def __init__(self, fixtures: list[Fixture]) -> None:
        self._kickoffs: dict[str, dict[int, datetime]] = {}
        for fixture in fixtures:
            self.enter(fixture, fixture.kickoff_at_utc)

    def enter(self, fixture: Fixture, kickoff_at_utc: datetime) -> None:
        """Write down, or change, when a match kicks off."""
        for club in (fixture.home, fixture.away):
            self._kickoffs.setdefault(club, {})[fixture.key] = kickoff_at_utc

    def is_free(self, fixture: Fixture, kickoff_at_utc: datetime) -> bool:
        """Return whether neither club has another match close to a kick-off."""
        return all(
            abs(kickoff_at_utc - other) >= REST
            for club in (fixture.home, fixture.away)
            for key, other in self._kickoffs[club].items()
            if key != fixture.key
        )

    def free_evening(self, fixture: Fixture, after: datetime) -> datetime:
        """Return the first Tuesday, Wednesday or Thursday evening on which both clubs are free."""
        days = (after.date() + timedelta(days=ahead) for ahead in range(1, 200))
        evenings = (_london(datetime.combine(day, MIDWEEK_CLOCK)) for day in days if day.weekday() in (1, 2, 3))
        return next(evening for evening in evenings if self.is_free(fixture, evening))


def _london(local: datetime) -> datetime:
    return local.replace(tzinfo=LONDON).astimezone(UTC)


def season_matches(whole: World) -> pl.DataFrame:
    """Return the running season's matches with their `match_key`, in the order of division, round and home side."""
    season = whole.matches.filter(start_year=RUNNING_YEAR).sort("division", "round", "home")
    return season.with_row_index("match_key", offset=FIRST_KEY).with_columns(
        pl.col("match_key").cast(pl.Int64), planned_at_utc=pl.col("kickoff_at_utc")
    )


def history(matches: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Return all states of all matches: match_key, known_at_utc, kickoff_at_utc, status; sorted by match and time."""
    columns = ("match_key", "division", "home", "away", "planned_at_utc")
    fixtures = [Fixture(*row) for row in matches.select(columns).iter_rows()]
    diary, rng = Diary(fixtures), stream(seed, "timeline", "calendar")
    troubled = _early_trouble(fixtures)
    states = [state for fixture in fixtures for state in _states(fixture, diary, _fate(fixture, troubled, rng), rng)]
    schema = {"match_key": pl.Int64(), "known_at_utc": UTC_TIME, "kickoff_at_utc": UTC_TIME, "status": pl.String()}
    frame = pl.DataFrame(states, schema, orient="row")
    return _played_out(frame.sort("match_key", "known_at_utc"))


def _early_trouble(fixtures: list[Fixture]) -> tuple[Fixture, Fixture, Fixture]:
    """Choose a match of the coming round to be called off, and two later ones to be abandoned."""
    second = [fixture for fixture in fixtures if fixture.division == "E1"]
    called_off = next(fixture for fixture in second if fixture.kickoff_at_utc > SANDBOX_NOW + timedelta(hours=18))
    soon = next(f for f in reversed(second) if _days_ahead(f) in range(6, 10))
    later = next(f for f in reversed(fixtures) if f.division == "SP1" and _days_ahead(f) in range(60, 80))
    return called_off, soon, later


def _days_ahead(fixture: Fixture) -> int:
    return (fixture.kickoff_at_utc - SANDBOX_NOW).days


def _fate(fixture: Fixture, troubled: tuple[Fixture, ...], rng: np.random.Generator) -> str:
    draw = rng.random()
    if fixture in troubled:
        return "postponed" if _days_ahead(fixture) < 5 else "abandoned"
    if fixture.kickoff_at_utc < SANDBOX_NOW + FIRST_MOVED or fixture.kickoff_at_utc > LAST_CALLED_OFF:
        return "as planned"
    if draw < POSTPONED_SHARE:
        return "postponed"
    is_main_slot = fixture.kickoff_at_utc.astimezone(LONDON).strftime("%w %H") == "6 15"
    return "moved" if is_main_slot and draw < POSTPONED_SHARE + MOVED_SHARE else "as planned"


def _states(fixture: Fixture, diary: Diary, fate: str, rng: np.random.Generator) -> Iterator[State]:
    yield fixture.key, PUBLISHED_AT_UTC, fixture.kickoff_at_utc, "scheduled"
    if fate == "moved":
        yield from _moved(fixture, diary, rng)
    if fate == "postponed":
        yield from _postponed(fixture, diary, rng)
    if fate == "abandoned":
        yield from _abandoned(fixture, diary, rng)


def _moved(fixture: Fixture, diary: Diary, rng: np.random.Generator) -> Iterator[State]:
    offset, clock = TELEVISION_SLOTS[rng.integers(len(TELEVISION_SLOTS))]
    announced_at_utc = fixture.kickoff_at_utc - timedelta(days=int(rng.integers(16, 40)), hours=int(rng.integers(8)))
    kickoff_at_utc = _london(datetime.combine(fixture.kickoff_at_utc.date() + timedelta(days=offset), clock))
    if diary.is_free(fixture, kickoff_at_utc):
        diary.enter(fixture, kickoff_at_utc)
        yield fixture.key, max(announced_at_utc, SANDBOX_NOW), kickoff_at_utc, "scheduled"


def _postponed(fixture: Fixture, diary: Diary, rng: np.random.Generator) -> Iterator[State]:
    notice = timedelta(minutes=int(rng.integers(150, 3000)))
    called_off_at_utc = max(fixture.kickoff_at_utc - notice, SANDBOX_NOW + timedelta(hours=15))
    yield fixture.key, called_off_at_utc, fixture.kickoff_at_utc, "postponed"
    yield _rearranged(fixture, called_off_at_utc, diary, rng)


def _rearranged(fixture: Fixture, off_at_utc: datetime, diary: Diary, rng: np.random.Generator) -> State:
    announced_at_utc = off_at_utc + timedelta(days=int(rng.integers(4, 12)), minutes=int(rng.integers(300)))
    kickoff_at_utc = diary.free_evening(fixture, announced_at_utc + timedelta(days=14))
    diary.enter(fixture, kickoff_at_utc)
    return fixture.key, announced_at_utc, kickoff_at_utc, "scheduled"


def _abandoned(fixture: Fixture, diary: Diary, rng: np.random.Generator) -> Iterator[State]:
    stopped_at_utc = fixture.kickoff_at_utc + timedelta(minutes=int(rng.integers(20, 75)))
    yield fixture.key, fixture.kickoff_at_utc, fixture.kickoff_at_utc, "in_play"
    yield fixture.key, stopped_at_utc, fixture.kickoff_at_utc, "abandoned"
    yield _rearranged(fixture, stopped_at_utc, diary, rng)


def _played_out(states: pl.DataFrame) -> pl.DataFrame:
    """Add the start and the end of every match at its last kick-off."""
    last = states.unique("match_key", keep="last", maintain_order=True)
    kickoff = pl.col("kickoff_at_utc")
    started = last.with_columns(known_at_utc=kickoff, status=pl.lit("in_play"))
    ended = last.with_columns(known_at_utc=kickoff + PLAYING_TIME, status=pl.lit("finished"))
    return pl.concat([states, started, ended]).sort("match_key", "known_at_utc", maintain_order=True)


def final_kickoffs(states: pl.DataFrame) -> pl.DataFrame:
    """Return when every match is really played: match_key, kickoff_at_utc."""
    return states.filter(status="finished").select("match_key", "kickoff_at_utc")
