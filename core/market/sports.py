"""What differs between sports for everybody: the columns of a final score, which markets books' prices are kept of,
how far beliefs may be off, and how far ahead it is decided. A sport of the house is one entry here.

The markets themselves stand in `markets`, what scores a grid tells apart with whoever believes in them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.market.grid import GOAL_SCORES, Support
from core.market.markets import ASIAN_HANDICAP, MARKETS, MATCH_RESULT, MONEYLINE, SPREAD, TOTALS
from core.market.player_markets import BASKETBALL_PLAYERS
from core.market.spread import Spread


@dataclass(frozen=True)
class Sport:
    """One sport. `scores`: the columns of home and away in silver matches and gold score_grids.

    `quoted`: the markets whose prices gold keeps, the winner of the match first. `outcomes`: scores on both sides of
    every line that a book may quote: what wins at all of them wins for certain. `spread`: how far our probabilities
    lie from the truth. `horizon_hours`: a decision prices and bets on matches that begin within so many hours. The
    settings may say otherwise of both. `support`: the scores of its grids where they are the same at every moment;
    None where the rows of score_grids say them. `player_markets`: those that books' prices are read of.
    """

    name: str
    scores: tuple[str, str]
    quoted: tuple[str, ...]
    outcomes: Support
    spread: Spread
    horizon_hours: float
    support: Support | None = None
    player_markets: tuple[str, ...] = ()

    @property
    def price_tables(self) -> dict[str, str]:
        """By quoted market, the gold table of its prices: one for winners, one for totals, one for handicaps."""
        return {market: _price_table(market) for market in self.quoted}


def _price_table(market: str) -> str:
    asked = MARKETS[market]
    if not asked.has_line:
        return "fct_match_prices"
    return "fct_total_prices" if "over" in asked.selections else "fct_handicap_prices"


def _decided_scores(lowest: int, highest: int) -> Support:
    """Scores of both sides from the lowest to the highest, but for those that are level."""
    home, away = np.indices((highest + 1 - lowest,) * 2).reshape(2, -1) + lowest
    decided = home != away
    return Support(home[decided], away[decided], (int(decided.sum()),))


SPORTS: Mapping[str, Sport] = {
    sport.name: sport
    for sport in (
        Sport(
            "football",
            ("home_goals", "away_goals"),
            (MATCH_RESULT.name, TOTALS.name, ASIAN_HANDICAP.name),
            GOAL_SCORES,
            Spread(supremacy=0.058, goals=0.053, league_goals=0.016),
            horizon_hours=72.0,
            support=GOAL_SCORES,
        ),
        Sport(
            "basketball",
            ("home_points", "away_points"),
            (MONEYLINE.name, TOTALS.name, SPREAD.name),
            _decided_scores(50, 190),
            # As models/basketball/spread.py measured it on 2018-19 to 2020-21: root mean squares of 2.3 points of
            # margin and of 2.6 of the total between model and closing line.
            Spread(supremacy=0.0139, goals=0.0077, league_goals=0.0007),
            # From noon Eastern over the last game of the night: who plays is told on the day.
            horizon_hours=18.0,
            player_markets=tuple(BASKETBALL_PLAYERS),
        ),
    )
}
"""By name, in the order in which a decision looks at them: their places set the streams of its random numbers, so a new
sport is appended."""
