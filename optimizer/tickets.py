"""From a portfolio to rows of gold: tickets, their legs, and how other stakings would have done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.settings import Staking
from lake.contracts.model import contract
from lake.desk import of_desk
from lake.keys import short_hash
from optimizer.candidates.model import Candidate
from optimizer.portfolio.optimise import Portfolio
from optimizer.portfolio.problem import Problem
from optimizer.portfolio.rivals import Score
from optimizer.prices.edges import minimum_price
from optimizer.scene import Stage
from optimizer.situation import Situation
from optimizer.systems import written

Floats = NDArray[np.float64]

LEG_COLUMNS = (
    "sport", "match_id", "competition_id", "season_code", "event_at_utc", "home_team_id", "away_team_id", "market",
    "selection", "line", "bookmaker", "price_odds_dec", "price_known_at_utc", "fair_odds_dec", "prob", "player_id",
    "player_name",
)  # fmt: skip
IDENTITY = ("match_id", "market", "selection", "line", "bookmaker", "player_id")


def frames(
    stage: Stage, found: Portfolio, problem: Problem, situation: Situation, staking: Staking
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows of gold tickets and ticket_legs, largest stake first; candidates without a stake become none."""
    rows, legs = [], []
    offers = stage.offers.to_dicts()
    for place in np.argsort(-found.stakes, kind="stable"):
        if found.stakes[place] <= 0.0:
            break
        candidate = stage.candidates[place]
        own = [offers[leg] for leg in candidate.legs]
        ticket = _ticket(candidate, own, situation, staking) | {
            "stake_minor": round(found.stakes[place] * stage.bankroll_minor),
            "expected_log_growth": _growth_alone(problem, found, place),
            "edge": float(stage.edges[place]),
            "binding_limit": found.binding[place],
        }
        ticket["minimum_price_odds_dec"] = _lowest(ticket, own, staking)
        rows.append(ticket)
        legs += [{"ticket_id": ticket["ticket_id"], "leg": n} | _leg(leg, situation) for n, leg in enumerate(own)]
    return _rows("tickets", rows), _rows("ticket_legs", legs)


def compared(
    found: Portfolio, scored: Mapping[str, tuple[Floats, Score]], problem: Problem, situation: Situation
) -> pl.DataFrame:
    """Rows of gold portfolios: the optimizer's stakes and its rivals' on the same fresh scenarios."""
    rows = [
        {
            "decision_id": situation.decision_id,
            "as_of_utc": situation.as_of,
            "staking": name,
            "candidates": problem.returns.shape[1],
            "tickets": int((stakes > 0).sum()),
            "staked_share": float(stakes.sum()),
            "expected_log_growth": value.growth if np.isfinite(value.growth) else None,
            "expected_shortfall": min(value.cvar, 1.0),
            "kelly_fraction": problem.kelly_fraction,
            "shadow_kelly_fraction": situation.shadow_kelly_fraction,
            **_ending(name, found),
        }
        for name, (stakes, value) in scored.items()
    ]
    return _rows("portfolios", rows)


def _rows(table: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=contract(of_desk(table)).schema)


def _lowest(ticket: dict[str, Any], own: list[dict[str, Any]], staking: Staking) -> float:
    """The price at which the ticket has the minimum edge; of several legs that of the whole, legs as they are."""
    if len(own) > 1:
        return float(ticket["price_odds_dec"] * (1 + staking.minimum_edge) / (1 + ticket["edge"]))
    leg = own[0]
    lowest = minimum_price(
        pl.lit(leg["prob"]), staking, pl.lit(leg["push_share"] or 0.0), pl.lit(leg["commission_share"] or 0.0)
    )
    return float(pl.select(lowest).item())


def _ending(name: str, found: Portfolio) -> dict[str, Any]:
    own = name == "portfolio"
    return {
        "gap": found.gap if own else None,
        "status": found.status if own else None,
        "solve_seconds": found.seconds if own else None,
    }


def _ticket(candidate: Candidate, own: list[dict[str, Any]], situation: Situation, staking: Staking) -> dict[str, Any]:
    identity = (candidate.kind, *(leg[name] for leg in own for name in _named(leg)))
    return {
        "ticket_id": f"T{situation.as_of:%Y%m%d}-{short_hash(situation.decision_id, *identity)[:8]}",
        "decision_id": situation.decision_id,
        "bettor_id": situation.bettor_id,
        "as_of_utc": situation.as_of,
        "kind": candidate.kind,
        "lines": written(candidate.places) if len(candidate.lines) > 1 else None,
        "currency": staking.currency,
        "price_odds_dec": price_of(candidate, own),
        "price_age_minutes": max(leg["price_age_minutes"] for leg in own),
        "valid_until_at_utc": min(leg["event_at_utc"] for leg in own),
        "training_hash": own[0]["training_hash"],
        "stand_ins": own[0]["stand_ins"],
    }


def _named(leg: dict[str, Any]) -> tuple[str, ...]:
    """What tells a leg from others; a bet on a match names no player, as it did before there were any."""
    return IDENTITY if leg["player_id"] is not None else IDENTITY[:-1]


def price_of(candidate: Candidate, own: list[dict[str, Any]]) -> float:
    """What a unit stake returns if every leg wins: the mean over lines of the product of their prices."""
    if candidate.price_odds_dec is not None:
        return candidate.price_odds_dec
    prices = [leg["price_odds_dec"] for leg in own]
    return float(np.mean([np.prod([prices[leg] for leg in line]) for line in candidate.places]))


def _leg(leg: dict[str, Any], situation: Situation) -> dict[str, Any]:
    return {name: leg.get(name) for name in LEG_COLUMNS} | {"as_of_utc": situation.as_of}


def _growth_alone(problem: Problem, found: Portfolio, place: np.int64) -> float:
    """Expected log growth that the ticket adds to the portfolio: with it less without it."""
    with_it = problem.returns @ found.stakes + problem.standing
    without = with_it - problem.returns[:, place] * found.stakes[place]
    return float(problem.weights @ (np.log1p(with_it) - np.log1p(without)))
