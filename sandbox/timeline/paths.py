"""Paths of prices through time: when a market opens, at which ticks a book looks again, and how errors wander between.

Between two anchors an error goes straight from one to the other, with a Brownian bridge on top (its Karhunen-Loeve
series), so that it is pulled back to the anchors and can be asked for at any moment without walking there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sandbox.arrays import Floats, Ints, stream
from sandbox.timeline.anchors import Anchors

SECOND = 1_000_000
MINUTE, HOUR, DAY = 60 * SECOND, 3600 * SECOND, 86400 * SECOND
OPEN_BEFORE = 7 * DAY
CLOSE_BEFORE = 5 * MINUTE
MARKET_SD_A_DAY, BOOK_SD_A_DAY = 0.014, 0.004
MARKET_WAVES, BOOK_WAVES = 24, 8
FIRST_ERROR_FACTOR, FIRST_ERROR_SD = 1.2, 0.02


@dataclass(frozen=True)
class Nodes:
    """Moments of m markets in microseconds of the epoch, each (m,): first price, snapshot of the files, last price."""

    opened: Ints
    snapshot: Ints
    closed: Ints


def ticks(now: int, kickoffs: Ints) -> tuple[Ints, Ints]:
    """Return the last tick of every market at a moment and the time between ticks, in microseconds, each (m,)."""
    left = kickoffs - now
    period = np.select([left <= 2 * HOUR, left <= DAY], [5 * MINUTE, 15 * MINUTE], HOUR)
    return now // period * period, period


@dataclass(frozen=True)
class Waves:
    """The random series of all matches: market (2, m, 2, waves), books (2, b, m, 2, waves), first errors (m, 2)."""

    market: Floats
    books: Floats
    first: Floats

    def taken(self, rows: Ints) -> Waves:
        """Return the series of some matches, by their numbers."""
        return Waves(self.market[:, rows], self.books[:, :, rows], self.first[rows])


def waves(seed: int, books: int, matches: int) -> Waves:
    """Draw the series of a season; `books` and `matches` are their numbers."""
    rng = stream(seed, "timeline", "waves")
    market = MARKET_SD_A_DAY * rng.normal(size=(2, matches, 2, MARKET_WAVES))
    own = BOOK_SD_A_DAY * rng.normal(size=(2, books, matches, 2, BOOK_WAVES))
    return Waves(market, own, FIRST_ERROR_SD * rng.normal(size=(matches, 2)))


@dataclass(frozen=True)
class Errors:
    """Errors at a moment: of the market (m, 2), of the books (b, m, 2), and of the prices (b, m, 7), all in logs."""

    market: Floats
    books: Floats
    noise: Floats


def errors_at(tick: Ints, nodes: Nodes, anchors: Anchors, series: Waves) -> Errors:
    """Return the errors of m matches at their ticks (m,)."""
    is_late = tick >= nodes.snapshot
    early = np.clip((tick - nodes.opened) / np.maximum(nodes.snapshot - nodes.opened, 1), 0.0, 1.0)
    late = np.clip((tick - nodes.snapshot) / np.maximum(nodes.closed - nodes.snapshot, 1), 0.0, 1.0)
    late = np.where(is_late, late, 0.0)
    first = FIRST_ERROR_FACTOR * anchors.market[0] + series.first - anchors.market[0]
    straight = (1.0 - np.where(is_late, 1.0, early))[:, None] * first
    days = [np.sqrt((nodes.snapshot - nodes.opened) / DAY), np.sqrt((nodes.closed - nodes.snapshot) / DAY)]
    wander, own = (
        np.where(is_late[:, None], bridge(late, days[1], part[1]), bridge(early, days[0], part[0]))
        for part in (series.market, series.books)
    )
    market = _between(anchors.market, late[:, None]) + straight + wander
    books = _between(anchors.books, late[:, None]) + straight + wander + own
    return Errors(market, books, _between(anchors.noise, late[:, None]))


def _between(ends: Floats, share: Floats) -> Floats:
    value: Floats = ends[0] + share * (ends[1] - ends[0])
    return value


def bridge(share: Floats, scale: Floats, coefficients: Floats) -> Floats:
    """Return Brownian bridges at shares (m,) of their time; `coefficients` (..., m, 2, waves)."""
    number = np.arange(1, coefficients.shape[-1] + 1)
    basis = np.sqrt(2.0) * np.sin(np.pi * number * share[:, None]) / (np.pi * number)
    value: Floats = (coefficients * basis[:, None, :]).sum(axis=-1) * np.nan_to_num(scale)[:, None]
    return value
