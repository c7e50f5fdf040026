"""Telling the outside what was settled: an outbox table, and its two readers, a webhook and a stream.

Rows are made from settlements by what the outbox lacks, as the ledger's entries are: whatever crashed in between, the
next run publishes the rest. Retrying and waiting are the caller's.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import polars as pl

from core.clock import iso
from lake.contracts.model import contract
from lake.desk import of_desk

START = -1
"""The cursor of a reader that has seen nothing."""
Post = Callable[[str, bytes, Mapping[str, str]], int]
"""Sends a body with headers to an address and returns the status; raises OSError where there is no answer."""

_CONTRACT = of_desk("outbox")
_TOLD = ("ticket_id", "outcome", "stake_minor", "return_minor", "profit_minor", "currency", "reason")


def unpublished(outbox: pl.DataFrame, settlements: pl.DataFrame) -> pl.DataFrame:
    """The rows to append so that every settlement is told once, numbered after the last; in the order known.

    `settlements`: rows of gold settlements. A first settlement is `ticket.settled`, each later one of the same ticket
    `ticket.corrected`.
    """
    ordered = settlements.sort("known_at_utc", "ticket_id")
    version = pl.col("known_at_utc").rank("ordinal").over("ticket_id").cast(pl.Int64)
    rows = [_event(row) for row in ordered.with_columns(version.alias("version")).iter_rows(named=True)]
    told = set(outbox["event_id"])
    fresh = [row for row in rows if row["event_id"] not in told]
    start = START + 1 if outbox.is_empty() else int(outbox["sequence"].to_numpy().max()) + 1
    numbered = [row | {"sequence": start + place} for place, row in enumerate(fresh)]
    return pl.DataFrame(numbered, schema=contract(_CONTRACT).schema)


def pending(outbox: pl.DataFrame, cursor: int) -> pl.DataFrame:
    """Events after a cursor, the sequence last seen (`START` for none), in their order."""
    return outbox.filter(pl.col("sequence") > cursor).sort("sequence")


def stream(outbox: pl.DataFrame, cursor: int) -> Iterator[str]:
    """Events after a cursor as lines of JSON, each with its sequence, from which a reader goes on."""
    for row in pending(outbox, cursor).iter_rows(named=True):
        yield _json({"sequence": row["sequence"], "event_id": row["event_id"], **json.loads(row["payload"])})


@dataclass(frozen=True)
class Delivery:
    """How far a webhook got: the cursor to go on from, how many were taken, and what stopped it, if anything."""

    cursor: int
    delivered: int
    fault: str | None


def deliver(outbox: pl.DataFrame, cursor: int, url: str, secret: bytes, post: Post) -> Delivery:
    """Send every pending event in order; the first that is not taken stops the rest, so that the order holds.

    Each is sent at least once: an answer that was lost is sent again, under the same event id. The body is signed
    with HMAC-SHA256 (RFC 2104, Krawczyk et al., 1997).
    """
    delivered = 0
    for row in pending(outbox, cursor).iter_rows(named=True):
        fault = _send(row, url, secret, post)
        if fault is not None:
            return Delivery(cursor, delivered, fault)
        cursor, delivered = row["sequence"], delivered + 1
    return Delivery(cursor, delivered, None)


def signature(body: bytes, secret: bytes) -> str:
    """What the receiver compares with the header `X-Fairline-Signature`."""
    return f"sha256={hmac.new(secret, body, sha256).hexdigest()}"


def _send(row: Mapping[str, Any], url: str, secret: bytes, post: Post) -> str | None:
    body = row["payload"].encode()
    headers = {
        "Content-Type": "application/json",
        "X-Fairline-Event": row["event_id"],
        "X-Fairline-Kind": row["kind"],
        "X-Fairline-Sequence": str(row["sequence"]),
        "X-Fairline-Signature": signature(body, secret),
    }
    try:
        status = post(url, body, headers)
    except OSError as error:
        return f"Event {row['sequence']} got no answer: {error}."
    return None if 200 <= status < 300 else f"Event {row['sequence']} was answered with {status}."


def _event(row: Mapping[str, Any]) -> dict[str, object]:
    kind = "ticket.settled" if row["version"] == 1 else "ticket.corrected"
    told = {name: row.get(name) for name in _TOLD}
    payload = _json({"kind": kind, "version": row["version"], "known_at_utc": iso(row["known_at_utc"]), **told})
    return {
        "event_id": sha256(payload.encode()).hexdigest()[:32],
        "kind": kind,
        "ticket_id": row["ticket_id"],
        "payload": payload,
        "known_at_utc": row["known_at_utc"],
    }


def _json(event: Mapping[str, object]) -> str:
    return json.dumps(event, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
