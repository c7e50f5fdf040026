"""The catalogue of markets: adding one is adding one entry here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.market import payoffs

Statistic = Literal["margin", "total", "home", "away"]
"""A number that a final score has: home less away, both together, or one side's."""
Rule = Callable[[ArrayLike, ArrayLike, str, float], NDArray[np.float64]]
LinelessRule = Callable[[ArrayLike, ArrayLike, str], NDArray[np.float64]]


@dataclass(frozen=True)
class Market:
    """One market: its name, its selections, its payoff rule, and the lines at which it is priced.

    Selection number i has the code `first_code + i`, which is part of every `selection_key`: neither the first code
    nor the order of the selections may ever change. Without lines the market has none; with them, any quarter line is
    settled, and those listed are priced. `statistic`: the one number of a score that is asked for; a market that names
    it is priced from the law of that number, which a grid of many scores needs; None asks the whole score.
    """

    name: str
    selections: tuple[str, ...]
    first_code: int
    rule: Rule
    lines: tuple[float, ...] = ()
    statistic: Statistic | None = None

    @property
    def has_line(self) -> bool:
        """Whether a bet on this market names a line."""
        return bool(self.lines)

    def payoff(self, home: ArrayLike, away: ArrayLike, selection: str, line: float | None) -> NDArray[np.float64]:
        """Payoff of a selection at final scores; raises ValueError for a selection or line that the market lacks."""
        if selection not in self.selections:
            raise ValueError(f"{self.name} has no selection '{selection}'.")
        if self.has_line != (line is not None):
            raise ValueError(f"{self.name} {'needs a' if self.has_line else 'has no'} line.")
        return self.rule(home, away, selection, line or 0.0)


def _lineless(rule: LinelessRule) -> Rule:
    def with_line(home: ArrayLike, away: ArrayLike, selection: str, _line: float) -> NDArray[np.float64]:
        return rule(home, away, selection)

    return with_line


def _quarters(lowest: float, highest: float) -> tuple[float, ...]:
    """Every quarter line from the lowest to the highest, both included."""
    return tuple(quarter / 4 for quarter in range(round(lowest * 4), round(highest * 4) + 1))


def _halves(lowest: float, highest: float) -> tuple[float, ...]:
    """Every line on a half point from the lowest to the highest, whole points included."""
    return tuple(half / 2 for half in range(round(lowest * 2), round(highest * 2) + 1))


_SCORES = (*payoffs.LISTED_SCORES, "other_home", "other_draw", "other_away")
_GOAL_LINES, _SIDE_LINES, _HANDICAPS = _quarters(0.5, 6.5), _quarters(0.5, 4.5), _quarters(-4.0, 4.0)

MATCH_RESULT = Market("1x2", ("home", "draw", "away"), 0, _lineless(payoffs.match_result))
TOTALS = Market("totals", ("over", "under"), 16, payoffs.total, _GOAL_LINES)
ASIAN_HANDICAP = Market("asian_handicap", ("home", "away"), 32, payoffs.asian_handicap, _HANDICAPS)
DOUBLE_CHANCE = Market("double_chance", ("home_draw", "home_away", "draw_away"), 48, _lineless(payoffs.double_chance))
DRAW_NO_BET = Market("draw_no_bet", ("home", "away"), 52, _lineless(payoffs.draw_no_bet))
HOME_TOTAL = Market("team_total_home", ("over", "under"), 56, payoffs.home_total, _SIDE_LINES)
AWAY_TOTAL = Market("team_total_away", ("over", "under"), 60, payoffs.away_total, _SIDE_LINES)
BOTH_TO_SCORE = Market("both_to_score", ("yes", "no"), 64, _lineless(payoffs.both_to_score))
CORRECT_SCORE = Market("correct_score", _SCORES, 192, _lineless(payoffs.correct_score))

MONEYLINE = Market("moneyline", ("home", "away"), 66, _lineless(payoffs.draw_no_bet), statistic="margin")
SPREAD = Market("spread", ("home", "away"), 68, payoffs.asian_handicap, _halves(-30.5, 30.5), "margin")

FOOTBALL: dict[str, Market] = {
    market.name: market
    for market in (
        MATCH_RESULT,
        TOTALS,
        ASIAN_HANDICAP,
        DOUBLE_CHANCE,
        DRAW_NO_BET,
        HOME_TOTAL,
        AWAY_TOTAL,
        BOTH_TO_SCORE,
        CORRECT_SCORE,
    )
}

BASKETBALL: dict[str, Market] = {
    market.name: market
    for market in (
        MONEYLINE,
        SPREAD,
        replace(TOTALS, lines=_halves(170.0, 290.0), statistic="total"),
        replace(HOME_TOTAL, lines=_halves(80.0, 150.0), statistic="home"),
        replace(AWAY_TOTAL, lines=_halves(80.0, 150.0), statistic="away"),
    )
}
"""Overtime counts, as books have it. Totals are football's but for the lines at which they are priced."""

MARKETS: dict[str, Market] = BASKETBALL | FOOTBALL
"""All markets by name: what settles a bet, whatever its line."""

SELECTION_CODES: dict[tuple[str, str], int] = {
    (market.name, selection): market.first_code + place
    for market in MARKETS.values()
    for place, selection in enumerate(market.selections)
}
"""A small integer for each (market, selection), 0 to 255: part of every `selection_key`, so entries are only appended.

Free for later markets: 70 to 191. Correct score has 52 selections and so a stretch of its own, 192 to 243.
"""
