"""What differs between sports for everybody: the columns of a final score, and which markets books' prices are kept of.

The markets themselves stand in `markets`, what scores a grid tells apart with whoever believes in them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.market.grid import GOAL_SCORES, Support
from core.market.markets import ASIAN_HANDICAP, MATCH_RESULT, MONEYLINE, SPREAD, TOTALS


@dataclass(frozen=True)
class Sport:
    """One sport. `scores`: the columns of home and away in silver matches and gold score_grids.

    `quoted`: the markets of gold fct_match_prices, fct_total_prices and fct_handicap_prices, in this order. `outcomes`:
    scores on both sides of every line that a book may quote: what wins at all of them wins for certain. `support`: the
    scores of its grids where they are the same at every moment; None where the rows of score_grids say them.
    """

    name: str
    scores: tuple[str, str]
    quoted: tuple[str, str, str]
    outcomes: Support
    support: Support | None = None


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
            GOAL_SCORES,
        ),
        Sport(
            "basketball",
            ("home_points", "away_points"),
            (MONEYLINE.name, TOTALS.name, SPREAD.name),
            _decided_scores(50, 190),
        ),
    )
}
"""By name, in the order in which a decision looks at them: their places set the streams of its random numbers, so a new
sport is appended."""
