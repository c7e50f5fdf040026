"""What candidates pay in scenarios of final scores; the seam between beliefs and the portfolio.

Scenarios are drawn elsewhere, and a leg that shares its match with another shares the score. Players' nights are drawn
beside that score, so a bet on one of them hangs together with bets on his match.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.market import payoffs
from core.market.markets import MARKETS
from core.market.player_markets import Performances
from optimizer.candidates.model import Candidate

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_LEG = ("match_id", "player_id", "market", "selection", "line")
NOBODY: Mapping[str, Performances] = {}


def leg_factors(
    legs: pl.DataFrame, home_goals: Ints, away_goals: Ints, match_index: Ints,
    performances: Mapping[str, Performances] = NOBODY,
) -> Floats:  # fmt: skip
    """(s, L): what a unit stake on each leg returns in each scenario, stake included: 0 to its net price.

    `legs`: market, selection, line, price_odds_dec, and net_odds_dec where a book takes commission (the displayed price
    counts where it is missing). `home_goals`, `away_goals`: (s, m). `match_index`: (L,) the column of each leg's match.
    `performances`: by match_id, of the players of legs that name one (`player_id`); a leg on a player who is not in his
    match's scenarios is void. Raises KeyError for a market that is not in `MARKETS`, and for a match whose players are
    asked for and missing.
    """
    factors = np.empty((len(legs), len(home_goals)))
    for place, (leg, odds_dec, match) in enumerate(zip(_asked(legs), _net_odds(legs), match_index, strict=True)):
        match_id, player_id, *asked = leg
        if player_id is None:
            paid = _by_score(home_goals[:, match], away_goals[:, match], *asked)
        else:
            found = performances[match_id].paid(player_id, *asked)
            paid = np.zeros(len(home_goals)) if found is None else found
        factors[place] = 1.0 + payoffs.profit(paid, odds_dec)
    return factors.T


def returns(candidates: Sequence[Candidate], factors: Floats) -> Floats:
    """(s, N): profit of a unit stake on each candidate in each scenario, -1 or more.

    `factors`: (s, L) of `leg_factors`. A leg that pushes drops out of its line, as in an accumulator. A candidate with
    a price of its own pays it where no leg loses, so its legs must be such that cannot push.
    """
    by_leg = np.ascontiguousarray(factors.T)
    profit = np.empty((len(candidates), factors.shape[0]))
    for place, candidate in enumerate(candidates):
        paid = sum(_product(by_leg, line) for line in candidate.lines) / len(candidate.lines)
        quoted = candidate.price_odds_dec
        profit[place] = (paid if quoted is None else np.where(paid > 0.0, quoted, 0.0)) - 1.0
    return profit.T


def _asked(legs: pl.DataFrame) -> Iterator[tuple[Any, ...]]:
    """match_id, player_id, market, selection and line of each leg; None where the frame names no match or player."""
    columns = (pl.col(name) if name in legs.columns else pl.lit(None).alias(name) for name in _LEG)
    return legs.select(columns).iter_rows()


def _by_score(home: Ints, away: Ints, market: str, selection: str, line: float | None) -> Floats:
    return MARKETS[market].payoff(home, away, selection, line)


def _net_odds(legs: pl.DataFrame) -> pl.Series:
    if "net_odds_dec" not in legs.columns:
        return legs["price_odds_dec"]
    return legs["net_odds_dec"].fill_null(legs["price_odds_dec"])


def _product(by_leg: Floats, line: tuple[int, ...]) -> Floats:
    product: Floats = by_leg[line[0]]
    for leg in line[1:]:
        product = product * by_leg[leg]
    return product
