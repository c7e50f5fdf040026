"""Booking events into a ledger that stands: what it lacks is added, and money that is not there is not spent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import groupby

import polars as pl

from optimizer.ledger.accounts import Account, FundsMissing, LedgerContradicted, Slot
from optimizer.ledger.balance import statement
from optimizer.ledger.chain import chained
from optimizer.ledger.events import SPENDING

_SETTLING = ("settlement", "void", "reversal")
_PAYING = ("deposit", "withdrawal", "transfer", "exchange")
_OPENING = "deposit:opening"
"""Follows the setting of the bankroll, and stays as it was booked first."""
_Entry = dict[str, object]


def post(standing: pl.DataFrame, wanted: pl.DataFrame) -> pl.DataFrame:
    """The chained rows to append so that the ledger books all of `wanted` (see `journal`).

    Nothing is added for what is booked already. A transaction of which a crash left a part is completed without
    being judged again. Raises FundsMissing where a withdrawal, a transfer, an exchange or a reservation takes more
    cash than the account has at that place in the order, and LedgerContradicted where a settlement or a payment is told
    with other amounts than it was booked with.
    """
    _refuse_contradictions(standing, wanted)
    fresh = chained(standing, wanted)
    begun = set(standing["transaction_id"])
    cash = _cash(standing)
    for rows in _transactions(fresh):
        touched = _apply(rows, cash)
        if rows[0]["kind"] in SPENDING and rows[0]["transaction_id"] not in begun:
            _refuse_debt(rows[0], touched, cash)
    return fresh


def _refuse_contradictions(standing: pl.DataFrame, wanted: pl.DataFrame) -> None:
    """A settlement is changed by a correction, a payment by another one: never by telling the first one anew."""
    fixed = pl.col("kind").is_in([*_SETTLING, *_PAYING]) & (pl.col("transaction_id") != _OPENING)
    told = wanted.filter(fixed).select("entry_id", pl.col("amount_minor").alias("told"))
    other = standing.join(told, on="entry_id").filter(pl.col("amount_minor") != pl.col("told"))
    if len(other):
        row = other.row(0, named=True)
        raise LedgerContradicted(
            f"Entry {row['entry_id']} is booked with {row['amount_minor']} and is now told with {row['told']}.",
            "Another payment needs a reference of its own."
            if row["kind"] in _PAYING
            else "A result that became known later is a correction: give it a later known_at_utc.",
        )


def _cash(ledger: pl.DataFrame) -> Counter[Account]:
    """Cash of every account that has any."""
    rows = statement(ledger).filter(pl.col("account") == Slot.CASH.value).iter_rows(named=True)
    return Counter({_account(row): int(row["balance_minor"]) for row in rows})


def _transactions(fresh: pl.DataFrame) -> Iterator[list[_Entry]]:
    """The entries of each transaction, which stand together."""
    for _, rows in groupby(fresh.iter_rows(named=True), key=lambda row: row["transaction_id"]):
        yield list(rows)


def _apply(rows: list[_Entry], cash: Counter[Account]) -> set[Account]:
    """Moves the cash of one transaction; the accounts that it took cash from."""
    moved = [(_account(row), _minor(row)) for row in rows if row["account"] == Slot.CASH.value]
    for account, minor in moved:
        cash[account] += minor
    return {account for account, minor in moved if minor < 0}


def _refuse_debt(row: _Entry, touched: set[Account], cash: Counter[Account]) -> None:
    for account in touched:
        if cash[account] < 0:
            raise FundsMissing(
                f"The {row['kind']} {row['transaction_id']} takes {-cash[account]} minor units more than there are "
                f"in the account of {account}.",
                "Record the deposit or the transfer that is missing, or a smaller amount.",
            )


def _account(row: _Entry) -> Account:
    bettor, book = row["bettor_id"], row["bookmaker"]
    return Account(None if bettor is None else str(bettor), None if book is None else str(book), str(row["currency"]))


def _minor(row: _Entry) -> int:
    amount = row["amount_minor"]
    assert isinstance(amount, int)
    return amount
