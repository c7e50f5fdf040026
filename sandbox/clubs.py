"""The divisions, their invented clubs and referees, and who plays where next season.

A division knows its vendor code, its size and the goals expected of two average clubs. The names stand in `clubs.csv`
and `referees.csv`. League tables stand in `table.py`.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

import numpy as np

SEASON_START_YEARS = tuple(range(2018, 2027))
EXCHANGED_CLUBS = 3


@dataclass(frozen=True)
class Division:
    """One division: vendor code, country, number of clubs, and mean goals of an average home and away side."""

    code: str
    country: str
    size: int
    home_goals: float
    away_goals: float
    level: float

    def __post_init__(self) -> None:
        """Refuse a size that a double round-robin without byes cannot hold."""
        if self.size < 4 or self.size % 2:
            raise ValueError(f"{self.code}: a division needs an even number of clubs, not {self.size}")


DIVISIONS = (
    Division("E0", "England", 20, 1.52, 1.18, 0.20),
    Division("E1", "England", 24, 1.50, 1.16, -0.12),
    Division("SP1", "Spain", 20, 1.44, 1.06, 0.0),
    Division("D1", "Germany", 18, 1.58, 1.24, 0.0),
)


def _column(file: str, column: str, country: str) -> tuple[str, ...]:
    text = resources.files("sandbox").joinpath(file).read_text(encoding="utf-8")
    return tuple(row[column] for row in csv.DictReader(text.splitlines()) if row["country"] == country)


def clubs_of(country: str) -> tuple[str, ...]:
    """Return the invented clubs of a country; the first ones start in its top division."""
    return _column("clubs.csv", "club", country)


def referees_of(country: str) -> tuple[str, ...]:
    """Return the invented referees of a country; empty where the vendor names none."""
    return _column("referees.csv", "referee", country)


def first_members() -> dict[str, list[str]]:
    """Return the clubs of every division in the first season, by vendor code."""
    english = list(clubs_of("England"))
    return {
        "E0": english[:20],
        "E1": english[20:44],
        "SP1": list(clubs_of("Spain")[:20]),
        "D1": list(clubs_of("Germany")[:18]),
    }


def next_members(ranked: Mapping[str, list[str]], rng: np.random.Generator) -> dict[str, list[str]]:
    """Return next season's clubs from the final tables (best first): three down, three up or three newcomers."""
    up, down = ranked["E1"][:EXCHANGED_CLUBS], ranked["E0"][-EXCHANGED_CLUBS:]
    return {
        "E0": ranked["E0"][:-EXCHANGED_CLUBS] + up,
        "E1": ranked["E1"][EXCHANGED_CLUBS:] + down,
        "SP1": _with_newcomers("Spain", ranked["SP1"], rng),
        "D1": _with_newcomers("Germany", ranked["D1"], rng),
    }


def _with_newcomers(country: str, ranked: list[str], rng: np.random.Generator) -> list[str]:
    outside = sorted(set(clubs_of(country)) - set(ranked))
    newcomers = rng.choice(len(outside), EXCHANGED_CLUBS, replace=False)
    return ranked[:-EXCHANGED_CLUBS] + [outside[index] for index in newcomers]
