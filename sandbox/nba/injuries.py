"""Injuries and the reports on them: who is missing when, and what is announced before it.

An absence begins with its first report. Some begin as questionable or doubtful and become out before the game; other
reports come to nothing and the player plays.
"""

from __future__ import annotations

from datetime import datetime

import numpy as np
import polars as pl

from sandbox.arrays import Bools, Ints, stream
from sandbox.moments import UTC_TIME
from sandbox.nba.rosters import ROSTER
from sandbox.nba.schedule import FIRST_DAYS, SEASONS

ABSENCES_A_SEASON, SCARES_A_SEASON = 2.0, 1.6
SEASON_DAYS = 170
LENGTHS_DAYS, LENGTH_SHARES = ((1, 5), (6, 25), (26, 100)), (0.6, 0.3, 0.1)
PARTS = (
    "Left Ankle; Sprain", "Right Knee; Soreness", "Left Hamstring; Strain", "Illness", "Lower Back; Spasms",
    "Right Wrist; Sprain", "Left Calf; Tightness", "Concussion Protocol", "Right Groin; Strain", "Rest",
)  # fmt: skip
FIRST_STATUSES = ("Out", "Questionable", "Doubtful")
SCARES = ("Questionable", "Probable")
AVAILABLE = "Available"


def reports(roster: Ints, seed: int) -> pl.DataFrame:
    """Return all reports, sorted by injury and time.

    Columns: injury, player, season, team, known_at_utc, status (`Available` ends it), description, misses (whether he
    misses games), from_at_utc, until_at_utc, expected_return_at_utc.
    """
    rng = stream(seed, "nba", "injuries")
    both = pl.concat([_absences(roster, rng), _scares(roster, rng)]).with_row_index("injury")
    first = both.with_columns(known_at_utc="from_at_utc", status="first")
    second = both.filter(pl.col("misses") & (pl.col("first") != "Out")).with_columns(
        known_at_utc=pl.min_horizontal(pl.col("from_at_utc") + pl.duration(hours="hours"), pl.col("until_at_utc")),
        status=pl.lit("Out"),
    )
    last = both.with_columns(known_at_utc="until_at_utc", status=pl.lit(AVAILABLE))
    return pl.concat([first, second, last]).drop("first", "hours").sort("injury", "known_at_utc", maintain_order=True)


def _drawn(roster: Ints, mean: float, rng: np.random.Generator) -> pl.DataFrame:
    """Draw for whom and from when: player, season, team, from_at_utc, description, hours to a second report."""
    counts = rng.poisson(mean, roster.shape)
    season, team, rank = (np.repeat(index.ravel(), counts.ravel()) for index in np.indices(roster.shape))
    total = len(season)
    starts = np.array([_noon(year) for year in SEASONS], dtype="datetime64[us]")[season]
    minutes = rng.integers(-5, SEASON_DAYS, total) * 1440 + rng.integers(0, 660, total)
    return pl.DataFrame(
        {
            "player": roster[season, team, rank],
            "season": season,
            "team": team,
            "from_at_utc": starts + minutes.astype("timedelta64[m]"),
            "description": [PARTS[index] for index in rng.integers(len(PARTS), size=total)],
            "hours": rng.integers(3, 22, total),
        }
    ).with_columns(pl.col("from_at_utc").dt.replace_time_zone("UTC").cast(UTC_TIME))


def _noon(year: int) -> datetime:
    day = FIRST_DAYS[year]
    return datetime(day.year, day.month, day.day, 13)


def _absences(roster: Ints, rng: np.random.Generator) -> pl.DataFrame:
    frame = _drawn(roster, ABSENCES_A_SEASON, rng)
    length = np.array(LENGTHS_DAYS)[rng.choice(len(LENGTHS_DAYS), frame.height, p=LENGTH_SHARES)]
    days = rng.integers(length[:, 0], length[:, 1] + 1)
    error = np.rint(days * rng.normal(0.0, 0.2, frame.height)).astype(np.int64)
    first = rng.choice(len(FIRST_STATUSES), frame.height, p=(0.65, 0.25, 0.1))
    return _closed(frame, days * 24, np.maximum(days + error, 1) * 24, [FIRST_STATUSES[index] for index in first], True)


def _scares(roster: Ints, rng: np.random.Generator) -> pl.DataFrame:
    frame = _drawn(roster, SCARES_A_SEASON, rng)
    hours = rng.integers(8, 30, frame.height)
    first = [SCARES[index] for index in rng.integers(len(SCARES), size=frame.height)]
    return _closed(frame, hours, np.full(frame.height, 24), first, False)


def _closed(frame: pl.DataFrame, hours: Ints, expected: Ints, first: list[str], misses: bool) -> pl.DataFrame:
    start = pl.col("from_at_utc")
    return frame.with_columns(
        first=pl.Series(first, dtype=pl.String),
        misses=pl.lit(misses),
        until_at_utc=start + pl.duration(hours=pl.lit(pl.Series(hours))),
        expected_return_at_utc=start + pl.duration(hours=pl.lit(pl.Series(expected))),
    )


def available(games: pl.DataFrame, roster: Ints, told: pl.DataFrame) -> Bools:
    """Return who can play, shape (games, 2, 15) in roster order; `games` has season, home, away, tipoff_at_utc."""
    absent = told.filter("misses").unique("injury", maintain_order=True)
    sides = _sides(games).join(
        absent.select("season", "team", "player", "from_at_utc", "until_at_utc"), on=["season", "team"]
    )
    tipoff = pl.col("tipoff_at_utc")
    missed = sides.filter((pl.col("from_at_utc") <= tipoff) & (tipoff < pl.col("until_at_utc")))
    return ~_marked(games.height, missed.select("game", "side", "season", "team", "player"), roster)


def doubts(games: pl.DataFrame, roster: Ints, told: pl.DataFrame, at: str) -> tuple[Bools, Bools]:
    """Return who is reported out or doubtful, and who questionable, at a moment: two (games, 2, 15).

    `at` names the column of the games that holds the moment.
    """
    sides = _sides(games, at).join(told, on=["season", "team"])
    known = sides.filter(pl.col("known_at_utc") <= pl.col(at))
    newest = known.sort("known_at_utc", maintain_order=True).unique(
        ["game", "injury"], keep="last", maintain_order=True
    )
    told_of = newest.select("game", "side", "season", "team", "player", "status")
    missing = told_of.filter(pl.col("status").is_in(["Out", "Doubtful"]))
    unsure = told_of.filter(status="Questionable")
    return _marked(games.height, missing, roster), _marked(games.height, unsure, roster)


def _sides(games: pl.DataFrame, *more: str) -> pl.DataFrame:
    numbered = games.with_row_index("game")
    columns = list(dict.fromkeys(("game", "season", "tipoff_at_utc", *more)))
    return pl.concat(
        [numbered.select(*columns, team=side, side=pl.lit(number)) for number, side in enumerate(("home", "away"))]
    )


def _marked(games: int, rows: pl.DataFrame, roster: Ints) -> Bools:
    marks = np.zeros((games, 2, ROSTER), dtype=bool)
    if rows.height:
        game, side, season, team, player = (
            rows[name].to_numpy() for name in ("game", "side", "season", "team", "player")
        )
        rank = (roster[season, team] == player[:, None]).argmax(axis=1)
        marks[game, side, rank] = True
    return marks
