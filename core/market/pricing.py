"""Fair prices of every market of many matches: one matrix product of score grids and payoffs.

Markets that ask one number of a score are asked of the law of that number: a grid of 19,320 scores has only some
hundred margins. What a score pays belongs in `payoffs`, which lines are priced in `markets`, a bookmaker's margin in
`devig`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.market.grid import GOAL_SCORES, ScoreGrid, Support
from core.market.markets import FOOTBALL, Market
from core.market.statistics import law

Floats = NDArray[np.float64]

_TILE = 128
"""Both sides of the product are filled up to a multiple of this, so that a match's price has the same bits alone and in
any company: BLAS rounds what stands beside its tiles, and small products, in another order."""


@dataclass(frozen=True, eq=False)
class FairPrices:
    """Shares of a unit stake on k selections of n matches that are expected to be won, returned and lost.

    `selections`: k rows of `market`, `selection`, `line` (null without one).
    `win`, `push`, `lose`: (n, k), each in [0, 1] and together 1: a half win is half won and half returned. NaN for a
    match without belief. Raises ValueError where the shapes do not fit.
    """

    selections: pl.DataFrame
    win: Floats
    push: Floats
    lose: Floats

    def __post_init__(self) -> None:
        if not self.win.shape == self.push.shape == self.lose.shape == (len(self.win), len(self.selections)):
            raise ValueError("The shares of fair prices have one row a match and one column a selection.")

    @property
    def fair_odds_dec(self) -> Floats:
        """(n, k): decimal odds with an expected profit of zero, `1 + lose / win`: 1 or more.

        From `win * (odds - 1) = lose`. NaN where nothing can be won, so that no price is fair.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            odds: Floats = np.where(self.win > 0, 1.0 + self.lose / self.win, np.nan)
        return odds

    def frame(self) -> pl.DataFrame:
        """One row a match and selection, matches first, in the order of the grid and of `selections`.

        Columns: match_index, market, selection, line, win_share, push_share, lose_share, fair_odds_dec; the last four
        are null where they are NaN here.
        """
        matches = pl.DataFrame({"match_index": np.arange(len(self.win), dtype=np.int64)})
        shares = {"win_share": self.win, "push_share": self.push, "lose_share": self.lose}
        columns = {name: values.ravel() for name, values in (shares | {"fair_odds_dec": self.fair_odds_dec}).items()}
        rows = matches.join(self.selections, how="cross", maintain_order="left_right")
        return rows.hstack(pl.DataFrame(columns, nan_to_null=True))


def price(
    grid: ScoreGrid, names: Iterable[str] | None = None, catalogue: Mapping[str, Market] = FOOTBALL
) -> FairPrices:
    """Fair prices of all selections of these markets at their listed lines, for each match of the grid.

    `names`: all of the catalogue where it is None. Raises KeyError for a market that is not in it.
    """
    wanted = tuple(catalogue.values()) if names is None else tuple(catalogue[name] for name in names)
    parts = [_priced(grid, tuple(markets)) for _, markets in groupby(wanted, lambda market: market.statistic)]
    if len(parts) == 1:
        return parts[0]
    win, push, lose = (np.hstack([getattr(part, share) for part in parts]) for share in ("win", "push", "lose"))
    return FairPrices(pl.concat([part.selections for part in parts]), win, push, lose)


def _priced(grid: ScoreGrid, markets: tuple[Market, ...]) -> FairPrices:
    """Fair prices of markets that ask for the same statistic."""
    support, cells = grid.support, grid.flat
    if markets[0].statistic is not None:
        support, cells = law(grid, markets[0].statistic)
    selections, payoffs = _book(markets, support)
    shares = _product(cells, payoffs)
    win, push, lose = np.ascontiguousarray(shares.reshape(len(grid), 3, len(selections)).swapaxes(0, 1))
    return FairPrices(selections, win, push, lose)


@lru_cache(maxsize=32)
def payoff_matrix(markets: tuple[Market, ...], support: Support = GOAL_SCORES) -> Floats:
    """(c, k): what each selection pays at each of the c scores of a support; read-only, built once."""
    home, away = support.home, support.away
    columns = [market.payoff(home, away, selection, line) for market, selection, line in _listed(markets)]
    matrix = np.stack(columns, axis=1)
    matrix.flags.writeable = False
    return matrix


@lru_cache(maxsize=32)
def _book(markets: tuple[Market, ...], support: Support) -> tuple[pl.DataFrame, Floats]:
    """The table of k selections, and the shares (c, 3k) of a stake that they win, return and lose at each score."""
    rows = [(market.name, selection, line) for market, selection, line in _listed(markets)]
    schema = {"market": pl.String(), "selection": pl.String(), "line": pl.Float64()}
    paid = payoff_matrix(markets, support)
    shares = np.hstack([np.maximum(paid, 0.0), 1.0 - np.abs(paid), np.maximum(-paid, 0.0)])
    return pl.DataFrame(rows, schema=schema, orient="row"), shares


def _listed(markets: tuple[Market, ...]) -> list[tuple[Market, str, float | None]]:
    return [
        (market, selection, line)
        for market in markets
        for line in (market.lines or (None,))
        for selection in market.selections
    ]


def _product(cells: Floats, shares: Floats) -> Floats:
    """`cells @ shares`, at most 1."""
    product: Floats = (_filled(cells, 0) @ _filled(shares, 1))[: len(cells), : shares.shape[1]]
    return np.minimum(product, 1.0)


def _filled(matrix: Floats, axis: int) -> Floats:
    missing = [(0, -size % _TILE if place == axis else 0) for place, size in enumerate(matrix.shape)]
    return np.pad(matrix, missing)
