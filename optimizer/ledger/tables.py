"""From the tables of the lake to events: what tickets, placements and settlements ask of the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from optimizer.ledger import events
from optimizer.ledger.accounts import Account, Slot, house
from optimizer.ledger.events import Event, Posting
from optimizer.ledger.journal import entries

PAPER = "paper"
_TAKEN = ("accepted", "partly_accepted")
_REFUSED = "rejected"
_Row = Mapping[str, Any]


def transactions(
    tickets: pl.DataFrame,
    settlements: pl.DataFrame,
    deposit_minor: int,
    currency: str,
    opened_at: datetime,
    placements: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Every entry that this history asks for, in the order in which it became known, without the chain.

    The house account opens with the deposit and takes every ticket on paper; a ticket that was placed elsewhere is
    released there when that is known, and booked in the account where it was placed.
    """
    account = house(currency)
    cash = (Posting(account, Slot.OWNER, -deposit_minor), Posting(account, Slot.CASH, deposit_minor))
    opening = Event("deposit:opening", "deposit", cash, opened_at)
    return entries([opening, *history(tickets, settlements, placements)])


def history(tickets: pl.DataFrame, settlements: pl.DataFrame, placements: pl.DataFrame | None = None) -> list[Event]:
    """Events of tickets, placements and settlements; deposits and other movements are not theirs to tell.

    `tickets`: ticket_id, as_of_utc, currency, stake_minor. `settlements`: ticket_id, currency, stake_minor,
    return_minor, known_at_utc and perhaps outcome; several rows of a ticket are versions, the later reversing the
    earlier. `placements`: rows of gold placements, of which a ticket has one that was taken at most; those on paper say
    nothing that the ticket does not.
    """
    placed = (
        [] if placements is None else placements.filter(pl.col("venue") != PAPER).sort("known_at_utc").rows(named=True)
    )
    real = {
        str(row["ticket_id"]): _Real(_account(row), row["known_at_utc"]) for row in placed if row["status"] in _TAKEN
    }
    found: list[Event] = []
    for row in tickets.iter_rows(named=True):
        found += _on_paper(row, real.get(row["ticket_id"]))
    for row in placed:
        found += _answers(row)
    for versions in _by_ticket(settlements):
        elsewhere = real.get(versions[0]["ticket_id"])
        found += _settled(versions, elsewhere.account if elsewhere else house(versions[0]["currency"]))
    return found


@dataclass(frozen=True)
class _Real:
    """Where a ticket was really placed, and since when that is known."""

    account: Account
    known_at_utc: datetime


def _on_paper(row: _Row, real: _Real | None) -> Iterator[Event]:
    account, stake = house(row["currency"]), int(row["stake_minor"])
    yield events.paper_stake(account, row["ticket_id"], stake, row["as_of_utc"])
    if real is not None:
        yield events.paper_release(account, row["ticket_id"], stake, real.known_at_utc)


def _answers(row: _Row) -> Iterator[Event]:
    """The order, and the venue's answer where there is one: an order without an answer keeps its money reserved."""
    account, named = _account(row), (row["placement_id"], row["ticket_id"])
    asked, taken, at = int(row["requested_minor"]), int(row["taken_minor"]), row["known_at_utc"]
    yield events.reservation(account, *named, asked, at)
    if row["status"] in _TAKEN:
        yield events.acceptance(account, *named, asked, taken, at)
    elif row["status"] == _REFUSED:
        yield events.rejection(account, *named, asked, at)


def _settled(versions: Sequence[_Row], account: Account) -> Iterator[Event]:
    before: _Row | None = None
    for number, row in enumerate(versions, start=1):
        ticket, at = row["ticket_id"], row["known_at_utc"]
        if before is not None:
            yield events.reversal(account, ticket, number - 1, before["stake_minor"], before["return_minor"], at)
        void = row.get("outcome") == "void"
        yield events.settlement(account, ticket, number, row["stake_minor"], row["return_minor"], at, void)
        before = row


def _by_ticket(settlements: pl.DataFrame) -> Iterator[Sequence[_Row]]:
    for part in settlements.sort("ticket_id", "known_at_utc").partition_by("ticket_id", maintain_order=True):
        yield part.rows(named=True)


def _account(row: _Row) -> Account:
    return Account(row["bettor_id"], row["bookmaker"], row["currency"])
