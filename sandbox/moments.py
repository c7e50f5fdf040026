"""Moments and what is known at them, for frames that carry `known_at_utc`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from sandbox.arrays import Ints

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
UTC_TIME = pl.Datetime("us", "UTC")


def moment(t: datetime) -> pl.Expr:
    """Return a moment as a literal; raises ValueError where it has no time zone."""
    if t.tzinfo is None:
        raise ValueError(f"{t} has no time zone: give a moment in UTC.")
    return pl.lit(t.astimezone(UTC)).cast(UTC_TIME)


def known_by(frame: pl.DataFrame, t: datetime, column: str = "known_at_utc") -> pl.DataFrame:
    """Return the rows that are known at a moment."""
    return frame.filter(pl.col(column) <= moment(t))


def latest(history: pl.DataFrame, key: str, t: datetime) -> pl.DataFrame:
    """Return the newest state of every key that is known at a moment; the history is sorted by time within its key."""
    return known_by(history, t).unique(key, keep="last", maintain_order=True)


def london_to_utc(column: pl.Expr) -> pl.Expr:
    """Turn naive UK local time into UTC."""
    return column.dt.replace_time_zone("Europe/London").dt.convert_time_zone("UTC")


def microseconds(t: datetime) -> int:
    """Return a moment in microseconds of the epoch."""
    return (t - EPOCH) // timedelta(microseconds=1)


def epoch(moments: pl.Series) -> Ints:
    """Return moments in microseconds of the epoch, shape (n,)."""
    return moments.dt.epoch("us").to_numpy().astype(np.int64)
