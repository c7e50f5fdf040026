"""The NBA markets that are open at a moment: what each book believes of each game, by the reports it has seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl

from sandbox.arrays import Floats, Ints, stream
from sandbox.moments import UTC_TIME, epoch, microseconds, moment
from sandbox.nba.books import US_BOOKS
from sandbox.nba.expect import GameMeans, game_means
from sandbox.nba.injuries import doubts
from sandbox.nba.league import NbaLeague
from sandbox.nba.rates import Lineups, believed_minutes
from sandbox.timeline.paths import CLOSE_BEFORE, DAY, bridge, ticks

OPENS_AT_HOUR = 9
OPENING_SD, CLOSING_SD = np.array([1.5, 2.4]), np.array([0.4, 0.8])
CLOSING_SHARE = 0.4
WANDER_SD_A_DAY, WAVES = np.array([0.8, 1.2]), 16


@dataclass(frozen=True)
class BookView:
    """What one book believes of n open games when it last looked.

    `games` are numbers of the league's games, `quoted_at` microseconds of the epoch, `minutes` (n, 2, 15) with zero for
    whom it takes to be out, `means` without errors, `errors` (n, 2) of margin and total.
    """

    book: int
    games: Ints
    quoted_at: Ints
    lineups: Lineups
    minutes: Floats
    means: GameMeans
    errors: Floats


class NbaMarket:
    """The errors of the books on all games of a league, and what they believe at a moment."""

    def __init__(self, league: NbaLeague) -> None:
        self._league = league
        count, rng = league.games.height, stream(league.seed, "nba", "market")
        self._opening = OPENING_SD * rng.normal(size=(count, 2))
        self._closing = CLOSING_SHARE * self._opening + CLOSING_SD * rng.normal(size=(count, 2))
        self._waves = WANDER_SD_A_DAY[:, None] * rng.normal(size=(count, 2, WAVES))
        own = np.array([book.error_points for book in US_BOOKS])
        self._own = own[:, None, None] * rng.normal(size=(len(US_BOOKS), count, 2))
        self._delays = rng.random((len(US_BOOKS), count))

    def open_games(self, t: datetime) -> pl.DataFrame:
        """Return the league's games that can be bet on at a moment, with their number and tip-off as known then."""
        known = self._league.known(t).filter(status="scheduled").select("game_id", "tipoff_at_utc")
        games = self._league.games.with_row_index("number").drop("tipoff_at_utc")
        local = pl.col("tipoff_at_utc").dt.convert_time_zone("America/New_York")
        opens = (local.dt.truncate("1d") + pl.duration(hours=OPENS_AT_HOUR)).dt.convert_time_zone("UTC")
        coming = games.join(known, on="game_id", maintain_order="left").with_columns(opens_at_utc=opens.cast(UTC_TIME))
        return coming.filter((pl.col("opens_at_utc") <= moment(t)) & (moment(t) < pl.col("tipoff_at_utc")))

    def views(self, t: datetime) -> list[BookView]:
        """Return what the books believe at a moment; nothing where no game is open."""
        games = self.open_games(t)
        return [view for book in range(len(US_BOOKS)) if (view := self._view(book, games, t)) is not None]

    def _view(self, book: int, games: pl.DataFrame, t: datetime) -> BookView | None:
        tick, period = ticks(microseconds(t), epoch(games["tipoff_at_utc"]))
        looked = (
            tick - (self._delays[book, games["number"].to_numpy()] * period).astype(np.int64) // 1_000_000 * 1_000_000
        )
        games = games.with_columns(tick=pl.Series(tick), looked=pl.Series(looked))
        games = games.filter(pl.col("looked") >= pl.col("opens_at_utc").dt.epoch("us"))
        if games.is_empty():
            return None
        games = games.with_columns(looked_at_utc=pl.col("looked").cast(UTC_TIME))
        league, number = self._league, games["number"].to_numpy()
        lineups = league.lineups(games)
        minutes = believed_minutes(*doubts(games, league.rosters, league.reports, "looked_at_utc"))
        errors = self._errors(games, number) + self._own[book, number]
        means = game_means(lineups, minutes)
        return BookView(book, number, games["looked"].to_numpy(), lineups, minutes, means, errors)

    def _errors(self, games: pl.DataFrame, number: Ints) -> Floats:
        opened, closed = epoch(games["opens_at_utc"]), epoch(games["tipoff_at_utc"]) - CLOSE_BEFORE
        share = np.clip((games["tick"].to_numpy() - opened) / (closed - opened), 0.0, 1.0)
        straight = self._opening[number] + share[:, None] * (self._closing[number] - self._opening[number])
        return straight + bridge(share, np.sqrt((closed - opened) / DAY), self._waves[number])
