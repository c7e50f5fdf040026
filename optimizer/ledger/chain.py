"""The seal: entries are numbered and hashed one after the other, and what was done to them afterwards is found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256

import polars as pl

GENESIS = "0" * 64
_HASHED = ("entry_id", "transaction_id", "kind", "account", "amount_minor", "currency", "ticket_id")
_HASHED_WHERE_GIVEN = ("bettor_id", "bookmaker", "rate")


def chained(standing: pl.DataFrame, wanted: pl.DataFrame) -> pl.DataFrame:
    """Entries of `wanted` that the ledger lacks, numbered and chained after its last one.

    `standing`: the ledger; `wanted`: entries in the order to book them. A history that is booked again, whole or
    after a crash in the middle of a transaction, adds only what is missing.
    """
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


def faults(ledger: pl.DataFrame, seal: tuple[int, str] | None = None) -> Iterator[str]:
    """What is wrong with a ledger, in sentences: a broken chain, a gap, a transaction that does not sum to zero.

    A chain cannot know that its own end was cut off between two transactions: `seal`, the sequence and hash of an
    entry noted elsewhere, finds that too.
    """
    previous, hashes = GENESIS, {}
    for place, row in enumerate(ledger.sort("sequence").iter_rows(named=True)):
        if row["sequence"] != place:
            yield f"Entry {place} is missing."
        if row["previous_hash"] != previous or row["entry_hash"] != entry_hash(row, previous):
            yield f"Entry {row['sequence']} was changed, or one before it was."
        previous = hashes[row["sequence"]] = row["entry_hash"]
    if seal is not None and hashes.get(seal[0]) != seal[1]:
        yield f"Entry {seal[0]} is not the one that was sealed: the ledger was cut off or written anew."
    yield from _unbalanced(ledger)


def entry_hash(entry: Mapping[str, object], previous: str) -> str:
    """SHA-256 over the entry's own fields and the hash before it.

    Fields that came with later contracts count where they are given, so entries from before keep their hashes.
    """
    known = entry["known_at_utc"]
    moment = known.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(known, datetime) else str(known)
    fields = [previous, *(str(entry[name]) for name in _HASHED), moment]
    fields += [f"{name}={entry[name]}" for name in _HASHED_WHERE_GIVEN if entry.get(name) is not None]
    return sha256("\x1f".join(fields).encode()).hexdigest()


def _unbalanced(ledger: pl.DataFrame) -> Iterator[str]:
    sums = ledger.group_by("transaction_id", "currency").agg(pl.col("amount_minor").sum())
    for row in sums.filter(pl.col("amount_minor") != 0).sort("transaction_id", "currency").iter_rows(named=True):
        yield f"Transaction {row['transaction_id']} is off by {row['amount_minor']} {row['currency']}."
