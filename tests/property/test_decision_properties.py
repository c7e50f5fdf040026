"""Random decisions around what stands open, recounted in minor units without any code of the optimizer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl
import pytest

from core.market.grid import ScoreGrid
from core.market.scenarios import Spread
from core.settings import Staking
from lake.contracts.model import contract
from optimizer.coming import Coming, Slate
from optimizer.decision import Decided, decide
from optimizer.situation import Situation
from tests.gold import gold
from tests.unit.optimizer.policies import AS_OF, bet, bets, policy

DAYS = range(60)
SHARES = {"match_id": "maximum_match_share", "competition_id": "maximum_league_share",
          "market": "maximum_market_share", "bookmaker": "maximum_book_share"}  # fmt: skip
SIDES = {"1x2": ("home", "draw", "away"), "totals": ("over", "under")}
NO_TICKETS, NO_LEGS = (contract(gold(name)).empty() for name in ("tickets", "ticket_legs"))


def day(seed: int) -> tuple[pl.DataFrame, Coming, Staking]:
    """Invented offers on five matches of two leagues, beliefs and limits."""
    draw = np.random.default_rng(seed)
    leagues = {f"m{n}": f"L{n % 2}" for n in range(5)}
    grid = ScoreGrid.poisson(draw.uniform(0.8, 2.0, 5), draw.uniform(0.8, 2.0, 5))
    matches = pl.DataFrame({"match_id": list(leagues), "competition_id": list(leagues.values())})
    coming = Coming((Slate(matches, grid, Spread(0.05, 0.05, 0.02)),))
    rows = []
    for _ in range(int(draw.integers(1, 9))):
        match, market = f"m{draw.integers(5)}", str(draw.choice(list(SIDES)))
        prob = float(draw.uniform(0.2, 0.7))
        rows.append(
            bet(match, str(draw.choice(SIDES[market])), prob, (1 + float(draw.uniform(0.01, 0.4))) / prob,
                competition_id=leagues[match], market=market, line=None if market == "1x2" else 2.5,
                bookmaker=str(draw.choice(["bet365", "bwin"])), stake_limit=float(draw.choice([3.0, 900.0])))
        )  # fmt: skip
    offers = bets(*rows).unique(["match_id", "market", "selection", "line", "bookmaker"], maintain_order=True)
    kinds = [("single",), ("single", "double"), ("single", "trixie")][seed % 3]
    limits = {name: float(draw.uniform(0.01, 0.2)) for name in SHARES.values()}
    staking = policy(
        **limits, maximum_ticket_share=float(draw.uniform(0.005, 0.05)),
        maximum_day_share=float(draw.uniform(0.02, 0.3)), maximum_tickets=int(draw.integers(1, 5)),
        stake_increment=float(draw.choice([0.01, 0.5, 2.0])), ticket_kinds=kinds, scenarios=128, solve_seconds=3.0,
        minimum_stake=float(draw.choice([0.01, 3.0])), maximum_drawdown_share=float(draw.uniform(0.02, 0.3)),
    )  # fmt: skip
    return offers, coming, staking


def twice(seed: int, **changes: Any) -> tuple[Situation, Decided, Staking]:
    """The second of two decisions of one day, around the open tickets of the first; `changes` of its limits."""
    offers, coming, staking = day(seed)
    draw = np.random.default_rng([seed, 1])
    bankroll, fraction = int(draw.integers(1_000, 400_000)), float(draw.uniform(0.1, 1.0))
    first = Situation(AS_OF, "first", "ann", bankroll, NO_TICKETS, NO_LEGS, kelly_fraction=fraction)
    morning = decide(offers, coming, first, staking, seed)
    stakes = int(morning.tickets["stake_minor"].sum())
    second = Situation(
        AS_OF, "second", "ann", bankroll, morning.tickets, morning.legs, staked_today_minor=stakes,
        rooms={"stake_week": int(draw.integers(0, bankroll // 5))}, kelly_fraction=fraction,
    )  # fmt: skip
    other, _, _ = day(seed + 1_000)
    return second, decide(other, coming, second, staking.model_copy(update=changes), seed), staking


def broken(at: Situation, found: Decided, staking: Staking) -> Iterator[str]:
    """Limits that new tickets break, by plain sums; a cent is lost to rounding of shares."""
    bankroll, new = at.bankroll_minor, dict(found.tickets.select("ticket_id", "stake_minor").rows())
    yield from ("tickets" for _ in [0] if len(new) > staking.maximum_tickets)
    stakes = dict(at.open_tickets.select("ticket_id", "stake_minor").rows()) | new
    legs = [*at.open_legs.iter_rows(named=True), *found.legs.iter_rows(named=True)]
    for column, name in SHARES.items():
        carried: Counter[str] = Counter()
        for ticket, group in {(leg["ticket_id"], leg[column]) for leg in legs}:
            carried[group] += stakes[ticket]
        touched = {leg[column] for leg in legs if leg["ticket_id"] in new}
        yield from (column for group in touched if carried[group] > getattr(staking, name) * bankroll + 1)
    total, increment = sum(new.values()), max(round(staking.stake_increment * 100), 1)
    rules = {
        "day": new and at.staked_today_minor + total > staking.maximum_day_share * bankroll + 1,
        "room": total > at.rooms["stake_week"],
        "cash": sum(stakes.values()) > bankroll,
        "ticket": any(stake > staking.maximum_ticket_share * bankroll + 1 for stake in new.values()),
        "increment": any(stake % increment for stake in new.values()),
        "minimum": any(stake < round(staking.minimum_stake * 100) for stake in new.values()),
    }
    yield from (name for name, is_broken in rules.items() if is_broken)


def test_random_decisions_break_no_limit() -> None:
    found = {seed: faults for seed in DAYS if (faults := list(broken(*twice(seed))))}
    assert found == {}


@pytest.mark.parametrize(
    ("named", "forgotten"),
    [(column, {share: 1.0}) for column, share in SHARES.items()]
    + [("day", {"maximum_day_share": 1.0}), ("ticket", {"maximum_ticket_share": 1.0}),
       ("tickets", {"maximum_tickets": 99}), ("increment", {"stake_increment": 0.03}),
       ("minimum", {"minimum_stake": 0.01})],
)  # fmt: skip
def test_a_limit_that_is_forgotten_would_be_noticed(named: str, forgotten: dict[str, Any]) -> None:
    assert any(named in broken(*twice(seed, **forgotten)) for seed in DAYS)


def test_decisions_are_worth_testing() -> None:
    """Most of them stake something around something that stands, and some on several legs."""
    made = [twice(seed) for seed in range(0, 30, 2)]
    both = [len(found.tickets) > 0 and len(at.open_tickets) > 0 for at, found, _ in made]
    assert sum(both) >= len(made) // 2
    assert any((found.tickets["kind"] != "single").any() for _, found, _ in made)
