"""The states of the games: scheduled, put off for snow or a leaking roof, scheduled again, played."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl

from sandbox.arrays import stream
from sandbox.moments import UTC_TIME
from sandbox.nba.schedule import eastern_day
from sandbox.world import SANDBOX_NOW

PUBLISHED_MONTH, PUBLISHED_DAY, PUBLISHED_HOUR = 8, 14, 19
POSTPONED = 4
REGULATION, OVERTIME = timedelta(minutes=138), timedelta(minutes=14)
FIRST_POSTPONED, LAST_POSTPONED = timedelta(days=1), timedelta(days=100)


def put_off(games: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Choose the games after the present that are put off: game_id, off_at_utc, again_at_utc, replayed_at_utc.

    The new date is the first from two weeks later on that both teams have free.
    """
    rng = stream(seed, "nba", "put off")
    between = pl.col("tipoff_at_utc").is_between(SANDBOX_NOW + FIRST_POSTPONED, SANDBOX_NOW + LAST_POSTPONED)
    candidates = games.filter(between).sort("tipoff_at_utc")
    chosen = [0, *(int(index) for index in rng.integers(candidates.height, size=POSTPONED - 1))]
    rows = []
    for game_id, home, away, tipoff in candidates.select("game_id", "home", "away", "tipoff_at_utc")[chosen].rows():
        off_at_utc = tipoff - timedelta(minutes=int(rng.integers(90, 600)))
        rows.append((game_id, off_at_utc, off_at_utc + timedelta(days=3), _free_day(games, {home, away}, tipoff)))
    times = ("off_at_utc", "again_at_utc", "replayed_at_utc")
    return pl.DataFrame(rows, {"game_id": pl.String, **dict.fromkeys(times, UTC_TIME)}, orient="row").unique(
        "game_id", maintain_order=True
    )


def _free_day(games: pl.DataFrame, clubs: set[int], tipoff: datetime) -> datetime:
    theirs = games.filter(pl.col("home").is_in(clubs) | pl.col("away").is_in(clubs))
    taken = set(theirs.select(eastern_day()).to_series())
    ahead = (tipoff + timedelta(days=days) for days in range(14, 120))
    # The tip-offs are evenings in the East, whose UTC day may be the next one.
    return next(day for day in ahead if (day - timedelta(hours=5)).date() not in taken)


def played_games(games: pl.DataFrame, off: pl.DataFrame) -> pl.DataFrame:
    """Return the games with the tip-off at which they are really played."""
    moved = games.join(off.select("game_id", "replayed_at_utc"), on="game_id", how="left", maintain_order="left")
    return moved.with_columns(tipoff_at_utc=pl.coalesce("replayed_at_utc", "tipoff_at_utc")).drop("replayed_at_utc")


def history(games: pl.DataFrame, off: pl.DataFrame, overtimes: pl.DataFrame) -> pl.DataFrame:
    """Return all states: game_id, known_at_utc, tipoff_at_utc, status; `overtimes` has game_id and overtimes."""
    planned = games.select(
        "game_id", known_at_utc=_published(), tipoff_at_utc="tipoff_at_utc", status=pl.lit("scheduled")
    )
    moved = off.join(games.select("game_id", "tipoff_at_utc"), on="game_id")
    called_off = moved.select(
        "game_id", known_at_utc="off_at_utc", tipoff_at_utc="tipoff_at_utc", status=pl.lit("postponed")
    )
    again = moved.select(
        "game_id", known_at_utc="again_at_utc", tipoff_at_utc="replayed_at_utc", status=pl.lit("scheduled")
    )
    played = played_games(games, off).join(overtimes, on="game_id", maintain_order="left")
    tipoff = pl.col("tipoff_at_utc")
    started = played.select("game_id", known_at_utc=tipoff, tipoff_at_utc=tipoff, status=pl.lit("in_play"))
    over = tipoff + REGULATION + pl.col("overtimes") * OVERTIME
    ended = played.select("game_id", known_at_utc=over, tipoff_at_utc=tipoff, status=pl.lit("finished"))
    states = pl.concat([planned, called_off, again, started, ended])
    return states.sort("game_id", "known_at_utc", maintain_order=True)


def _published() -> pl.Expr:
    year = pl.col("season_start_year")
    return pl.datetime(year, PUBLISHED_MONTH, PUBLISHED_DAY, PUBLISHED_HOUR, time_zone="UTC").cast(UTC_TIME)
