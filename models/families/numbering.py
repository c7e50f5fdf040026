"""Clubs, divisions and times as numbers, for the compiled recursions of ratings and filters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lake.competitions import competitions

DAY_US = 86_400_000_000.0
"""Microseconds of a day."""
Integers = NDArray[np.int64]
Numbers = Mapping[str, int]


def micros(times: pl.Series) -> Integers:
    """Microseconds since 1970 UTC, (n,)."""
    return times.dt.epoch("us").to_numpy().astype(np.int64)


def days(times: pl.Series) -> NDArray[np.float64]:
    """Days since 1970 UTC, (n,)."""
    return micros(times) / DAY_US


def known_before(told: pl.Series, asked: pl.Series) -> Integers:
    """How many of the moments `told`, in rising order, lie at or before each moment `asked`; (n,)."""
    return np.searchsorted(micros(told), micros(asked), side="right")


def numbers(frames: Iterable[pl.DataFrame], columns: tuple[str, ...]) -> Numbers:
    """A number for each name in these columns, from 0, in the order of the names."""
    names = pl.concat([frame[column] for frame in frames for column in columns]).unique().sort()
    return {name: number for number, name in enumerate(names)}


def codes(names: pl.Series, numbered: Numbers) -> Integers:
    """The number of each name, (n,); raises where one has none."""
    return names.replace_strict(numbered, return_dtype=pl.Int64).to_numpy().astype(np.int64)


def places(frame: pl.DataFrame, clubs: Numbers, leagues: Numbers) -> Integers:
    """Home club, away club and division of each row by their numbers, (n, 3)."""
    named = (("home_team_id", clubs), ("away_team_id", clubs), ("competition_id", leagues))
    return np.column_stack([codes(frame[column], numbered) for column, numbered in named])


def tiers(leagues: Iterable[str]) -> NDArray[np.float64]:
    """The tier of each division: 1 is the highest, and that of a division that nobody knows."""
    known = competitions("football")
    return np.array([known[name].tier if name in known else 1 for name in leagues], dtype=np.float64)
