"""What a person says was really taken: `fairline place TICKET --price 1.95 --stake 20` as a pure function."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import polars as pl

from core.clock import iso
from core.errors import PermanentError, TicketUnknown
from core.money import Money
from lake.keys import short_hash
from optimizer.placement.venue import Placement, Status

MANUAL = "manual"
_HIGHEST = 10**9
_Row = Mapping[str, Any]


class PlacementRefused(PermanentError):
    """What was said to have been taken cannot be, or is recorded otherwise already."""


@dataclass(frozen=True)
class Recorded:
    """The placement that stands now, what the bettor should know, and whether anything has to be written."""

    placement: Placement
    warnings: tuple[str, ...]
    is_new: bool


@dataclass(frozen=True)
class Book:
    """The tables that a record is held against: gold tickets, ticket_legs, placements and settlements."""

    tickets: pl.DataFrame
    legs: pl.DataFrame
    placements: pl.DataFrame
    settlements: pl.DataFrame


def by_hand(
    book: Book,
    ticket_id: str,
    price: str,
    stake: str,
    bettor_id: str,
    as_of: datetime,
    *,
    bookmaker: str | None = None,
    cash_minor: int | None = None,
    after_kick_off: bool = False,
) -> Recorded:
    """Record that a ticket was taken at this price (decimal odds) with this stake (major units of its currency).

    The book is the first leg's, unless another is named. The same words again change nothing. The ledger withdraws
    the ticket's placement on paper, if there is one (see `ledger.tables`). `cash_minor`: what the account holds, None
    where nobody keeps account. Raises TicketUnknown, and PlacementRefused for a ticket that is settled or was placed
    otherwise, after the first kick-off unless told, for a price or stake that is none, and where the cash is missing.
    """
    ticket, legs = _ticket(book, ticket_id)
    odds, minor = _price(price), _stake(stake, ticket["currency"])
    where = bookmaker or str(legs["bookmaker"][0])
    placement = Placement(
        f"M{short_hash(ticket_id, bettor_id, where, odds, minor)}", ticket_id, bettor_id, where, MANUAL,
        Status.ACCEPTED, minor, minor, odds, ticket["currency"], None, f"by {bettor_id}", as_of,
    )  # fmt: skip
    standing = book.placements.filter(
        (pl.col("ticket_id") == ticket_id) & (pl.col("taken_minor") > 0) & (pl.col("venue") != "paper")
    )
    if placement.placement_id in standing["placement_id"]:
        return Recorded(placement, (), False)
    _refuse(ticket, legs, standing, book.settlements, as_of, after_kick_off)
    if cash_minor is not None and minor > cash_minor:
        raise PlacementRefused(
            f"A stake of {Money(minor, ticket['currency'])} is more than the {Money(cash_minor, ticket['currency'])} "
            f"that {bettor_id} has at {where}.",
            "Record the deposit first.",
        )
    return Recorded(placement, tuple(_warnings(ticket, placement)), True)


def _ticket(book: Book, ticket_id: str) -> tuple[_Row, pl.DataFrame]:
    found = book.tickets.filter(pl.col("ticket_id") == ticket_id)
    if found.is_empty():
        raise TicketUnknown(f"No ticket is called {ticket_id}.", "`fairline tickets` lists them.")
    own = book.legs.filter(pl.col("ticket_id") == ticket_id).sort("leg")
    return found.row(0, named=True), own


def _refuse(
    ticket: _Row, legs: pl.DataFrame, standing: pl.DataFrame, settlements: pl.DataFrame, as_of: datetime, late: bool
) -> None:
    name = ticket["ticket_id"]
    if len(settlements.filter(pl.col("ticket_id") == name)):
        raise PlacementRefused(f"Ticket {name} is settled: nothing can be placed on it any more.")
    if len(standing):
        row = standing.row(0, named=True)
        raise PlacementRefused(
            f"Ticket {name} was placed already: {Money(row['taken_minor'], row['currency'])} at "
            f"{row['price_odds_dec']} with {row['bookmaker']}.",
            "A further bet on it is one of your own: import it as such.",
        )
    first = legs["event_at_utc"].min()
    if isinstance(first, datetime) and as_of >= first and not late:
        raise PlacementRefused(
            f"Ticket {name} kicked off at {iso(first)}.", "If it was taken before, say so with --after-kick-off."
        )


def _price(text: str) -> float:
    odds = _number(text, "price")
    if odds <= 1:
        raise PlacementRefused(f"A price of {text} is none: decimal odds lie above 1.")
    return float(odds)


def _stake(text: str, currency: str) -> int:
    major = _number(text, "stake")
    if major <= 0 or major != round(major, 2):
        raise PlacementRefused(f"A stake of {text} is none: it is above zero and has two decimals at most.")
    return Money.of(major, currency).minor


def _number(text: str, what: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise PlacementRefused(f"A {what} of '{text}' is no number.", "Write it like 1.95 or 20.") from error
    if not number.is_finite() or abs(number) > _HIGHEST:
        raise PlacementRefused(f"A {what} of '{text}' is no number.", "Write it like 1.95 or 20.")
    return number


def _warnings(ticket: _Row, placement: Placement) -> list[str]:
    found = []
    lowest, price = ticket["minimum_price_odds_dec"], placement.price_odds_dec
    if price is not None and price < lowest:
        found.append(f"{price} is below {lowest:.3g}, the lowest price at which this ticket was worth taking.")
    if placement.taken_minor > ticket["stake_minor"]:
        advised = Money(ticket["stake_minor"], ticket["currency"])
        found.append(f"The stake is above the {advised} that was advised.")
    return found
