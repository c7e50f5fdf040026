"""The football markets that are open at a moment, brought together from fixtures, anchors, paths and news."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import polars as pl

from sandbox.arrays import Floats
from sandbox.books import BOOKS
from sandbox.moments import epoch, london_to_utc, microseconds, moment
from sandbox.timeline.anchors import Anchors
from sandbox.timeline.paths import CLOSE_BEFORE, OPEN_BEFORE, SECOND, Errors, Nodes, Waves, errors_at, ticks
from sandbox.timeline.prices import Board, News

SNAPSHOT_HOUR = timedelta(hours=17)


@dataclass(frozen=True)
class Market:
    """What the markets of a season are made of: its matches, anchors, paths, delays (b, m) as a share, and news."""

    matches: pl.DataFrame
    anchors: Anchors
    series: Waves
    delays: Floats
    news: News

    def board(self, fixtures: pl.DataFrame, t: datetime) -> Board:
        """Return the open markets at a moment, among fixtures as they are known at it."""
        opens = pl.col("kickoff_at_utc") - pl.duration(microseconds=OPEN_BEFORE)
        is_open = (pl.col("status") == "scheduled") & (opens <= moment(t)) & (moment(t) < pl.col("kickoff_at_utc"))
        coming = fixtures.filter(is_open).select("match_key", "kickoff_at_utc").with_columns(snapshot_before())
        keys = coming["match_key"].to_numpy()
        rows = np.searchsorted(self.matches["match_key"].to_numpy(), keys)
        nodes = _nodes(coming)
        tick, period = ticks(microseconds(t), nodes.closed + CLOSE_BEFORE)
        quoted_at = tick - (self.delays[:, rows] * period).astype(np.int64) // SECOND * SECOND
        taken = self.anchors.taken(rows)
        errors: Errors = errors_at(tick, nodes, taken, self.series.taken(rows))
        rates = self.matches.select("log_home", "log_away").to_numpy()[rows]
        return Board(keys, rates, quoted_at, taken.quoted & (quoted_at >= nodes.opened), errors, self.news)


def snapshot_before() -> pl.Expr:
    """Return when the price files look at a match: Friday 17:00 UK for Friday to Monday, else Tuesday 17:00."""
    local = pl.col("kickoff_at_utc").dt.convert_time_zone("Europe/London").dt.replace_time_zone(None)
    weekday = local.dt.weekday()
    back = (weekday - 5 + 7) % 7
    midweek = weekday.is_in([2, 3, 4])
    days = pl.when(midweek).then(weekday - 2).otherwise(back)
    at = local.dt.truncate("1d") - pl.duration(days=days) + SNAPSHOT_HOUR
    return london_to_utc(at).alias("snapshot_at_utc")


def _nodes(coming: pl.DataFrame) -> Nodes:
    kickoff, snapshot = (epoch(coming[name]) for name in ("kickoff_at_utc", "snapshot_at_utc"))
    closed = kickoff - CLOSE_BEFORE
    return Nodes(kickoff - OPEN_BEFORE, np.minimum(snapshot, closed), closed)


def delays(rng: np.random.Generator, matches: int) -> Floats:
    """Draw how long before a tick each book looked, as a share of the time between ticks, shape (books, m)."""
    return rng.random((len(BOOKS), matches))
