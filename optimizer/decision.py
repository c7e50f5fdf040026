"""One decision: from offers that every rule accepted to tickets with stakes. The live run and every replay decide here.

What is believed comes from `models`, which rules stand from `optimizer.controls`; frames of gold are made in
`optimizer.tickets`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.errors import LimitBroken
from core.money import MINOR_PER_MAJOR
from core.settings import Staking
from core.threads import one_blas_thread
from optimizer import tickets
from optimizer.candidates.generate import generate
from optimizer.coming import Coming
from optimizer.portfolio import limits as limit
from optimizer.portfolio.optimise import optimise
from optimizer.portfolio.problem import Problem
from optimizer.portfolio.rivals import rivals, score
from optimizer.portfolio.verify import broken
from optimizer.prices.edges import ACCEPTED
from optimizer.prices.offers import with_player
from optimizer.scene import Scene, Stage
from optimizer.situation import Situation

Floats = NDArray[np.float64]
FRESH = 7_919
"""Added to the seed of scenarios on which stakings are compared: none was fitted to them."""
CONFIDENCE = 0.95
LEAST_FRACTION = 1e-6
"""Stands for a Kelly fraction of nothing, at which no offer is looked at."""
DIMENSIONS = {"match": "match_id", "league": "competition_id", "market": "market", "book": "bookmaker"}
"""What exposure is limited by, and the column of a leg that says where it belongs."""


@dataclass(frozen=True)
class Decided:
    """Rows of gold tickets, ticket_legs and portfolios, and which combinations were refused and why."""

    tickets: pl.DataFrame
    legs: pl.DataFrame
    portfolios: pl.DataFrame
    refused: pl.DataFrame


def decide(bets: pl.DataFrame, coming: Coming, situation: Situation, staking: Staking, seed: int) -> Decided:
    """Tickets of one moment around what stands open.

    `bets`: rows of gold value_bets with the match's kick-off and teams; only accepted ones become candidates whose
    match is believed in, and whose player where they name one. The same arguments give the same tickets. Raises
    LimitBroken if the portfolio failed its last check, which is written apart from the optimizer.
    """
    open_to_bets = situation.kelly_fraction * situation.stake_factor > 0 and situation.bankroll_minor > 0
    accepted = with_player(bets).filter((pl.col("verdict") == ACCEPTED) & open_to_bets)
    offers = coming.believes(accepted).sort(*tickets.IDENTITY)
    candidates, refused = generate(offers, staking.ticket_kinds, staking.candidates)
    stage = Stage(
        offers, candidates, coming, situation.open_tickets, situation.open_legs, max(situation.bankroll_minor, 1)
    )
    with one_blas_thread():
        return _decided(stage, refused, situation, staking, seed)


def _decided(stage: Stage, refused: pl.DataFrame, situation: Situation, staking: Staking, seed: int) -> Decided:
    problem = problem_of(stage, stage.draw(staking.scenarios, seed), situation, staking)
    found = optimise(problem, staking.solve_seconds, staking.solve_gap)
    _require(problem, found.stakes)
    other = stage.draw(staking.scenarios, seed + FRESH)
    fresh = replace(problem, returns=other.returns, weights=other.weights, standing=other.standing)
    compared = {"portfolio": found.stakes} | rivals(problem)
    return Decided(
        *tickets.frames(stage, found, problem, situation, staking),
        tickets.compared(
            found, {name: (stakes, score(fresh, stakes)) for name, stakes in compared.items()}, problem, situation
        ),
        refused,
    )


def problem_of(stage: Stage, scene: Scene, situation: Situation, staking: Staking) -> Problem:
    """The portfolio's question: a scene, what each group of tickets already carries, and every limit in force."""
    bankroll = max(situation.bankroll_minor, 1)
    groups, used = _groups(stage, situation)
    count = len(stage.candidates)
    increment = max(round(staking.stake_increment * 100), 1) / bankroll
    least = max(round(staking.minimum_stake * 100) / bankroll, increment)
    upper = np.minimum(staking.maximum_ticket_share, _taken_by_books(stage))
    return Problem(
        returns=scene.returns, weights=scene.weights, standing=scene.standing,
        lower=np.minimum(np.full(count, least), upper), upper=upper,
        increment=np.full(count, increment),
        kelly_fraction=max(situation.kelly_fraction * situation.stake_factor, LEAST_FRACTION),
        groups=groups, used=used, limits=_limits(situation, staking, bankroll),
    )  # fmt: skip


def _groups(stage: Stage, situation: Situation) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """By dimension: which candidates belong to which group (g, n), and what stands open in each (g,), as shares."""
    bankroll = stage.bankroll_minor
    open_shares = dict(situation.open_tickets.select("ticket_id", pl.col("stake_minor") / bankroll).iter_rows())
    standing = situation.open_legs.filter(pl.col("ticket_id").is_in(list(open_shares)))
    groups, used = {}, {}
    for name, column in DIMENSIONS.items():
        labels = stage.offers[column].to_list()
        touched = [{labels[leg] for leg in candidate.legs} for candidate in stage.candidates]
        names = sorted(set().union(*touched)) if touched else []
        groups[name] = np.array([[group in of for of in touched] for group in names], dtype=float).reshape(
            len(names), len(touched)
        )
        carried = standing.select("ticket_id", column).unique().group_by(column, maintain_order=True)
        shares = {group: sum(open_shares[ticket] for ticket in rows["ticket_id"]) for (group,), rows in carried}
        used[name] = np.array([shares.get(group, 0.0) for group in names])
    whole = np.ones((1, len(stage.candidates)))
    groups |= {"day": whole, "currency": whole}
    used |= {
        "day": np.array([situation.staked_today_minor / bankroll]),
        "currency": np.array([sum(open_shares.values())]),
    }
    return groups, used


def _taken_by_books(stage: Stage) -> Floats:
    """(n,) the largest stake that a candidate's book takes, as a share; infinite where no limit is known."""
    asked = stage.offers.select(pl.min_horizontal("stake_limit", "liquidity").fill_null(np.inf)).to_series().to_numpy()
    most = [min(asked[leg] for leg in one.legs) for one in stage.candidates]
    return np.array(most, dtype=float) * MINOR_PER_MAJOR / stage.bankroll_minor


def _limits(situation: Situation, staking: Staking, bankroll: int) -> tuple[limit.Limit, ...]:
    free = max(bankroll - int(situation.open_tickets["stake_minor"].sum()), 0)
    return (
        limit.MaximumTickets(staking.maximum_tickets),
        limit.MatchExposure(staking.maximum_match_share),
        limit.LeagueExposure(staking.maximum_league_share),
        limit.MarketExposure(staking.maximum_market_share),
        limit.BookExposure(staking.maximum_book_share),
        limit.DayExposure(staking.maximum_day_share),
        limit.CurrencyExposure(staking.maximum_currency_share),
        limit.Cash(free / bankroll),
        *(limit.Room(name, minor / bankroll) for name, minor in situation.rooms.items()),
        limit.Drawdown(CONFIDENCE, staking.maximum_drawdown_share),
    )


def _require(problem: Problem, stakes: Floats) -> None:
    if faults := broken(problem, stakes):
        raise LimitBroken(
            f"The portfolio breaks a limit: {faults[0]}", "Nothing was issued; report this with the run's settings."
        )
