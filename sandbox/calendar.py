"""The fixture calendar: a double round-robin on weekends and some midweeks from August to May, in UK local time."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import numpy as np
import polars as pl

from sandbox.arrays import Ints

FRIDAY, SATURDAY, SUNDAY, MONDAY = -1, 0, 1, 2
Slot = tuple[int, time]

WEEKEND_SLOTS: tuple[Slot, ...] = (
    (FRIDAY, time(20, 0)),
    (SATURDAY, time(12, 30)),
    (SATURDAY, time(17, 30)),
    (SUNDAY, time(14, 0)),
    (SUNDAY, time(14, 0)),
    (SUNDAY, time(16, 30)),
    (MONDAY, time(20, 0)),
)
MIDWEEK_SLOTS: tuple[Slot, ...] = ((3, time(19, 45)), (4, time(19, 45)))
MAIN_SLOT: Slot = (SATURDAY, time(15, 0))
FEWEST_MIDWEEKS = 4
MIDWEEK_MONTHS = (8, 9, 10, 12, 1, 2, 4)


def pairings(clubs: int) -> Ints:
    """Return a double round-robin by the circle method, shape (2 * (clubs - 1), clubs / 2, 2): home and away index."""
    half, last = clubs // 2, clubs - 1
    turn = np.arange(last)[:, None]
    seats = (np.arange(last)[None, :] + turn) % last
    seats = np.hstack([np.full((last, 1), last), seats])
    left, right = seats[:, :half], seats[:, half:][:, ::-1]
    swap = np.broadcast_to(np.arange(half) % 2 == 1, left.shape).copy()
    swap[:, 0] = turn[:, 0] % 2 == 1
    first = np.stack([np.where(swap, right, left), np.where(swap, left, right)], axis=2)
    return np.concatenate([first, first[:, :, ::-1]])


def playing_weekends(start_year: int) -> list[date]:
    """Return the Saturdays of a season that are not left to international matches."""
    first = _saturday_from(date(start_year, 8, 7))
    saturdays = [first + timedelta(weeks=week) for week in range(42)]
    breaks = {
        _saturday_from(date(start_year, 9, 3)),
        _saturday_from(date(start_year, 10, 8)),
        _saturday_from(date(start_year, 11, 10)),
        _saturday_from(date(start_year + 1, 3, 23)),
    }
    return [day for day in saturdays if day not in breaks and day < date(start_year + 1, 5, 26)]


def _saturday_from(day: date) -> date:
    return day + timedelta(days=(5 - day.weekday()) % 7)


def round_saturdays(start_year: int, rounds: int) -> list[tuple[date, bool]]:
    """Return the rounds of a season in order, each as its Saturday and whether it is played in the midweek after it.

    The weekends that a short season leaves out fall after New Year. Midweek rounds stand between two playing weekends,
    never in November.
    """
    weekends = playing_weekends(start_year)
    midweeks = max(FEWEST_MIDWEEKS, rounds - len(weekends))
    left_out = _spread([day for day in weekends if day.year > start_year], len(weekends) + midweeks - rounds)
    played = [day for day in weekends if day not in left_out]
    candidates = [day for day in played[:-2] if day.month in MIDWEEK_MONTHS and day + timedelta(weeks=1) in set(played)]
    return sorted([(day, False) for day in played] + [(day, True) for day in _spread(candidates, midweeks)])


def _spread(days: list[date], count: int) -> list[date]:
    return [days[int((index + 0.5) * len(days) / count)] for index in range(count)]


def kickoffs(start_year: int, rounds: int, matches: int, rng: np.random.Generator) -> list[list[datetime]]:
    """Return the UK local kick-off of every match of every round, in random order within a round."""
    order = round_saturdays(start_year, rounds)
    midweeks = {day for day, is_midweek in order if is_midweek}
    drawn = []
    for saturday, is_midweek in order:
        slots = _midweek_slots(matches) if is_midweek else _weekend_slots(saturday, midweeks, matches)
        times = [datetime.combine(saturday + timedelta(days=offset), clock) for offset, clock in slots]
        drawn.append([times[index] for index in rng.permutation(matches)])
    return drawn


def _midweek_slots(matches: int) -> list[Slot]:
    return [MIDWEEK_SLOTS[index % 2] for index in range(matches)]


def _weekend_slots(saturday: date, midweeks: set[date], matches: int) -> list[Slot]:
    """Return a weekend's slots; nobody plays on the Monday before a midweek round or on the Friday after one."""
    closed = {FRIDAY} if saturday - timedelta(weeks=1) in midweeks else set()
    closed |= {MONDAY} if saturday in midweeks else set()
    slots = [slot for slot in WEEKEND_SLOTS if slot[0] not in closed]
    return slots + [MAIN_SLOT] * (matches - len(slots))


def season_fixtures(clubs: list[str], start_year: int, rng: np.random.Generator) -> pl.DataFrame:
    """Return a season's fixtures: round (from 0), home, away, kickoff_local (naive, UK local time)."""
    schedule = pairings(len(clubs))
    rounds, matches, _ = schedule.shape
    named = np.array(clubs, dtype=object)[rng.permutation(len(clubs))][schedule]
    times = [time for day in kickoffs(start_year, rounds, matches, rng) for time in day]
    return pl.DataFrame(
        {
            "round": np.repeat(np.arange(rounds), matches),
            "home": named[:, :, 0].ravel().tolist(),
            "away": named[:, :, 1].ravel().tolist(),
            "kickoff_local": times,
        }
    )
