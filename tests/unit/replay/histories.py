"""Invented histories of one bettor with 1000.00, told around AS_OF, and settings that limit nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import polars as pl

from core.settings import Settings, Staking
from lake.contracts.model import contract
from optimizer.placement import Placement, Status, frame
from optimizer.policy import Policy, default
from replay.moment import Record
from tests.gold import gold
from tests.unit.optimizer.placement.tables import rows
from tests.unit.optimizer.policies import AS_OF, KICKOFF, policy

NAMES = ("tickets", "ticket_legs", "placements", "settlements", "limit_changes", "closing_line_value")
CERTAIN = {"supremacy": 0.0, "goals": 0.0, "league_goals": 0.0}
NOTHING = Record(*(contract(gold(name)).empty() for name in NAMES))


def settings(**staking: Any) -> Settings:
    """Half Kelly under certain beliefs without any limit, but for what a test changes."""
    free = policy(**{"kelly_fraction": 0.5, "solve_gap": 1e-4} | staking).model_dump()
    return Settings(staking=free, uncertainties={"football": CERTAIN})


def bettor(limits: dict[str, Any] | None = None, staking: Staking | None = None, **changes: Any) -> Policy:
    """The policy of ann, with these limits and these other keys."""
    usual = default(staking or settings().staking).model_dump() | {"bettor_id": "ann"} | changes
    return Policy.model_validate(usual | {"limits": usual["limits"] | (limits or {})})


def issued(record: Record, stake_minor: int, hours_ago: float, ticket: str = "old", **leg: Any) -> Record:
    """With one more single, on a match that kicks off tomorrow."""
    moment = AS_OF - timedelta(hours=hours_ago)
    made = {"ticket_id": ticket, "as_of_utc": moment, "stake_minor": stake_minor, "kind": "single", "currency": "EUR",
            "price_odds_dec": 2.0, "bettor_id": "ann"}  # fmt: skip
    place = {"ticket_id": ticket, "leg": 0, "as_of_utc": moment, "match_id": "gone", "event_at_utc": KICKOFF,
             "market": "1x2", "selection": "home", "price_odds_dec": 2.0, "prob": 0.5, "bookmaker": "bwin",
             "competition_id": "D1"}  # fmt: skip
    return replace(
        record,
        tickets=pl.concat([record.tickets, rows("tickets", made)]),
        legs=pl.concat([record.legs, rows("ticket_legs", place | leg)]),
    )


def settled(record: Record, profit_minor: int, hours_ago: float, ticket: str = "old") -> Record:
    """With the settlement of a ticket, known this many hours before AS_OF."""
    row = {"ticket_id": ticket, "profit_minor": profit_minor, "stake_minor": 1, "outcome": "won",
           "known_at_utc": AS_OF - timedelta(hours=hours_ago)}  # fmt: skip
    return replace(record, settlements=pl.concat([record.settlements, rows("settlements", row)]))


def result(profit_minor: int, hours_ago: float) -> Record:
    """One ticket of a month before, settled with this profit so many hours ago."""
    return settled(issued(NOTHING, 20_000, 24 * 31), profit_minor, hours_ago)


def placed(record: Record, taken_minor: int, hours_ago: float, ticket: str = "old") -> Record:
    """With a placement by hand at another stake and price."""
    moment = AS_OF - timedelta(hours=hours_ago)
    made = Placement("P1", ticket, "ann", "bet365", "manual", Status.ACCEPTED, taken_minor, taken_minor, 1.9, "EUR",
                     None, "by ann", moment)  # fmt: skip
    return replace(record, placements=pl.concat([record.placements, frame([made])]))
