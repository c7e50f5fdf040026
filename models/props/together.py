"""What several bets on one game are worth together: props, spread, totals and winner, from the same scenarios.

Never multiplied from single prices: a star who scores is a team that scores. Each leg alone has its single price.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.market import payoffs
from core.market.markets import BASKETBALL
from models.props.night import Night
from models.props.pricing import places
from models.props.words import DOUBLE_DOUBLE, STATISTICS

Floats = NDArray[np.float64]
Side = Literal["over", "under"]


@dataclass(frozen=True)
class Leg:
    """One bet on a player's night: over or under a line, whole or half.

    A double-double is over (yes) or under (no) a line of 0.5. Raises ValueError for another statistic or side.
    """

    player_id: str
    statistic: str
    side: Side
    line: float

    def __post_init__(self) -> None:
        if self.statistic not in (*STATISTICS, DOUBLE_DOUBLE):
            raise ValueError(f"Nobody lays a line on {self.statistic!r}.")
        if self.side not in ("over", "under"):
            raise ValueError("A line is bet over or under.")

    def paid(self, night: Night) -> Floats:
        """(s,) 1 where it wins, 0 where it is a push, -1 where it loses; the player must be in the night."""
        place = places(night, pl.Series([self.player_id]))[0]
        return payoffs.total(night.statistic(self.statistic)[:, place], 0.0, self.side, self.line)


@dataclass(frozen=True)
class GameLeg:
    """One bet on the final score: a market of core.market.markets.BASKETBALL, its selection and its line, if any.

    Raises ValueError for another market, and in `paid` for a selection or line that the market lacks.
    """

    market: str
    selection: str
    line: float | None = None

    def __post_init__(self) -> None:
        if self.market not in BASKETBALL:
            raise ValueError(f"{self.market!r} is not settled by the final score of a game of basketball.")

    def paid(self, night: Night) -> Floats:
        """(s,) what it pays in each scenario, -1 to 1: a half win or loss is half a stake on each neighbouring line."""
        return BASKETBALL[self.market].payoff(night.home_points, night.away_points, self.selection, self.line)


@dataclass(frozen=True)
class Combination:
    """The price of several legs of one game together, given that everybody named in it plays.

    `win_prob`: all legs win; `push_prob`: none loses and one at least is a push, which here returns the whole stake
    (of a half push, half a stake). `fair_odds_dec`: 1 + lose / win, null where it cannot win. `legs_win_prob`: each
    leg's own, equal to its single price. `plays_prob`: that everybody named plays.
    """

    win_prob: float
    push_prob: float
    fair_odds_dec: float | None
    legs_win_prob: tuple[float, ...]
    plays_prob: float


def combination(night: Night, legs: Sequence[Leg | GameLeg]) -> Combination | None:
    """Legs priced on the same scenarios; None where a player is not in the night. Raises ValueError without a leg."""
    if not legs:
        raise ValueError("A combination without a leg has no price.")
    named = places(night, pl.Series([leg.player_id for leg in legs if isinstance(leg, Leg)], dtype=pl.String))
    if (named < 0).any():
        return None
    paid = np.column_stack([leg.paid(night) for leg in legs])
    won, kept = np.maximum(paid, 0.0), np.minimum(1.0 + paid, 1.0)
    win = float(won.prod(axis=1).mean())
    lose = 1.0 - float(kept.prod(axis=1).mean())
    return Combination(
        win, max(1.0 - win - lose, 0.0), 1.0 + lose / win if win > 0 else None,
        tuple(won.mean(axis=0).tolist()), float(night.plays[:, np.unique(named)].all(axis=1).mean()),
    )  # fmt: skip
