"""Seasons, local days and tip-offs of the NBA: what a date, a season's number or a game's number says."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

ZONE = "America/New_York"
NOMINAL_TIPOFF = timedelta(hours=19, minutes=30)
"""Where only a game's day is told."""

PHASES = {"2": "regular", "4": "playoffs", "5": "play_in", "6": "cup"}
LEFT_OUT = {"1": "pre-season", "3": "all-star"}
"""Parts of a season by the digit that the league puts before it, as in `22023` and `0022300061`."""

PARTS = {"Regular Season": ((10, 1), (10, 28)), "PlayIn": ((4, 8), (4, 20)), "Playoffs": ((4, 12), (4, 24))}
"""By the league's word for a part of a season: month and day from which it may have games, and from which it must."""

_SEASON_STARTS_IN_MONTH = 8
_BUBBLE = (date(2020, 8, 1), date(2020, 10, 12))
"""In the year of the pandemic the season of 2019-20 went on into October."""


def season_start_year(day: date) -> int:
    """The year in which the season of a day began: August starts a new one."""
    if _BUBBLE[0] <= day <= _BUBBLE[1]:
        return _BUBBLE[0].year - 1
    return day.year if day.month >= _SEASON_STARTS_IN_MONTH else day.year - 1


def season_over_at(start_year: int) -> datetime:
    """When nothing of a season is to come any more."""
    last = _BUBBLE[1] if start_year == _BUBBLE[1].year - 1 else date(start_year + 1, _SEASON_STARTS_IN_MONTH, 1)
    return datetime(last.year, last.month, last.day, tzinfo=UTC)


def season_code(start_year: int) -> str:
    """`2023-24`."""
    return f"{start_year}-{(start_year + 1) % 100:02d}"


def may_have_games(part: str, start_year: int, day: date) -> bool:
    """Whether a log of this part of a season may have games on a day, of days to come among them."""
    return day >= _day_in(start_year, PARTS[part][0])


def must_have_games(part: str, start_year: int, day: date) -> bool:
    """Whether a log of this part of a season without any game is a fault on a day."""
    return day >= _day_in(start_year, PARTS[part][1])


def _day_in(start_year: int, month_and_day: tuple[int, int]) -> date:
    month, day = month_and_day
    return date(start_year if month >= _SEASON_STARTS_IN_MONTH else start_year + 1, month, day)


def local_day(moment: datetime) -> date:
    """The day on which the league would date a moment."""
    return moment.astimezone(ZoneInfo(ZONE)).date()


def code_of_day(day: pl.Expr) -> pl.Expr:
    """The season of each day, as `season_start_year` and `season_code` have it."""
    year = pl.when(day.dt.month() >= _SEASON_STARTS_IN_MONTH).then(day.dt.year()).otherwise(day.dt.year() - 1)
    return code_of_year(pl.when(day.is_between(*_BUBBLE)).then(_BUBBLE[0].year - 1).otherwise(year))


def code_of_year(year: pl.Expr) -> pl.Expr:
    """`2023-24` of 2023."""
    second = ((year + 1) % 100).cast(pl.String).str.zfill(2)
    return pl.concat_str(year.cast(pl.String), pl.lit("-"), second)


def day_of(moment: pl.Expr) -> pl.Expr:
    """The day on which the league dates each moment."""
    return moment.dt.convert_time_zone(ZONE).dt.date()


def nominal_tipoff(day: pl.Expr) -> pl.Expr:
    """Half past seven in the evening, Eastern, of each day, as UTC."""
    return (day.cast(pl.Datetime("us")) + NOMINAL_TIPOFF).dt.replace_time_zone(ZONE).dt.convert_time_zone("UTC")


def start_of_day(day: pl.Expr) -> pl.Expr:
    """Midnight that begins each day, Eastern, as UTC."""
    return day.cast(pl.Datetime("us")).dt.replace_time_zone(ZONE).dt.convert_time_zone("UTC")


def end_of_day(day: pl.Expr) -> pl.Expr:
    """Midnight that ends each day, Eastern, as UTC."""
    return start_of_day(day.dt.offset_by("1d"))


def morning_after(day: pl.Expr) -> pl.Expr:
    """06:00 UTC of the day after each day: by then every game of it is over and known."""
    return (day.dt.offset_by("1d").cast(pl.Datetime("us")) + pl.duration(hours=6)).dt.replace_time_zone("UTC")
