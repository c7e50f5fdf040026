"""Arbitrage: bets at several books that win together at every score, net of commission.

They are told apart from value bets and never enter a portfolio: they need no belief, and books void and limit them.
Pairs that may win twice but can lose belong in `middles`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.market import payoffs
from core.market.coherence import surest_stakes
from core.market.grid import GOAL_SCORES, Support
from core.market.markets import MARKETS
from core.settings import Staking
from lake.contracts.model import contract
from lake.desk import of_desk
from lake.keys import short_hash
from optimizer.prices.offers import SELECTION

Floats = NDArray[np.float64]
Legs = Sequence[dict[str, Any]]
SEVERAL = "several"
SMALLEST_PROFIT = 1e-9
"""Share of the stake below which a profit is rounding."""


def arbitrages(
    offers: pl.DataFrame, matches: pl.DataFrame, staking: Staking, as_of: datetime, support: Support = GOAL_SCORES
) -> pl.DataFrame:
    """Rows of gold arbitrages of kind `arbitrage`, the surest profit first.

    `offers`: of `offers.offers` at `as_of`. `matches`: match_id, competition_id, season_code. `support`: every score at
    which the bets have to win. One row for each market
    and line whose best prices add up to less than 100%, with stakes that bring the same return whichever leg wins; and
    one row for a match whose offers over several markets or lines guarantee more than any single one of them does.
    """
    found: list[dict[str, Any]] = []
    for rows in executable(offers, staking, as_of).partition_by("match_id", maintain_order=True):
        legs = rows.to_dicts()
        sure = [opportunity(own, stakes, support) for own, stakes in _of_one_line(legs)]
        found += sure
        if len({(leg["market"], leg["line"]) for leg in legs}) > 1:
            stakes = surest_stakes(profits(legs, support))
            across = opportunity(legs, stakes, support)
            if across["worst_profit"] > max([0.0, *(row["worst_profit"] for row in sure)]) + SMALLEST_PROFIT:
                found.append(across)
    return as_rows("arbitrage", found, matches, as_of).sort("worst_profit", "opportunity_id", descending=[True, False])


def executable(offers: pl.DataFrame, staking: Staking, as_of: datetime) -> pl.DataFrame:
    """The best fresh offer of each selection at a book that the policy names, with its age in minutes."""
    age = (pl.lit(as_of) - pl.col("price_known_at_utc")).dt.total_seconds() / 60
    fresh = offers.with_columns(age.alias("price_age_minutes")).filter(
        ~pl.col("is_aggregate")
        & pl.col("bookmaker").is_in(staking.bookmakers)
        & pl.col("price_age_minutes").is_between(0, staking.maximum_price_age_minutes)
    )
    best = fresh.sort(*SELECTION, "net_odds_dec", "bookmaker", descending=[False] * len(SELECTION) + [True, False])
    return best.unique(SELECTION, keep="first", maintain_order=True)


def equal_return(odds_dec: Floats) -> Floats:
    """(k,) shares of a stake that bring the same return whichever of k bets at these prices wins."""
    shares: Floats = (1.0 / odds_dec) / (1.0 / odds_dec).sum()
    return shares


def profits(legs: Legs, support: Support) -> Floats:
    """(c, k) profit of a unit stake on each leg at each score of a support."""
    home, away = support.home, support.away
    columns = [
        payoffs.profit(MARKETS[leg["market"]].payoff(home, away, leg["selection"], leg["line"]), leg["net_odds_dec"])
        for leg in legs
    ]
    return np.stack(columns, axis=1)


def opportunity(legs: Legs, stakes: Floats, support: Support) -> dict[str, Any]:
    """What a set of bets on one match wins: the columns of gold arbitrages that need no belief."""
    profit = profits(legs, support) @ stakes
    staked = [(leg, float(share)) for leg, share in zip(legs, stakes, strict=True) if share > SMALLEST_PROFIT]
    markets, lines = ({leg[name] for leg, _ in staked} for name in ("market", "line"))
    return {
        "match_id": legs[0]["match_id"],
        "market": markets.pop() if len(markets) == 1 else SEVERAL,
        "line": lines.pop() if len(lines) == 1 else None,
        "legs": json.dumps([_told(leg, share) for leg, share in staked]),
        "legs_count": len(staked),
        "worst_profit": float(profit.min()),
        "best_profit": float(profit.max()),
        "price_age_minutes": max(leg["price_age_minutes"] for leg, _ in staked),
    }


def as_rows(kind: str, found: list[dict[str, Any]], matches: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """Rows of gold arbitrages; an opportunity is the same one as long as its kind, legs and stakes are."""
    table = contract(of_desk("arbitrages"))
    named = [
        row | {"kind": kind, "as_of_utc": as_of, "opportunity_id": short_hash(kind, row["match_id"], row["legs"])}
        for row in found
    ]
    schema = {name: dtype for name, dtype in table.schema.items() if name not in ("competition_id", "season_code")}
    known = matches.select("match_id", "competition_id", "season_code").unique("match_id")
    return pl.DataFrame(named, schema=schema).join(known, on="match_id").select(table.column_names)


def _of_one_line(legs: Legs) -> Iterator[tuple[Legs, Floats]]:
    """Markets with one line whose best prices are below 100%, and the stakes on their legs."""
    for market, line in dict.fromkeys((leg["market"], leg["line"]) for leg in legs):
        own = [leg for leg in legs if (leg["market"], leg["line"]) == (market, line)]
        odds = np.array([leg["net_odds_dec"] for leg in own])
        if len(own) == len(MARKETS[market].selections) and (1.0 / odds).sum() < 1.0 - SMALLEST_PROFIT:
            yield own, equal_return(odds)


def _told(leg: dict[str, Any], share: float) -> dict[str, Any]:
    names = ("market", "selection", "line", "bookmaker", "price_odds_dec")
    return {name: leg[name] for name in names} | {"stake_share": round(share, 6)}
