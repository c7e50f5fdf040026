"""The books' prices on the open football markets of a moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from sandbox.arrays import Bools, Floats, Ints
from sandbox.books import BOOKS, display_prices
from sandbox.handicap import LINES, home_probabilities, main_line
from sandbox.moments import UTC_TIME
from sandbox.timeline.paths import Errors
from sandbox.timeline.totals import TOTAL_LINES, TWO_AND_A_HALF, main_total, over_probabilities
from sandbox.truth import Beliefs, ScoreModel

# The exchange has no book's prices; what it offers stands in `exchange.py`.
EXCHANGE = next(index for index, book in enumerate(BOOKS) if book.code == "BFE")
News = Callable[[Ints, Ints], Floats]
FURTHER = (-4, -3, -2, -1, 1, 2, 3, 4)


@dataclass(frozen=True)
class Board:
    """The open markets of a moment: m matches and b books.

    `keys` (m,), `rates` (m, 2) are the log rates without news, `quoted_at` (b, m) in microseconds of the epoch,
    `is_quoted` (b, m), `errors`, and `news`: the change of the log rates by match key and moment.
    """

    keys: Ints
    rates: Floats
    quoted_at: Ints
    is_quoted: Bools
    errors: Errors
    news: News


def board_prices(board: Board, scores: ScoreModel, *, alternates: bool) -> pl.DataFrame:
    """Return the prices of a board in the columns of `Universe.prices`."""
    frames = [
        frame for book in range(len(BOOKS)) if book != EXCHANGE for frame in _of_a_book(book, board, scores, alternates)
    ]
    return pl.concat(frames).sort("match_key", maintain_order=True) if frames else empty_prices()


def empty_prices() -> pl.DataFrame:
    """Return no prices, in their columns."""
    texts = dict.fromkeys(("book", "market", "selection"), pl.String())
    rest = {"line": pl.Float64(), "is_main": pl.Boolean(), "price": pl.Float64(), "quoted_at_utc": UTC_TIME}
    return pl.DataFrame(schema={"match_key": pl.Int64(), **texts, **rest})


def _of_a_book(book: int, board: Board, scores: ScoreModel, alternates: bool) -> Iterator[pl.DataFrame]:
    rows = np.flatnonzero(board.is_quoted[book])
    if not len(rows):
        return
    news = board.news(board.keys[rows], board.quoted_at[book, rows])
    own = (board.rates[rows] + board.errors.books[book, rows] + news).T
    market = (board.rates[rows] + board.errors.market[rows] + news).T
    quote = _Quote(book, board.keys[rows], board.quoted_at[book, rows], board.errors.noise[book, rows])
    beliefs = scores.beliefs(*own)
    yield quote.frame("1x2", ("home", "draw", "away"), None, True, beliefs.outcomes)
    yield from _totals(quote, beliefs, scores.total_goals(*own), main_total(scores.total_goals(*market)), alternates)
    yield from _handicaps(quote, beliefs, main_line(scores.beliefs(*market).goal_difference), alternates)


@dataclass(frozen=True)
class _Quote:
    """One book's quotes on n matches: `keys` (n,), `quoted_at` (n,), `noise` (n, 7)."""

    book: int
    keys: Ints
    quoted_at: Ints
    noise: Floats

    def frame(
        self, market: str, sides: tuple[str, ...], line: Floats | None, is_main: Bools | bool, fair: Floats
    ) -> pl.DataFrame:
        """Return the rows of one market; `fair` (n, sides)."""
        first = {"1x2": 0, "totals": 3, "asian_handicap": 5}[market]
        prices = display_prices(BOOKS[self.book], fair, self.noise[:, first : first + len(sides)])
        count = len(sides)
        return pl.DataFrame(
            {
                "match_key": np.repeat(self.keys, count),
                "book": [BOOKS[self.book].code] * prices.size,
                "market": [market] * prices.size,
                "selection": list(sides) * len(self.keys),
                "line": [None] * prices.size if line is None else np.repeat(line, count),
                "is_main": np.repeat(np.broadcast_to(is_main, self.keys.shape), count),
                "price": prices.ravel(),
                "quoted_at_utc": np.repeat(self.quoted_at, count),
            },
            schema=empty_prices().schema | {"quoted_at_utc": pl.Int64},
        ).with_columns(pl.col("quoted_at_utc").cast(UTC_TIME))

    def only(self, rows: Bools) -> _Quote:
        """Return the quotes of some matches."""
        return _Quote(self.book, self.keys[rows], self.quoted_at[rows], self.noise[rows])


def _totals(quote: _Quote, beliefs: Beliefs, goals: Floats, main: Ints, alternates: bool) -> Iterator[pl.DataFrame]:
    every = over_probabilities(goals)
    sides, at = ("over", "under"), np.arange(len(main))
    over = np.column_stack([beliefs.over, 1.0 - beliefs.over])
    yield quote.frame("totals", sides, np.full(len(main), 2.5), main == TWO_AND_A_HALF, over)
    for step in (0, *FURTHER) if alternates else (0,):
        index = main + step
        rows = (index >= 0) & (index < len(TOTAL_LINES)) & (index != TWO_AND_A_HALF)
        if rows.any():
            chosen = every[at[rows], index[rows]]
            fair = np.column_stack([chosen, 1.0 - chosen])
            yield quote.only(rows).frame("totals", sides, TOTAL_LINES[index[rows]], step == 0, fair)


def _handicaps(quote: _Quote, beliefs: Beliefs, main: Ints, alternates: bool) -> Iterator[pl.DataFrame]:
    every, at = home_probabilities(beliefs.goal_difference), np.arange(len(main))
    for step in (0, *FURTHER) if alternates else (0,):
        rows = (main + step >= 0) & (main + step < len(LINES))
        if rows.any():
            chosen = every[at[rows], (main + step)[rows]]
            fair = np.column_stack([chosen, 1.0 - chosen])
            line = LINES[(main + step)[rows]]
            yield quote.only(rows).frame("asian_handicap", ("home", "away"), line, step == 0, fair)
