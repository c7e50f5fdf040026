"""The schedule: 82 rounds in which everybody plays once, each spread over two days; tip-offs in Eastern evenings.

Two round-robins of 29 rounds and 24 rounds of a third give each team 82 games. A round takes two days and a game falls
on either, so that nobody plays twice a day and a team plays on consecutive days about twenty times a season.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from sandbox.arrays import Ints, stream
from sandbox.calendar import pairings
from sandbox.moments import UTC_TIME
from sandbox.nba.teams import teams

SEASONS = (2024, 2025, 2026)
FIRST_DAYS = {2024: date(2024, 10, 22), 2025: date(2025, 10, 21), 2026: date(2026, 10, 20)}
TEAMS, ROUNDS = 30, 82
ALL_STAR_AFTER_ROUND, ALL_STAR_DAYS = 57, 6
EASTERN = ZoneInfo("America/New_York")
EVENING: dict[str, tuple[time, ...]] = {
    "America/New_York": (time(19, 0), time(19, 30)),
    "America/Chicago": (time(20, 0), time(20, 30)),
}
LATE = (time(21, 0), time(22, 0), time(22, 30))
EASTERN_ZONES = ("America/New_York", "America/Toronto", "America/Detroit", "America/Indiana/Indianapolis")


def rounds(rng: np.random.Generator) -> Ints:
    """Return a season's rounds in random order, shape (82, 15, 2): home and away team number."""
    double = pairings(TEAMS)
    third = pairings(TEAMS)[: TEAMS - 1][rng.permutation(TEAMS - 1)[: ROUNDS - 2 * (TEAMS - 1)]]
    numbered = rng.permutation(TEAMS)[np.concatenate([double, third])]
    return _balanced(numbered)[rng.permutation(ROUNDS)]


def _balanced(played: Ints) -> Ints:
    """Turn games round until everybody has 41 at home, among the last rounds first."""
    games = played.reshape(-1, 2).copy()
    home = np.bincount(games[:, 0], minlength=TEAMS)
    for _ in range(10):
        for game in range(len(games) - 1, -1, -1):
            host, guest = games[game]
            if (home[host] > ROUNDS // 2 and home[guest] < ROUNDS // 2) or home[host] - home[guest] > 1:
                games[game] = guest, host
                home[host], home[guest] = home[host] - 1, home[guest] + 1
    return games.reshape(played.shape)


def season_games(start_year: int, seed: int) -> pl.DataFrame:
    """Return a season's games in the order of tip-off.

    Columns: game_id, season_start_year, home, away (team numbers), tipoff_at_utc.
    """
    rng = stream(seed, "nba", "schedule", start_year)
    order = rounds(rng)
    days = _days(start_year, rng)
    zones = teams()["time_zone"].to_list()
    rows = [
        (int(host), int(guest), _tipoff(days[number, game], zones[host], rng))
        for number, played in enumerate(order)
        for game, (host, guest) in enumerate(played)
    ]
    frame = pl.DataFrame(rows, {"home": pl.Int64, "away": pl.Int64, "tipoff_at_utc": UTC_TIME}, orient="row")
    return _numbered(frame.sort("tipoff_at_utc", "home"), start_year)


def _days(start_year: int, rng: np.random.Generator) -> np.typing.NDArray[np.object_]:
    """Return the day of every game by round and place, shape (82, 15)."""
    number = np.arange(ROUNDS)
    first = 2 * number + ALL_STAR_DAYS * (number >= ALL_STAR_AFTER_ROUND)
    offsets = first[:, None] + rng.integers(2, size=(ROUNDS, TEAMS // 2))
    return np.array([[FIRST_DAYS[start_year] + timedelta(days=int(day)) for day in row] for row in offsets])


def _tipoff(day: date, zone: str, rng: np.random.Generator) -> datetime:
    clocks = EVENING["America/New_York"] if zone in EASTERN_ZONES else EVENING.get(zone, LATE)
    clock = clocks[int(rng.integers(len(clocks)))]
    if day.weekday() == 6 and rng.random() < 0.5:
        clock = time(15, 30) if zone in EASTERN_ZONES else time(18, 0)
    return datetime.combine(day, clock, EASTERN).astimezone(UTC)


def _numbered(games: pl.DataFrame, start_year: int) -> pl.DataFrame:
    number = pl.int_range(1, pl.len() + 1).cast(pl.String).str.zfill(5)
    return games.select(
        pl.format("002{}{}", pl.lit(f"{start_year % 100:02}"), number).alias("game_id"),
        pl.lit(start_year, dtype=pl.Int32).alias("season_start_year"),
        "home",
        "away",
        "tipoff_at_utc",
    )


def eastern_day(column: str = "tipoff_at_utc") -> pl.Expr:
    """Return the Eastern calendar day of a moment."""
    return pl.col(column).dt.convert_time_zone("America/New_York").dt.date()


def with_rest(games: pl.DataFrame) -> pl.DataFrame:
    """Add home_rested and away_rested, false on the second of two consecutive days, in the order of the games."""
    day = games.with_columns(day=eastern_day())
    sides = pl.concat([day.select("game_id", "day", team=side, side=pl.lit(side)) for side in ("home", "away")])
    rested = sides.sort("day").with_columns(rested=pl.col("day").diff().over("team").dt.total_days().fill_null(9) > 1)
    for side in ("home", "away"):
        one = rested.filter(side=side).select("game_id", pl.col("rested").alias(f"{side}_rested"))
        games = games.join(one, on="game_id", maintain_order="left")
    return games


def season_schedule(seed: int) -> pl.DataFrame:
    """Return the games of all seasons."""
    return pl.concat([season_games(year, seed) for year in SEASONS])
