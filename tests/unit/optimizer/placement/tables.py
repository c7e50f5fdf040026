"""A ticket of one leg and what stands beside it, as gold tables; all of it invented."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import polars as pl

from lake.contracts.model import contract
from optimizer.placement import Book, Order, Placement, frame
from tests.gold import gold
from tests.unit.optimizer.policies import AS_OF, KICKOFF

UNTIL = AS_OF + timedelta(hours=1)
PLAIN: dict[str, Any] = {"string": "x", "int": 1, "float": 2.0, "bool": True, "timestamp": AS_OF}


def rows(name: str, *records: dict[str, Any]) -> pl.DataFrame:
    """Rows of a gold table; columns left out get a usual value."""
    found = contract(gold(name))
    usual = {column.name: None if column.nullable else PLAIN[column.type] for column in found.columns}
    return pl.DataFrame([usual | record for record in records], schema=found.schema)


def order(stake: int = 1000, price: float = 2.0, lowest: float = 1.9, ticket: str = "t1", **other: Any) -> Order:
    """An invented order."""
    usual: dict[str, Any] = {"bettor_id": "ann", "bookmaker": "bet365", "currency": "EUR", "valid_until_at_utc": UNTIL}
    return Order(ticket_id=ticket, stake_minor=stake, price_odds_dec=price, lowest_odds_dec=lowest, **usual | other)


def book(*placements: Placement, settled: bool = False) -> Book:
    """One ticket of 10.00 EUR, worth taking at 1.90 or more with bet365, kicking off 22 hours after it was issued."""
    ticket = {"ticket_id": "t1", "stake_minor": 1000, "currency": "EUR", "minimum_price_odds_dec": 1.9,
              "kind": "single"}  # fmt: skip
    leg = {"ticket_id": "t1", "leg": 0, "bookmaker": "bet365", "price_odds_dec": 2.0, "event_at_utc": KICKOFF}
    settlements = rows("settlements", {"ticket_id": "t1"}) if settled else rows("settlements")
    return Book(rows("tickets", ticket), rows("ticket_legs", leg), frame(placements), settlements)
