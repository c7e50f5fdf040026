"""The catalogue of markets: adding one is adding one entry here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.market import payoffs

Rule = Callable[[ArrayLike, ArrayLike, str, float], NDArray[np.float64]]


@dataclass(frozen=True)
class Market:
    """One market: its name, the codes of its selections (their order is part of `selection_key`), its payoff rule."""

    name: str
    selections: tuple[str, ...]
    has_line: bool
    rule: Rule

    def payoff(self, home: ArrayLike, away: ArrayLike, selection: str, line: float | None) -> NDArray[np.float64]:
        """Payoff of a selection at final scores; raises ValueError for a selection or line that the market lacks."""
        if selection not in self.selections:
            raise ValueError(f"{self.name} has no selection '{selection}'.")
        if self.has_line != (line is not None):
            raise ValueError(f"{self.name} {'needs a' if self.has_line else 'has no'} line.")
        return self.rule(home, away, selection, line or 0.0)


def _without_line(home: ArrayLike, away: ArrayLike, selection: str, _line: float) -> NDArray[np.float64]:
    return payoffs.match_result(home, away, selection)


MATCH_RESULT = Market("1x2", ("home", "draw", "away"), False, _without_line)
TOTALS = Market("totals", ("over", "under"), True, payoffs.total)
ASIAN_HANDICAP = Market("asian_handicap", ("home", "away"), True, payoffs.asian_handicap)

MARKETS: dict[str, Market] = {market.name: market for market in (MATCH_RESULT, TOTALS, ASIAN_HANDICAP)}

SELECTION_CODES: dict[tuple[str, str], int] = {
    (market.name, selection): position * 16 + place
    for position, market in enumerate(MARKETS.values())
    for place, selection in enumerate(market.selections)
}
"""A small integer for each (market, selection): part of every `selection_key`, so entries are only ever appended."""
