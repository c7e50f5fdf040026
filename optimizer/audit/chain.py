"""The chain of the audit: each row's hash covers every field of it and the hash of the row before."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import polars as pl

from lake.contracts.model import contract
from optimizer.audit.anchors import Anchor, faults_of_anchors
from optimizer.audit.rows import CONTRACT

GENESIS = "0" * 64
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def chained(standing: pl.DataFrame, wanted: pl.DataFrame) -> pl.DataFrame:
    """Rows of `wanted` that the audit lacks, numbered and chained after its last one: rows of gold audit.

    `standing`: gold audit, or as much of its end as `wanted` may repeat. Writing the same decision twice adds nothing.
    """
    fresh = wanted.unique("audit_id", keep="first", maintain_order=True).join(
        standing.select("audit_id"), on="audit_id", how="anti", maintain_order="left"
    )
    sequence, previous = head(standing)
    linked = []
    for row in fresh.iter_rows(named=True):
        sequence += 1
        link = row | {"sequence": sequence, "previous_hash": previous}
        previous = entry_hash(link)
        linked.append(link | {"entry_hash": previous})
    return pl.DataFrame(linked, schema=contract(CONTRACT).schema)


def head(rows: pl.DataFrame) -> tuple[int, str]:
    """Sequence and hash of the last row; (-1, 64 zeros) of an empty audit."""
    last = rows.select("sequence", "entry_hash").sort("sequence").tail(1).rows()
    return last[0] if last else (-1, GENESIS)


def verify(rows: pl.DataFrame, anchors: Sequence[Anchor]) -> list[str]:
    """What is wrong with an audit, in sentences, each with the sequence at which it shows; empty where nothing is.

    The chain alone finds a row that was changed, taken out, put in, doubled or moved. The anchors find what a chain
    cannot show of itself: rows cut off its end, and a chain that was rewritten from some row on. What was written after
    the newest anchor may be cut off unseen, so an anchor belongs to every release.
    """
    ordered = rows.sort("sequence", "entry_hash")
    known = dict(ordered.select("sequence", "entry_hash").iter_rows())
    return [*_faults_of_chain(ordered), *faults_of_anchors(anchors, known, len(rows))]


def entry_hash(row: Mapping[str, object]) -> str:
    """SHA-256 over the row's place, the hash before it and all its fields, as a JSON array in the contract's order.

    JSON tells a missing value from an empty one and one field from the next; instants are whole microseconds.
    """
    fields = [_plain(row[name]) for name in contract(CONTRACT).column_names if name != "entry_hash"]
    return sha256(json.dumps(fields, separators=(",", ":")).encode()).hexdigest()


def _plain(value: object) -> object:
    return (value - _EPOCH) // timedelta(microseconds=1) if isinstance(value, datetime) else value


def _faults_of_chain(ordered: pl.DataFrame) -> Iterator[str]:
    expected, previous = 0, GENESIS
    for row in ordered.iter_rows(named=True):
        sequence = row["sequence"]
        if sequence > expected:
            yield f"Row {expected} is missing{'' if sequence == expected + 1 else f', and all up to {sequence - 1}'}."
        if sequence < expected:
            yield f"Row {sequence} stands twice."
        if row["entry_hash"] != entry_hash(row):
            yield f"Row {sequence} was changed: its hash is not that of its fields."
        if row["previous_hash"] != previous:
            yield f"Row {sequence} does not follow on the row before it."
        expected, previous = sequence + 1, row["entry_hash"]
