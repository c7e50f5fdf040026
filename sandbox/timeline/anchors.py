"""What every book believes at the two moments that the price files know: the opening and the close.

Matches that the published files hold take the very errors of those files, so that a price path goes through the file's
prices; later matches draw theirs in the same way.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from sandbox.arrays import Bools, Floats, Ints, stream
from sandbox.books import BOOKS, SLIP_LEFT_AT_CLOSE, market_errors, own_errors, quoted_by, slips_of
from sandbox.world import World, published

MOMENTS = (("opening", 1.0), ("closing", SLIP_LEFT_AT_CLOSE))
MARKET_WIDTHS = (3, 2, 2)


@dataclass(frozen=True)
class Anchors:
    """Errors of b books on m matches at the opening and the close.

    `market` (2, m, 2) and `books` (2, b, m, 2) are errors in the log rates of home and away, the books' with the
    market's in it. `noise` (2, b, m, 7) are log errors of the prices: 1X2, totals, handicap. `quoted` (b, m).
    """

    market: Floats
    books: Floats
    noise: Floats
    quoted: Bools

    def taken(self, rows: Ints) -> Anchors:
        """Return the anchors of some matches, by their numbers, in that order."""
        return Anchors(self.market[:, rows], self.books[:, :, rows], self.noise[:, :, rows], self.quoted[:, rows])


def anchors(whole: World, matches: pl.DataFrame) -> Anchors:
    """Return the anchors of the running season's matches, in their order."""
    known = published(whole).matches.select("start_year", "home", "away")
    later_seed = int(stream(whole.seed, "timeline", "markets").integers(2**31))
    both = _joined(_drawn(whole.seed, known.height), _drawn(later_seed, matches.height))
    later = (
        matches.select("start_year", "home", "away")
        .with_row_index("later")
        .with_columns(pl.col("later") + known.height)
    )
    number = later.join(
        known.with_row_index("known"), on=["start_year", "home", "away"], how="left", maintain_order="left"
    )
    return both.taken(number.select(pl.coalesce("known", "later")).to_series().to_numpy())


def _drawn(seed: int, matches: int) -> Anchors:
    market = np.stack(market_errors(seed, matches))
    slips = slips_of(seed, matches)
    own = np.stack([np.stack([own_errors(book, seed, name, matches) for book in BOOKS]) for name, _ in MOMENTS])
    slipped = np.stack([share * slips for _, share in MOMENTS])
    noise = np.stack(
        [np.stack([_price_noise(index, seed, name, matches) for index in range(len(BOOKS))]) for name, _ in MOMENTS]
    )
    quoted = np.stack([quoted_by(book, seed, matches) for book in BOOKS])
    return Anchors(market, market[:, None] + own + slipped, noise, quoted)


def _price_noise(book: int, seed: int, name: str, matches: int) -> Floats:
    rng = stream(seed, name, "prices", BOOKS[book].code)
    return np.hstack([rng.normal(0.0, BOOKS[book].price_sd, (matches, width)) for width in MARKET_WIDTHS])


def _joined(first: Anchors, second: Anchors) -> Anchors:
    return Anchors(
        np.concatenate([first.market, second.market], axis=1),
        np.concatenate([first.books, second.books], axis=2),
        np.concatenate([first.noise, second.noise], axis=2),
        np.concatenate([first.quoted, second.quoted], axis=1),
    )
