"""What several bets on one match are worth together: asked of the score grid, never multiplied from their own prices.

Singles are priced in `pricing`. Which combinations a book sells, and at what price, is not known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.errors import PermanentError
from core.market import payoffs
from core.market.grid import ScoreGrid, Support
from core.market.markets import MARKETS

Floats = NDArray[np.float64]
Leg = tuple[str, str, float | None]
"""Market, selection and line (None without one)."""


class JointRefused(PermanentError):
    """A combination has no joint distribution on the score grid."""


@dataclass(frozen=True, eq=False)
class Joint:
    """One combination of L legs on each of n matches.

    `needed`: the legs that are not implied by others, in order: without the rest every score is settled the same.
    `paid`: (c, L) payoff of each leg, -1 to 1, at each score in the order of `ScoreGrid.flat`. Everything that is
    asked of a match without belief is NaN.
    """

    grid: ScoreGrid
    legs: tuple[Leg, ...]
    needed: tuple[int, ...]
    paid: Floats

    @property
    def win(self) -> Floats:
        """(n,) share of a stake that is expected to be won at a price of the whole; 0 where legs contradict each other.

        A half win or loss is half a stake on each neighbouring line: a part is won if every leg wins it, lost if any
        loses it, and comes back if none loses it and one pushes.
        """
        return self._share(_won(self.paid))

    @property
    def push(self) -> Floats:
        """(n,) share of a stake that is expected to come back."""
        return np.maximum(self._share(_kept(self.paid)) - self.win, 0.0)

    @property
    def fair_odds_dec(self) -> Floats:
        """(n,) price of the whole without margin, `1 + lose / win`; NaN where it cannot win."""
        return _fair_odds(self.win, self.push)

    @property
    def leg_win(self) -> Floats:
        """(n, L) each leg's own share expected to be won, as `pricing` has it."""
        return self.grid.flat @ _won(self.paid)

    @property
    def leg_push(self) -> Floats:
        """(n, L) each leg's own share expected to come back."""
        return self.grid.flat @ (1.0 - np.abs(self.paid))

    @property
    def naive_odds_dec(self) -> Floats:
        """(n,) product of the fair prices of all legs, as if they were of different matches; NaN if one cannot win."""
        odds: Floats = np.prod(_fair_odds(self.leg_win, self.leg_push), axis=1)
        return odds

    @property
    def correlation(self) -> Floats:
        """(n, L, L) correlation of the legs' payoffs; NaN for a leg that always pays the same."""
        centred = self.paid - (self.grid.flat @ self.paid)[:, None, :]
        covariance = (centred * self.grid.flat[:, :, None]).swapaxes(1, 2) @ centred
        sd = np.sqrt(np.diagonal(covariance, axis1=1, axis2=2))
        with np.errstate(divide="ignore", invalid="ignore"):
            correlation: Floats = covariance / (sd[:, :, None] * sd[:, None, :])
        return correlation

    def product(self, odds_dec: ArrayLike) -> tuple[Floats, Floats]:
        """The distribution of a unit stake's return if the legs' prices (L,) are multiplied, as in an accumulator.

        Returns the returns (v,), rising, 0 or more, and their probabilities (n, v).
        """
        factors = 1.0 + payoffs.profit(self.paid, np.asarray(odds_dec, dtype=float))
        values, place = np.unique(np.prod(factors, axis=1), return_inverse=True)
        return values, self.grid.flat @ (place[:, None] == np.arange(len(values)))

    def _share(self, of_legs: Floats) -> Floats:
        share: Floats = np.minimum(self.grid.flat @ np.prod(of_legs, axis=1), 1.0)
        return share


def joint(grid: ScoreGrid, legs: Sequence[Leg]) -> Joint:
    """The combination of these legs on each match of the grid.

    A leg without which every score is settled the same is implied by the others: it is not `needed`, and the price is
    exactly the same with and without it.
    Raises JointRefused without a leg and for a market that final scores do not settle, such as a player's or one of a
    half; ValueError for a selection or line that the market lacks.
    """
    if not legs:
        raise JointRefused("A combination without a leg has no price.", "Name at least one leg.")
    paid = np.stack([_paid(grid.support, *leg) for leg in legs], axis=1)
    return Joint(grid, tuple(legs), _needed(paid), paid)


def _paid(support: Support, market: str, selection: str, line: float | None) -> Floats:
    """(c,) payoff of a leg at each score."""
    if market not in MARKETS:
        raise JointRefused(
            f"{market} has no joint distribution with other legs of its match: the score grid knows final scores only.",
            "Take the leg as a single, or combine markets of " + ", ".join(MARKETS) + ".",
        )
    return MARKETS[market].payoff(support.home, support.away, selection, line)


def _needed(paid: Floats) -> tuple[int, ...]:
    """Legs without which a score would be settled differently; of two that say the same, the first."""
    needed = list(range(paid.shape[1]))
    whole = _settled(paid)
    for leg in reversed(range(paid.shape[1])):
        others = [other for other in needed if other != leg]
        if others and np.array_equal(_settled(paid[:, others]), whole):
            needed = others
    return tuple(needed)


def _settled(paid: Floats) -> Floats:
    """(2, c): the shares of a stake that are won, and that are not lost."""
    return np.stack([np.prod(_won(paid), axis=1), np.prod(_kept(paid), axis=1)])


def _won(paid: Floats) -> Floats:
    return np.maximum(paid, 0.0)


def _kept(paid: Floats) -> Floats:
    return np.minimum(1.0 + paid, 1.0)


def _fair_odds(win: Floats, push: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        odds: Floats = np.where(win > 0, np.maximum(1.0 - push, win) / win, np.nan)
    return odds
