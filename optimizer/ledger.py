"""The ledger: double entry in minor units, append-only, each entry chained to the one before by its hash.

A transaction is a pair of entries that sum to zero. Entries are made from tickets and settlements, and carry ids made
from them, so writing the same history twice adds nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256

import polars as pl

OWNER, CASH, AT_RISK, RESULT = "owner", "cash", "at_risk", "result"
GENESIS = "0" * 64
_KINDS = ("deposit", "stake", "settlement")


def transactions(
    tickets: pl.DataFrame, settlements: pl.DataFrame, deposit_minor: int, currency: str, opened_at: datetime
) -> pl.DataFrame:
    """Every entry that this history asks for, in the order in which it became known, without the chain.

    A stake moves cash to at_risk; a settlement moves the return from at_risk to cash and the rest to result.
    """
    entries = [*_deposit(deposit_minor, currency, opened_at)]
    for row in tickets.iter_rows(named=True):
        entries += _pair(
            "stake", row["ticket_id"], row["as_of_utc"], row["currency"], CASH, AT_RISK, row["stake_minor"]
        )
    for row in settlements.iter_rows(named=True):
        entries += _settlement(row)
    frame = pl.DataFrame(entries, schema=_SCHEMA, orient="row")
    order = pl.col("kind").replace_strict({kind: place for place, kind in enumerate(_KINDS)}, return_dtype=pl.Int64)
    return frame.sort("known_at_utc", order, "ticket_id", "entry_id")


def chained(standing: pl.DataFrame, wanted: pl.DataFrame) -> pl.DataFrame:
    """Entries of `wanted` that the ledger lacks, numbered and chained after its last one."""
    fresh = wanted.join(standing.select("entry_id"), on="entry_id", how="anti", maintain_order="left")
    last = standing.sort("sequence").tail(1)
    previous = last["entry_hash"][0] if len(last) else GENESIS
    start = int(last["sequence"][0]) + 1 if len(last) else 0
    hashes: list[tuple[str, str]] = []
    for row in fresh.iter_rows(named=True):
        digest = entry_hash(row, previous)
        hashes.append((previous, digest))
        previous = digest
    return fresh.with_columns(
        pl.Series("sequence", range(start, start + len(fresh)), dtype=pl.Int64),
        pl.Series("previous_hash", [before for before, _ in hashes], dtype=pl.String),
        pl.Series("entry_hash", [digest for _, digest in hashes], dtype=pl.String),
    )


def faults(ledger: pl.DataFrame) -> Iterator[str]:
    """What is wrong with a ledger, in sentences: a broken chain, a gap, a transaction that does not sum to zero."""
    previous = GENESIS
    for place, row in enumerate(ledger.sort("sequence").iter_rows(named=True)):
        if row["sequence"] != place:
            yield f"Entry {place} is missing."
        if row["previous_hash"] != previous or row["entry_hash"] != entry_hash(row, previous):
            yield f"Entry {row['sequence']} was changed, or one before it was."
        previous = row["entry_hash"]
    sums = ledger.group_by("transaction_id", "currency").agg(pl.col("amount_minor").sum())
    for row in sums.filter(pl.col("amount_minor") != 0).iter_rows(named=True):
        yield f"Transaction {row['transaction_id']} is off by {row['amount_minor']} {row['currency']}."


def balances(ledger: pl.DataFrame) -> dict[str, int]:
    """Balance of each account in minor units."""
    return dict(ledger.group_by("account").agg(pl.col("amount_minor").sum()).sort("account").iter_rows())


def entry_hash(entry: Mapping[str, object], previous: str) -> str:
    """SHA-256 over the entry's own fields and the hash before it."""
    known = entry["known_at_utc"]
    moment = known.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(known, datetime) else str(known)
    fields = [
        str(entry[name]) for name in ("entry_id", "transaction_id", "kind", "account", "amount_minor", "currency")
    ]
    return sha256("\x1f".join([previous, *fields, str(entry["ticket_id"]), moment]).encode()).hexdigest()


_SCHEMA = {
    "entry_id": pl.String(),
    "transaction_id": pl.String(),
    "kind": pl.String(),
    "ticket_id": pl.String(),
    "account": pl.String(),
    "amount_minor": pl.Int64(),
    "currency": pl.String(),
    "known_at_utc": pl.Datetime("us", "UTC"),
}
_Entry = tuple[str, str, str, str, str, int, str, datetime]


def _deposit(minor: int, currency: str, at: datetime) -> list[_Entry]:
    return _pair("deposit", "", at, currency, OWNER, CASH, minor)


def _pair(kind: str, ticket: str, at: datetime, currency: str, source: str, target: str, minor: int) -> list[_Entry]:
    transaction = f"{kind}:{ticket or 'opening'}"
    return [
        (f"{transaction}:{account}", transaction, kind, ticket, account, amount, currency, at)
        for account, amount in ((source, -minor), (target, minor))
    ]


def _settlement(row: Mapping[str, object]) -> list[_Entry]:
    ticket, currency, at = str(row["ticket_id"]), str(row["currency"]), row["known_at_utc"]
    transaction = f"settlement:{ticket}"
    amounts = {AT_RISK: -int(row["stake_minor"]), CASH: int(row["return_minor"]), RESULT: -int(row["profit_minor"])}  # type: ignore[call-overload]
    assert isinstance(at, datetime)
    return [
        (f"{transaction}:{account}", transaction, "settlement", ticket, account, amount, currency, at)
        for account, amount in amounts.items()
    ]
