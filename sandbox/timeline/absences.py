"""Injuries, illnesses and suspensions: who is missing when, what is announced before, and what it does to a match.

A report that comes to nothing is a scare: the player is doubtful and plays. What was announced by `SANDBOX_NOW` is in
the clubs' strengths already, so only later announcements change the rates of a match and its prices.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from sandbox.arrays import Bools, Floats, Ints, stream
from sandbox.moments import UTC_TIME
from sandbox.world import SANDBOX_NOW

FIRST_ABSENCE = 5_500_001
FROM_UTC, SEASON_DAYS = datetime(2026, 8, 1, 8, tzinfo=UTC), 300
ABSENCES, SCARES = 1.3, 0.6
KINDS = (
    ("knee injury", 0.12, 40, 160), ("hamstring injury", 0.25, 14, 45), ("ankle injury", 0.18, 10, 35),
    ("illness", 0.15, 3, 7), ("suspension", 0.15, 4, 9), ("muscle fatigue", 0.15, 3, 10),
)  # fmt: skip
SCARE_DAYS = (1, 3)
DOUBTFUL_FIRST, DOUBTFUL_COUNTS = 0.3, 0.5
AVAILABLE = "available"
LINEUPS_BEFORE = timedelta(minutes=60)
# Change of the own and of the opponent's log rate by a missing player, per unit of his importance.
EFFECTS = {"GK": (0.0, 0.045), "DEF": (0.0, 0.03), "MID": (-0.03, 0.015), "FWD": (-0.05, 0.0)}
ORDINARY, MOST_IMPORTANT = 0.3, 2.2


def reports(squad: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Return all reports, sorted by absence and time.

    Columns: absence_key, player_key, kind, known_at_utc, status (out, doubtful; `available` ends it), misses,
    from_at_utc, until_at_utc, expected_return_at_utc.
    """
    rng = stream(seed, "timeline", "absences")
    both = pl.concat([_drawn(squad, ABSENCES, True, rng), _drawn(squad, SCARES, False, rng)])
    both = both.with_columns(absence_key=FIRST_ABSENCE + pl.int_range(pl.len()))
    is_doubtful = pl.col("first") == "doubtful"
    first = both.with_columns(known_at_utc="from_at_utc", status="first")
    second = both.filter(is_doubtful & pl.col("misses")).with_columns(
        known_at_utc=pl.min_horizontal(pl.col("from_at_utc") + pl.duration(hours="hours"), "until_at_utc"),
        status=pl.lit("out"),
    )
    last = both.with_columns(known_at_utc="until_at_utc", status=pl.lit(AVAILABLE))
    told = pl.concat([first, second, last]).drop("first", "hours")
    return told.sort("absence_key", "known_at_utc", maintain_order=True)


def _drawn(squad: pl.DataFrame, mean: float, misses: bool, rng: np.random.Generator) -> pl.DataFrame:
    counts = rng.poisson(mean, squad.height) * ~_is_last_keeper(squad)
    total = int(counts.sum())
    kind = rng.choice(len(KINDS), total, p=[share for _, share, *_ in KINDS])
    bounds = np.array([(low, high) if misses else SCARE_DAYS for _, _, low, high in KINDS])[kind]
    days = rng.integers(bounds[:, 0], bounds[:, 1] + 1)
    minutes = rng.integers(0, SEASON_DAYS, total) * 1440 + rng.integers(0, 700, total)
    error = np.rint(days * rng.normal(0.0, 0.15, total)).astype(np.int64)
    doubtful = (rng.random(total) < DOUBTFUL_FIRST) | (not misses)
    start = pl.lit(FROM_UTC).cast(UTC_TIME) + pl.duration(minutes=pl.lit(pl.Series(minutes)))
    return pl.DataFrame({"player_key": np.repeat(squad["player_key"].to_numpy(), counts)}).with_columns(
        kind=pl.Series([KINDS[index][0] for index in kind]),
        first=pl.Series(np.where(doubtful, "doubtful", "out")),
        hours=pl.Series(rng.integers(6, 30, total)),
        misses=pl.lit(misses),
        from_at_utc=start,
        until_at_utc=start + pl.duration(days=pl.lit(pl.Series(days))),
        expected_return_at_utc=start + pl.duration(days=pl.lit(pl.Series(np.maximum(days + error, 1)))),
    )


def _is_last_keeper(squad: pl.DataFrame) -> Bools:
    """Return who is the keeper that is always fit, so that every club has one, shape (n,)."""
    is_last = pl.int_range(1, pl.len() + 1).over("club", "position") == pl.len().over("club", "position")
    mask: Bools = squad.select(is_last & (pl.col("position") == "GK")).to_series().to_numpy()
    return mask


def missed(sides: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """Return who misses which match: match_key, player_key; `sides` has match_key, player_key, kickoff_at_utc."""
    absent = told.filter("misses").unique("absence_key", maintain_order=True)
    joined = sides.join(absent.select("player_key", "from_at_utc", "until_at_utc"), on="player_key")
    kickoff = pl.col("kickoff_at_utc")
    within = joined.filter((pl.col("from_at_utc") <= kickoff) & (kickoff < pl.col("until_at_utc")))
    return within.select("match_key", "player_key").unique(maintain_order=True)


def effects(sides: pl.DataFrame, told: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return what absences after the present do to the matches: what is believed of them, and what is true.

    `sides` has match_key, side, player_key, position, ability and kickoff_at_utc. Both frames have match_key, home and
    away (changes of the log rates); the beliefs have known_at_utc too, and are steps that add up: reports first, by the
    expected return, and an hour before the kick-off the line-ups, which say the truth.
    """
    concerned = _concerned(sides, told)
    kickoff = pl.col("kickoff_at_utc")
    is_missing = pl.col("misses") & (pl.col("from_at_utc") <= kickoff) & (kickoff < pl.col("until_at_utc"))
    one = concerned.unique(["match_key", "absence_key"], maintain_order=True)
    truth = one.with_columns(weight=is_missing.cast(pl.Float64), known_at_utc=kickoff - LINEUPS_BEFORE)
    counts = pl.col("status").replace_strict({"out": 1.0, "doubtful": DOUBTFUL_COUNTS, AVAILABLE: 0.0})
    believed = concerned.filter(pl.col("known_at_utc") < kickoff - LINEUPS_BEFORE).with_columns(
        weight=pl.when(kickoff < pl.col("expected_return_at_utc")).then(counts).otherwise(0.0)
    )
    steps = pl.concat([believed, truth]).sort("match_key", "absence_key", "known_at_utc", maintain_order=True)
    before = pl.col("weight").shift(1).over("match_key", "absence_key").fill_null(0.0)
    return _changes(steps.with_columns(weight=pl.col("weight") - before)), _changes(truth)


def _concerned(sides: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """Return the reports on absences after the present beside every match that they may reach."""
    recent = told.filter(pl.col("from_at_utc") >= pl.lit(SANDBOX_NOW).cast(UTC_TIME))
    joined = sides.join(recent, on="player_key")
    latest_return = pl.max_horizontal("until_at_utc", "expected_return_at_utc")
    kickoff = pl.col("kickoff_at_utc")
    reached = joined.filter((pl.col("from_at_utc") < kickoff - LINEUPS_BEFORE) & (kickoff < latest_return))
    return reached.sort("match_key", "absence_key", "known_at_utc", maintain_order=True)


def _changes(weighted: pl.DataFrame) -> pl.DataFrame:
    """Turn weights of missing players into changes of the log rates of either side."""
    importance = (pl.col("ability") - ORDINARY).clip(0.0, MOST_IMPORTANT) * pl.col("weight")
    own, other = (
        importance * pl.col("position").replace_strict({place: effect[i] for place, effect in EFFECTS.items()})
        for i in (0, 1)
    )
    is_home = pl.col("side") == "home"
    changes = weighted.select(
        "match_key",
        "known_at_utc",
        pl.when(is_home).then(own).otherwise(other).alias("home"),
        pl.when(is_home).then(other).otherwise(own).alias("away"),
    )
    return changes.filter((pl.col("home") != 0.0) | (pl.col("away") != 0.0))


def shift_at(steps: pl.DataFrame, keys: Ints, moments: Ints) -> Floats:
    """Return the sum of the steps known at moments (microseconds), by match key, shape (n, 2)."""
    asked = pl.DataFrame({"row": np.arange(len(keys)), "match_key": keys, "at": moments})
    known = asked.join(steps, on="match_key").filter(pl.col("known_at_utc").dt.epoch("us") <= pl.col("at"))
    summed = known.group_by("row").agg(pl.col("home", "away").sum()).sort("row")
    shift = np.zeros((len(keys), 2))
    shift[summed["row"].to_numpy()] = summed.select("home", "away").to_numpy()
    return shift
