"""From captures to bronze, and from bronze to silver: nothing is lost, and a repeated run adds nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import polars as pl
import pyarrow as pa

from lake.competitions import Competition, competitions
from lake.conform import DETAIL, REASON
from lake.entities import aliases
from lake.keys import short_hash
from lake.storage import Lake
from sources.base import Capture, Parsed, Payload, Source
from sources.conforming import is_snapshot, write_entity
from sources.known import Known
from sources.outcomes import MALFORMED, OK
from sources.payloads import payloads
from sources.reconciling import STREAM
from sources.skew import ahead
from sources.unreadable import unreadable

BATCH_PAYLOADS = 24
"""So many files are parsed at once: enough to write few commits, few enough that memory stays bounded."""
BATCH_SNAPSHOTS, SNAPSHOT_BYTES = 96, 16 * 1024 * 1024
"""So many snapshots of one endpoint are, as long as they have so few bytes: in JSON a row takes a hundred."""
BATCH_CAPTURES, BATCH_BYTES = 64, 32 * 1024 * 1024
"""So many answers, and so many bytes of them, are landed at once: what was paid for is on disk soon."""

Progress = Callable[[str], None]
Row = Mapping[str, Any]


def land(lake: Lake, source: Source, captures: Iterable[Capture]) -> int:
    """Append captures to bronze, a batch at a time; what bronze has already is left out. Returns rows written."""
    known = set(lake.table(f"bronze.{source.name}.captures").scan().select("request_id").collect().to_series())
    written = 0
    for batch in _batches(captures):
        rows = {str(row["request_id"]): row for row in (_bronze_row(capture, source) for capture in batch)}
        fresh = [row for request_id, row in rows.items() if request_id not in known]
        written += _append(lake, source, fresh)
        known |= rows.keys()
    return written


def _batches(captures: Iterable[Capture]) -> Iterator[list[Capture]]:
    """Captures in the order of their coming: at most so many, and so many bytes, at once."""
    batch: list[Capture] = []
    for capture in captures:
        batch.append(capture)
        if len(batch) == BATCH_CAPTURES or sum(len(one.body) for one in batch) > BATCH_BYTES:
            yield batch
            batch = []
    if batch:
        yield batch


def _append(lake: Lake, source: Source, rows: Sequence[Mapping[str, object]]) -> int:
    if rows:
        table = lake.table(f"bronze.{source.name}.captures")
        frame = pl.DataFrame(rows, schema=table.contract.schema)
        table.append(frame, commit_id=f"land-{short_hash(*frame['request_id'])}")
    return len(rows)


def to_silver(lake: Lake, source: Source, leagues: Mapping[str, Competition], now: datetime, progress: Progress) -> int:
    """Read every payload of bronze that silver has not seen, oldest season first; returns payloads read."""
    pending = _pending(lake, source, leagues)
    known = competitions(source.sport)
    for group in _groups(pending, source):
        times = pl.col("captured_at_utc").is_between(group["captured_at_utc"].min(), group["captured_at_utc"].max())
        batch = payloads(lake, source, pl.col("request_id").is_in(group["request_id"].to_list()) & times)
        progress(f"{source.name}: reading {len(batch)} files")
        _read_batch(lake, source, known, batch, now)
    return len(pending)


def _bronze_row(capture: Capture, source: Source) -> dict[str, object]:
    body, request = capture.body, capture.request
    is_page = capture.outcome == OK and body.lstrip()[:1] == b"<" and not source.terms.is_markup
    sha256 = hashlib.sha256(body).hexdigest()
    later = [capture.attempt] if capture.attempt > 1 else []
    return {
        "request_id": short_hash(request.url, capture.captured_at_utc.isoformat(), sha256, *later),
        "endpoint": request.endpoint,
        "sport": request.sport,
        "competition_id": request.competition_id,
        "season_code": request.season_code,
        "url": request.url,
        "captured_at_utc": capture.captured_at_utc,
        "requested_at_utc": capture.requested_at_utc,
        "attempt": capture.attempt,
        "status": capture.status,
        "outcome": MALFORMED if is_page else capture.outcome,
        "content_type": capture.content_type,
        "headers": json.dumps(dict(capture.headers), sort_keys=True),
        "body_bytes": len(body),
        "sha256": sha256,
        "body": pa.compress(body, codec="zstd", asbytes=True),
    }


def _pending(lake: Lake, source: Source, leagues: Mapping[str, Competition]) -> pl.DataFrame:
    """Captures with a body that this parser has not read for these leagues: one row each, without the body.

    One that says the same as the one before it is left out, unless that could not be read.
    """
    bronze = lake.table(f"bronze.{source.name}.captures").scan().filter(pl.col("outcome").is_in([OK, MALFORMED]))
    wanted = pl.col("competition_id").is_null() | pl.col("competition_id").is_in(list(leagues))
    wanted &= pl.col("sport").is_null() | (pl.col("sport") == source.sport)
    read = lake.table(f"silver.{source.sport}.parsed_payloads").scan()
    current = (pl.col("parser_version") >= source.parser_version) & (
        pl.col("competition_id").is_not_null() | (pl.col("leagues") == short_hash(*competitions(source.sport)))
    )
    unread = unreadable(lake, source).lazy().select("url", "sha256", pl.lit(True).alias("is_unread")).unique()
    read = read.filter(current).select("url", "captured_at_utc", pl.col("bronze_sha256").alias("sha256"))
    return (
        bronze.filter(wanted)
        .sort("captured_at_utc", "url")
        .join(unread, on=["url", "sha256"], how="left", maintain_order="left")
        .filter(pl.col("sha256").ne_missing(pl.col("sha256").shift().over("url")) | pl.col("is_unread"))
        .select("request_id", "url", "sha256", "endpoint", "captured_at_utc", "body_bytes")
        .join(read.unique(), on=["url", "sha256", "captured_at_utc"], how="anti", maintain_order="left")
        .collect()
    )


def _groups(pending: pl.DataFrame, source: Source) -> list[pl.DataFrame]:
    """Batches in the order of capture; fixtures are alone, and two captures of one address for snapshots only.

    A stream stands with streams only: what it means is told by what was read before.
    """
    groups: list[list[Row]] = []
    for row in pending.iter_rows(named=True):
        if not groups or not _may_join(row, groups[-1], source):
            groups.append([])
        groups[-1].append(row)
    return [pl.DataFrame(group, schema=pending.schema) for group in groups]


def _may_join(row: Row, group: Sequence[Row], source: Source) -> bool:
    here, before = row["endpoint"], group[-1]["endpoint"]
    alone = "fixtures" in (here, before) or (here == STREAM) != (before == STREAM)
    known = not is_snapshot(source, here) and row["url"] in {other["url"] for other in group}
    return not alone and not known and (len(group) < BATCH_PAYLOADS or _is_small([*group, row], source))


def _is_small(group: Sequence[Row], source: Source) -> bool:
    """Whether these are snapshots of one endpoint, few enough and of few enough bytes to be one batch."""
    size = sum(row["body_bytes"] for row in group)
    endpoints = {row["endpoint"] for row in group}
    return (
        len(endpoints) == 1
        and endpoints <= {*source.snapshots}
        and len(group) <= BATCH_SNAPSHOTS
        and size <= SNAPSHOT_BYTES
    )


def _read_batch(
    lake: Lake, source: Source, leagues: Mapping[str, Competition], payloads: Sequence[Payload], now: datetime
) -> None:
    """Parse, conform, reconcile and append one batch; the record of it is written last, so a killed run resumes."""
    known = Known.read(lake, source.sport)
    batch = batch_id(lake, source, leagues, payloads)
    parsed = [(payload, understood(source, payload, leagues, known)) for payload in payloads]
    counts: list[dict[str, object]] = []
    for entity in source.entities:
        counts += write_entity(lake, source, entity, parsed, now, batch)
    _mint(lake, source, [found.teams for _, found in parsed])
    told = pl.DataFrame(counts).with_columns(pl.lit(short_hash(*leagues)).alias("leagues"))
    lake.table(f"silver.{source.sport}.parsed_payloads").merge(told)


def batch_id(lake: Lake, source: Source, leagues: Mapping[str, Competition], payloads: Sequence[Payload]) -> str:
    """What names the commits of these payloads: the same where they are read again by the same code and aliases."""
    captures = (f"{payload.url} {payload.captured_at_utc} {payload.sha256}" for payload in payloads)
    return short_hash(*captures, source.parser_version, *leagues, aliases.fingerprint(source.sport, lake.root))


def understood(source: Source, payload: Payload, leagues: Mapping[str, Competition], known: Known) -> Parsed:
    """What a payload says; one that breaks its parser is refused whole, so that it never stops the others.

    So is one of a vendor whose clock runs ahead.
    """
    skew = ahead(payload)
    if skew is not None:
        return _refused_whole(source, payload, "clock_skew", f"The vendor's clock is {skew} ahead of ours.")
    try:
        return source.parse(payload, leagues, known)
    except Exception as error:
        said = f"The parser cannot read this payload ({type(error).__name__}: {error})."
        return _refused_whole(source, payload, "malformed_payload", said)


def _refused_whole(source: Source, payload: Payload, reason: str, detail: str) -> Parsed:
    row = {
        REASON: reason,
        DETAIL: detail,
        "row_text": payload.body[:200].decode("utf-8", errors="replace"),
        "competition_id": payload.competition_id,
        "season_code": payload.season_code,
    }
    return Parsed(rows={}, refused={source.entities[0]: pl.DataFrame([row])}, teams=pl.DataFrame())


def _mint(lake: Lake, source: Source, teams: Sequence[pl.DataFrame]) -> None:
    found = [clubs for clubs in teams if len(clubs)]
    if found:
        table = lake.table(f"silver.{source.sport}.teams")
        table.merge(pl.concat(found).select(table.contract.column_names).unique(table.contract.key, keep="last"))
