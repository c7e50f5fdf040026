"""The catalogue of markets on one player's night: bets on a count, void if he takes no part.

Markets that the final score settles stand in `markets`; what he may do is for whoever believes in him.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.market import payoffs
from core.market.markets import MARKETS

Floats = NDArray[np.float64]
_HAPPENED = 0.5
"""The line of a market of yes and no: its count is 1 where it happened, else 0."""
_MORE = {"over": "over", "under": "under", "yes": "over", "no": "under"}


@dataclass(frozen=True)
class PlayerMarket:
    """One market: its name as books' prices carry it, what is counted, and its selections, more first.

    With over and under any quarter line is settled; yes and no name none.
    """

    name: str
    count: str
    selections: tuple[str, str] = ("over", "under")

    @property
    def has_line(self) -> bool:
        """Whether a bet on this market names a line."""
        return "over" in self.selections

    def payoff(self, count: ArrayLike, selection: str, line: float | None) -> Floats:
        """What a selection pays for a count of one who took part, as in `payoffs`; NaN for no count.

        Raises ValueError for a selection or line that the market lacks.
        """
        if selection not in self.selections:
            raise ValueError(f"{self.name} has no selection '{selection}'.")
        if self.has_line != (line is not None):
            raise ValueError(f"{self.name} {'needs a' if self.has_line else 'has no'} line.")
        asked = _HAPPENED if line is None else line
        return payoffs.total(count, 0.0, _MORE[selection], asked)


class Performances(Protocol):
    """What the players of one match do in s scenarios of its final score."""

    def paid(self, player_id: str, market: str, selection: str, line: float | None) -> Floats | None:
        """(s,) what a selection of `PLAYER_MARKETS` pays, 0 where he takes no part; None for one who is not in it."""
        ...


_COUNTS = ("points", "rebounds", "assists", "threes", "steals", "blocks", "points_rebounds_assists")

BASKETBALL_PLAYERS: Mapping[str, PlayerMarket] = {
    market.name: market
    for market in (
        *(PlayerMarket(f"player_{count}", count) for count in _COUNTS),
        PlayerMarket("player_double_double", "double_double", ("yes", "no")),
    )
}

PLAYER_MARKETS = BASKETBALL_PLAYERS
"""All of them by name: what settles a bet on a player."""


def selections_of(market: str) -> tuple[str, ...]:
    """The selections of a market on a match or on a player. Raises KeyError for one that nobody knows."""
    return (PLAYER_MARKETS[market] if market in PLAYER_MARKETS else MARKETS[market]).selections
