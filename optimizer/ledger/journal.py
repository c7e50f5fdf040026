"""From events to the rows of the ledger, before they are chained."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import polars as pl

from optimizer.ledger.events import Event, Posting

SCHEMA = {
    "entry_id": pl.String(),
    "transaction_id": pl.String(),
    "kind": pl.String(),
    "ticket_id": pl.String(),
    "account": pl.String(),
    "amount_minor": pl.Int64(),
    "currency": pl.String(),
    "known_at_utc": pl.Datetime("us", "UTC"),
    "bettor_id": pl.String(),
    "bookmaker": pl.String(),
    "rate": pl.String(),
}
"""Columns of an entry that its hash covers."""

_ORDER = (
    "deposit", "reversal", "settlement", "void", "transfer", "exchange", "stake", "reservation", "acceptance",
    "release", "withdrawal",
)  # fmt: skip
"""Of what is known at the same moment, money that comes is booked before money that goes."""


def entries(events: Iterable[Event]) -> pl.DataFrame:
    """One row for each posting, in the order in which it became known; an event told twice counts once."""
    rows = [row for event in events for row in _rows(event)]
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row").unique("entry_id", keep="first", maintain_order=True)
    return frame.sort("known_at_utc", _rank(), "ticket_id", "transaction_id", "entry_id")


def _rank() -> pl.Expr:
    """Place of an entry's kind among those known at the same moment."""
    return pl.col("kind").replace_strict({kind: place for place, kind in enumerate(_ORDER)}, return_dtype=pl.Int64)


def _rows(event: Event) -> Iterator[tuple[object, ...]]:
    alone = len({posting.slot for posting in event.postings}) == len(event.postings)
    for posting in event.postings:
        account = posting.account
        yield (
            f"{event.transaction_id}:{_suffix(posting, alone)}", event.transaction_id, event.kind, event.ticket_id,
            str(posting.slot), posting.minor, account.currency, event.known_at_utc, account.bettor_id,
            account.bookmaker, None if event.rate is None else format(event.rate, "f"),
        )  # fmt: skip


def _suffix(posting: Posting, alone: bool) -> str:
    """The slot names an entry, with the account where a transaction touches two of them."""
    account = posting.account
    return str(posting.slot) if alone else f"{posting.slot}:{account.bettor_id}:{account.bookmaker}:{account.currency}"
