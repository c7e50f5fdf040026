"""Bookmakers and their prices: near-efficient beliefs, a margin, a favourite-longshot shading, a little noise.

A belief is an error in the log base rates of the two sides. The market shares one error, which shrinks from the opening
to the close without vanishing; each book adds a small one of its own. In a few matches one soft book slips and is
visibly off. Prices are what the same score model says under these beliefs, so every market of a book is consistent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sandbox.arrays import Bools, Floats, Ints, stream
from sandbox.handicap import LINES, home_probabilities, main_line
from sandbox.truth import Beliefs, ScoreModel
from sandbox.world import World

OPENING_ERROR_SD = 0.06
CLOSING_SHARE_OF_OPENING = 0.45
CLOSING_NEWS_SD = 0.02
SLIP_SHARE, SLIP_SD, SLIP_LEFT_AT_CLOSE = 0.15, 0.08, 0.4
DEAREST = 501.0


@dataclass(frozen=True)
class Book:
    """One bookmaker: margin on 1X2 (a share), shading power (1 = none), sd of its own errors, share not quoted."""

    code: str
    margin: float
    shading: float = 0.985
    belief_sd: float = 0.012
    price_sd: float = 0.004
    unquoted: float = 0.0
    is_sharp: bool = False

    def __post_init__(self) -> None:
        """Refuse a margin that gives the bettor an edge by construction, or one nobody would accept."""
        if not 0.0 < self.margin < 0.12:
            raise ValueError(f"{self.code}: margin {self.margin} is outside (0, 0.12)")


BOOKS = (
    Book("B365", 0.052),
    Book("BW", 0.056, unquoted=0.004),
    Book("IW", 0.064, unquoted=0.015),
    Book("PS", 0.025, shading=1.0, belief_sd=0.005, price_sd=0.002, is_sharp=True),
    Book("WH", 0.066),
    Book("VC", 0.054, unquoted=0.006),
    Book("BF", 0.060),
    Book("1XB", 0.050, belief_sd=0.015),
    Book("BFD", 0.060),
    Book("BMGM", 0.068, unquoted=0.02),
    Book("BV", 0.062),
    Book("CL", 0.070, unquoted=0.01),
    Book("LB", 0.067),
    Book("PP", 0.061),
    Book("SKB", 0.072),
    Book("BFE", 0.020, shading=1.0, belief_sd=0.006, price_sd=0.002, is_sharp=True),
)
SOFT_BOOKS = tuple(index for index, book in enumerate(BOOKS) if not book.is_sharp)


@dataclass(frozen=True)
class Snapshot:
    """Prices of b books on n matches at one moment, decimal; NaN where a book does not quote.

    `outcomes` (b, n, 3): home, draw, away. `totals` (b, n, 2): over and under 2.5. `handicap` (b, n, 2): home and away
    at `line` (n,), the goals added to the home side.
    """

    outcomes: Floats
    totals: Floats
    line: Floats
    handicap: Floats


@dataclass(frozen=True)
class Quotes:
    """Opening and closing prices of the matches of a world, in its order."""

    opening: Snapshot
    closing: Snapshot


def quote(world: World) -> Quotes:
    """Price every match of a world at the opening and at the close."""
    rates = world.matches.select("log_home", "log_away").to_numpy()
    opening_error, closing_error = market_errors(world.seed, len(rates))
    slips = slips_of(world.seed, len(rates))
    opening = _snapshot(world, "opening", rates + opening_error, slips)
    closing = _snapshot(world, "closing", rates + closing_error, SLIP_LEFT_AT_CLOSE * slips)
    return Quotes(opening, closing)


def market_errors(seed: int, matches: int) -> tuple[Floats, Floats]:
    """Return the market's errors in the log rates of n matches at the opening and at the close, each (n, 2)."""
    market = stream(seed, "market").normal(size=(2, matches, 2))
    opening_error = OPENING_ERROR_SD * market[0]
    return opening_error, CLOSING_SHARE_OF_OPENING * opening_error + CLOSING_NEWS_SD * market[1]


def slips_of(seed: int, matches: int) -> Floats:
    """Return the extra errors of the books at the opening, shape (books, n, 2); zero but for single soft books."""
    return _slips(matches, stream(seed, "slips"))


def own_errors(book: Book, seed: int, moment: str, matches: int) -> Floats:
    """Return a book's own errors in the log rates of n matches at a moment, shape (n, 2)."""
    return stream(seed, moment, "belief", book.code).normal(0.0, book.belief_sd, (matches, 2))


def _slips(matches: int, rng: np.random.Generator) -> Floats:
    """Draw the extra errors of the soft books, shape (books, n, 2): in a few matches, of one book each."""
    slips = np.zeros((len(BOOKS), matches, 2))
    off = np.flatnonzero(rng.random(matches) < SLIP_SHARE)
    slips[rng.choice(SOFT_BOOKS, len(off)), off] = rng.normal(0.0, SLIP_SD, (len(off), 2))
    return slips


def _snapshot(world: World, moment: str, market_rates: Floats, slips: Floats) -> Snapshot:
    line = main_line(world.scores.beliefs(*market_rates.T).goal_difference)
    beliefs = _book_beliefs(world.scores, world.seed, moment, market_rates, slips)
    noise = (stream(world.seed, moment, "prices", book.code) for book in BOOKS)
    priced = [
        [_prices(book, fair, rng) for fair in _fair(belief, line)]
        for book, belief, rng in zip(BOOKS, beliefs, noise, strict=True)
    ]
    quoted = np.stack([quoted_by(book, world.seed, len(line)) for book in BOOKS])[:, :, None]
    outcomes, totals, handicap = (np.where(quoted, np.stack(market), np.nan) for market in zip(*priced, strict=True))
    return Snapshot(outcomes, totals, LINES[line], handicap)


def _book_beliefs(scores: ScoreModel, seed: int, moment: str, market_rates: Floats, slips: Floats) -> Iterator[Beliefs]:
    for book, slip in zip(BOOKS, slips, strict=True):
        own = own_errors(book, seed, moment, len(market_rates))
        yield scores.beliefs(*(market_rates + own + slip).T)


def _fair(belief: Beliefs, line: Ints) -> tuple[Floats, Floats, Floats]:
    """Return a belief's probabilities of the three markets: (n, 3), (n, 2) and (n, 2)."""
    cover = home_probabilities(belief.goal_difference)[np.arange(len(line)), line]
    return belief.outcomes, np.column_stack([belief.over, 1.0 - belief.over]), np.column_stack([cover, 1.0 - cover])


def _prices(book: Book, fair: Floats, rng: np.random.Generator) -> Floats:
    """Turn fair probabilities (n, k) into a book's decimal prices."""
    return display_prices(book, fair, rng.normal(0.0, book.price_sd, fair.shape))


def display_prices(book: Book, fair: Floats, noise: Floats) -> Floats:
    """Return a book's decimal prices of fair probabilities (n, k) with log errors (n, k).

    Two-way markets carry less margin than 1X2.
    """
    shaded = fair**book.shading
    margin = book.margin if fair.shape[1] == 3 else 0.8 * book.margin
    implied = shaded / shaded.sum(axis=1, keepdims=True) * (1.0 + margin)
    prices = np.clip(np.exp(noise) / implied, 1.01, DEAREST)
    return np.round(prices, 2) if book.is_sharp else _on_the_ladder(prices)


def _on_the_ladder(prices: Floats) -> Floats:
    """Round to what soft books display: hundredths to 3.5, then steps of 0.05, 0.1 (from 5), 0.25 (10) and 1 (20)."""
    step = np.select([prices < 3.5, prices < 5.0, prices < 10.0, prices < 20.0], [0.01, 0.05, 0.1, 0.25], 1.0)
    rounded: Floats = np.round(np.round(prices / step) * step, 2)
    return rounded


def quoted_by(book: Book, seed: int, matches: int) -> Bools:
    """Return which matches a book quotes, shape (n,); the same ones at both moments."""
    quoted: Bools = stream(seed, "quoted", book.code).random(matches) >= book.unquoted
    return quoted
