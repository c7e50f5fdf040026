"""What to do about an open ticket at today's prices: even it out, hedge part of it, or take a cash-out.

Suggestions for a person to read; nothing here is ever placed by itself. New bets belong in `edges` and `portfolio`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize

from core.market.markets import MARKETS
from core.settings import Staking
from optimizer.prices.arbitrage import executable

Floats = NDArray[np.float64]
_SCHEMA = {
    "ticket_id": pl.String(), "as_of_utc": pl.Datetime("us", "UTC"), "fair_cash_out_minor": pl.Int64(),
    "least_cash_out_minor": pl.Int64(), "equal_stake_minor": pl.Int64(), "equal_profit_minor": pl.Int64(),
    "growth_stake_minor": pl.Int64(), "growth_gain": pl.Float64(), "hedges": pl.String(),
}  # fmt: skip


def equalising_stakes(return_minor: float, odds_dec: ArrayLike) -> Floats:
    """(m,) stakes on the other outcomes, at net prices `odds_dec` (m,), that return as much as the ticket would."""
    stakes: Floats = return_minor / np.asarray(odds_dec, dtype=float)
    return stakes


def growth_stakes(prob: ArrayLike, wealth: ArrayLike, profit: ArrayLike) -> Floats:
    """(m,) stakes, 0 or more, that maximise the expected logarithm of wealth (Kelly, 1956).

    `prob`: (k,) of k outcomes. `wealth`: (k,) at each outcome without a hedge, above 0, in the unit of the stakes.
    `profit`: (k, m) of a unit stake on each hedge, -1 or more. Stakes never sum to more than the least wealth.
    """
    p, scale = np.asarray(prob, dtype=float), float(np.min(wealth))
    start, paid = np.asarray(wealth, dtype=float) / scale, np.asarray(profit, dtype=float)

    def loss(stakes: Floats) -> tuple[float, Floats]:
        ending = np.maximum(start + paid @ stakes, 1e-12)
        return -float(p @ np.log(ending)), -(p / ending) @ paid

    hedges = paid.shape[1]
    if not hedges:
        return np.zeros(0)
    found = minimize(
        loss, np.full(hedges, 1e-3), jac=True, method="SLSQP", bounds=[(0.0, 1.0)] * hedges,
        constraints={"type": "ineq", "fun": lambda f: 0.999 - f.sum(), "jac": lambda _: -np.ones(hedges)},
        options={"ftol": 1e-15, "maxiter": 500},
    )  # fmt: skip
    stakes: Floats = np.maximum(found.x, 0.0) * scale
    return stakes


def certain_worth(prob: ArrayLike, wealth: ArrayLike) -> float:
    """The certain wealth whose logarithm is the expected one of these (k,) outcomes."""
    return float(np.exp(np.asarray(prob, dtype=float) @ np.log(np.asarray(wealth, dtype=float))))


def suggestions(
    open_bets: pl.DataFrame,
    offers: pl.DataFrame,
    fair: pl.DataFrame,
    bankroll_minor: int,
    staking: Staking,
    as_of: datetime,
) -> pl.DataFrame:
    """One row an open single that today's fair prices know: what to hedge, and which cash-out is fair.

    `open_bets`: ticket_id, match_id, market, selection, line, price_odds_dec (net of commission), stake_minor of
    singles. `offers`: of `offers.offers`. `fair`: gold fair_odds of the moment; half wins count as their shares.
    `bankroll_minor` counts the stakes of open tickets; other open tickets count as cash.

    `fair_cash_out_minor` is the ticket's expected return; `least_cash_out_minor` the certain amount that is worth as
    much as keeping the ticket to a bettor who maximises log growth: a book's cash-out is worth taking above it.
    `equal_stake_minor` buys all other outcomes so that every result but a push brings `equal_profit_minor` (both null
    where an outcome has no price). `growth_stake_minor` is the hedge of largest expected log growth and `growth_gain`
    what it adds; `hedges`: JSON of the bets, with both stakes.
    """
    keys = ["match_id", "market", "line"]
    best, believed = executable(offers, staking, as_of), fair.select(*keys, "selection", "prob", "push_share")
    rows = []
    for bet in open_bets.sort("ticket_id").iter_rows(named=True):
        of_line = pl.all_horizontal(pl.col(name).eq_missing(pl.lit(bet[name])) for name in keys)
        belief, prices = (
            {row["selection"]: row for row in frame.filter(of_line).iter_rows(named=True)} for frame in (believed, best)
        )
        if set(belief) == set(MARKETS[bet["market"]].selections):
            cash = max(bankroll_minor - bet["stake_minor"], 1)
            suggested = _suggested(bet, _Choice.of(bet, belief, prices, cash), cash)
            rows.append({"ticket_id": bet["ticket_id"], "as_of_utc": as_of} | suggested)
    return pl.DataFrame(rows, schema=_SCHEMA)


@dataclass(frozen=True, eq=False)
class _Choice:
    """An open bet as a choice among k outcomes: the market's selections in order, then a push.

    `prob`, `wealth`: (k,) of each outcome, without a hedge. `others`: offers on the m other selections; `profit`:
    (k, m) of a unit stake on each.
    """

    prob: Floats
    wealth: Floats
    others: list[dict[str, Any]]
    profit: Floats

    @classmethod
    def of(
        cls, bet: dict[str, Any], belief: dict[str, dict[str, Any]], prices: dict[str, dict[str, Any]], cash: int
    ) -> _Choice:
        own, sides = bet["selection"], list(belief)
        others = [prices[side] for side in sides if side != own and side in prices]
        wins = np.array([[side == offer["selection"] for offer in others] for side in sides], dtype=float)
        odds = np.array([offer["net_odds_dec"] for offer in others])
        back = [bet["stake_minor"] * bet["price_odds_dec"] if side == own else 0.0 for side in sides]
        return cls(
            prob=np.array([*(belief[side]["prob"] for side in sides), belief[own]["push_share"] or 0.0]),
            wealth=cash + np.array([*back, bet["stake_minor"]], dtype=float),
            others=others,
            profit=np.vstack([wins.reshape(len(sides), -1) * odds - 1.0, np.zeros(len(others))]),
        )


def _suggested(bet: dict[str, Any], choice: _Choice, cash: int) -> dict[str, Any]:
    back = bet["stake_minor"] * bet["price_odds_dec"]
    equal = equalising_stakes(back, [offer["net_odds_dec"] for offer in choice.others])
    growing = growth_stakes(choice.prob, choice.wealth, choice.profit)
    kept, hedged = (certain_worth(choice.prob, choice.wealth + choice.profit @ f) for f in (0.0 * growing, growing))
    is_whole = len(choice.others) == len(choice.prob) - 2
    return {
        "fair_cash_out_minor": round(float(choice.prob @ (choice.wealth - cash))),
        "least_cash_out_minor": round(kept - cash),
        "equal_stake_minor": round(equal.sum()) if is_whole else None,
        "equal_profit_minor": round(back - bet["stake_minor"] - equal.sum()) if is_whole else None,
        "growth_stake_minor": round(growing.sum()),
        "growth_gain": float(np.log(hedged / kept)),
        "hedges": json.dumps([_hedge(*one) for one in zip(choice.others, equal, growing, strict=True)]),
    }


def _hedge(offer: dict[str, Any], equal: float, growing: float) -> dict[str, Any]:
    names = ("selection", "bookmaker", "price_odds_dec")
    return {name: offer[name] for name in names} | {
        "equal_stake_minor": round(equal),
        "growth_stake_minor": round(growing),
    }
