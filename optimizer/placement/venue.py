"""What every venue understands: an order goes in, a placement comes out, and the same order is never taken twice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import polars as pl

from lake.contracts.model import contract
from lake.desk import of_desk
from lake.keys import short_hash


class Status(StrEnum):
    """What is known of an order; after `timed_out` and `unknown` it may stand or not, and has to be asked for."""

    ACCEPTED = "accepted"
    PARTLY_ACCEPTED = "partly_accepted"
    REJECTED = "rejected"
    TIMED_OUT = "timed_out"
    UNKNOWN = "unknown"

    @property
    def is_final(self) -> bool:
        """Whether asking again can bring nothing new."""
        return self in (Status.ACCEPTED, Status.PARTLY_ACCEPTED, Status.REJECTED)


@dataclass(frozen=True)
class Order:
    """A ticket to be taken at its price or better.

    `price_odds_dec` is the price seen, `lowest_odds_dec` the lowest that is acceptable; after
    `valid_until_at_utc` it may not be taken. `attempt` counts orders that are meant to be further ones. Raises
    ValueError for a stake below one minor unit, a price that is not above 1 or below the lowest, or a time without a
    zone.
    """

    ticket_id: str
    bettor_id: str
    bookmaker: str
    stake_minor: int
    currency: str
    price_odds_dec: float
    lowest_odds_dec: float
    valid_until_at_utc: datetime
    attempt: int = 1

    def __post_init__(self) -> None:
        if self.stake_minor < 1 or not 1 < self.lowest_odds_dec <= self.price_odds_dec:
            raise ValueError(f"{self.stake_minor} at {self.price_odds_dec} (or {self.lowest_odds_dec}) is no order.")
        if self.valid_until_at_utc.tzinfo is None:
            raise ValueError("An order is valid until a time with a zone.")

    @property
    def order_id(self) -> str:
        """The same bet sent again is the same order, though its price or its time may have changed since."""
        return f"P{short_hash(self.ticket_id, self.bettor_id, self.bookmaker, self.stake_minor, self.attempt)}"


@dataclass(frozen=True)
class Placement:
    """What a venue says of an order at `known_at_utc`; a price is there where something was taken.

    Raises ValueError where the status and what was taken contradict each other.
    """

    placement_id: str
    ticket_id: str
    bettor_id: str
    bookmaker: str
    venue: str
    status: Status
    requested_minor: int
    taken_minor: int
    price_odds_dec: float | None
    currency: str
    reason: str | None
    reference: str
    known_at_utc: datetime

    def __post_init__(self) -> None:
        whole, nothing = self.taken_minor == self.requested_minor, self.taken_minor == 0
        partly = self.status is Status.PARTLY_ACCEPTED and not whole and not nothing
        wholly = self.status is Status.ACCEPTED and whole and not nothing
        none = self.status not in (Status.ACCEPTED, Status.PARTLY_ACCEPTED) and nothing
        if not (partly or wholly or none) or not 0 <= self.taken_minor <= self.requested_minor:
            raise ValueError(f"{self.taken_minor} of {self.requested_minor} taken is not '{self.status}'.")
        if (self.price_odds_dec is None) != nothing or (self.price_odds_dec or 2.0) <= 1:
            raise ValueError(f"{self.taken_minor} cannot be taken at {self.price_odds_dec}.")


class Venue(Protocol):
    """Where orders go; both methods are given the present moment, and neither ever takes an order twice."""

    name: str

    def place(self, order: Order, as_of: datetime) -> Placement:
        """Send an order. One that was sent before is not sent again: what is known of it comes back."""
        ...

    def ask(self, order: Order, as_of: datetime) -> Placement:
        """What became of an order, without sending it: after a timeout this is the only way to know."""
        ...


def answer(
    order: Order, venue: str, status: Status, as_of: datetime, *, taken_minor: int = 0,
    price_odds_dec: float | None = None, reason: str | None = None, reference: str = "",
) -> Placement:  # fmt: skip
    """A placement of this order."""
    return Placement(
        order.order_id, order.ticket_id, order.bettor_id, order.bookmaker, venue, status, order.stake_minor,
        taken_minor, price_odds_dec, order.currency, reason, reference or order.order_id, as_of,
    )  # fmt: skip


def frame(placements: Iterable[Placement]) -> pl.DataFrame:
    """Placements as rows of gold placements."""
    rows = [asdict(placement) | {"status": placement.status.value} for placement in placements]
    return pl.DataFrame(rows, schema=contract(of_desk("placements")).schema)
