"""From captures to bronze, and from bronze to silver: nothing is lost, and a repeated run adds nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

import polars as pl
import pyarrow as pa

from lake.competitions import Competition, competitions
from lake.conform import DETAIL, REASON
from lake.keys import short_hash
from lake.storage import Lake
from sources.base import Capture, Parsed, Payload, Request, Source
from sources.conforming import write_entity
from sources.payloads import payloads

BATCH_PAYLOADS = 24
"""So many files are parsed at once: enough to write few commits, few enough that memory stays bounded."""

Progress = Callable[[str], None]


def land(lake: Lake, source: Source, captures: Iterable[Capture]) -> int:
    """Append captures to bronze; an attempt that bronze has already is left out. Returns rows written."""
    table = lake.table(f"bronze.{source.name}.captures")
    frame = pl.DataFrame([_bronze_row(capture) for capture in captures], schema=table.contract.schema)
    known = table.scan().select("request_id").collect()
    fresh = frame.unique("request_id", maintain_order=True).join(
        known, on="request_id", how="anti", maintain_order="left"
    )
    table.append(fresh, commit_id=f"land-{short_hash(*fresh['request_id'])}")
    return len(fresh)


def due(lake: Lake, source: Source, requests: Sequence[Request], now: datetime) -> list[Request]:
    """The requests whose last good answer is older than the source lets it live: nobody is asked twice in vain."""
    captures = lake.table(f"bronze.{source.name}.captures").scan().filter(pl.col("outcome") == "ok")
    latest = dict(captures.group_by("url").agg(pl.col("captured_at_utc").max()).collect().iter_rows())
    return [r for r in requests if r.url not in latest or not source.is_fresh(r, latest[r.url], now)]


def to_silver(lake: Lake, source: Source, leagues: Mapping[str, Competition], now: datetime, progress: Progress) -> int:
    """Read every payload of bronze that silver has not seen, oldest season first; returns payloads read."""
    pending = _pending(lake, source, leagues)
    known = competitions(source.sport)
    for group in _groups(pending, source.snapshots):
        batch = payloads(lake, source, pl.col("request_id").is_in(group["request_id"].to_list()))
        progress(f"{source.name}: reading {len(batch)} files")
        _read_batch(lake, source, known, batch, now)
    return len(pending)


def _bronze_row(capture: Capture) -> dict[str, object]:
    body, request = capture.body, capture.request
    sha256 = hashlib.sha256(body).hexdigest()
    looks_wrong = capture.outcome == "ok" and body.lstrip()[:1] == b"<"
    return {
        "request_id": short_hash(request.url, capture.captured_at_utc.isoformat(), sha256),
        "endpoint": request.endpoint,
        "competition_id": request.competition_id,
        "season_code": request.season_code,
        "url": request.url,
        "captured_at_utc": capture.captured_at_utc,
        "requested_at_utc": capture.requested_at_utc,
        "status": capture.status,
        "outcome": "malformed" if looks_wrong else capture.outcome,
        "content_type": capture.content_type,
        "body_bytes": len(body),
        "sha256": sha256,
        "body": pa.compress(body, codec="zstd", asbytes=True),
    }


def _pending(lake: Lake, source: Source, leagues: Mapping[str, Competition]) -> pl.DataFrame:
    """Captures with a body that this parser has not read for these leagues: one row each, without the body."""
    bronze = lake.table(f"bronze.{source.name}.captures").scan().filter(pl.col("outcome").is_in(["ok", "malformed"]))
    wanted = pl.col("competition_id").is_null() | pl.col("competition_id").is_in(list(leagues))
    read = lake.table(f"silver.{source.sport}.parsed_payloads").scan()
    current = (pl.col("parser_version") >= source.parser_version) & (
        pl.col("competition_id").is_not_null() | (pl.col("leagues") == short_hash(*competitions(source.sport)))
    )
    read = read.filter(current).select("url", "captured_at_utc", pl.col("bronze_sha256").alias("sha256"))
    return (
        bronze.filter(wanted)
        .sort("captured_at_utc", "url")
        .filter(pl.col("sha256").ne_missing(pl.col("sha256").shift().over("url")))
        .select("request_id", "url", "sha256", "endpoint", "captured_at_utc")
        .join(read.unique(), on=["url", "sha256", "captured_at_utc"], how="anti", maintain_order="left")
        .collect()
    )


def _groups(pending: pl.DataFrame, snapshots: Sequence[str]) -> list[pl.DataFrame]:
    """Batches in the order of capture, with fixtures alone, and two captures of one address for snapshots only."""
    groups: list[list[dict[str, object]]] = []
    for row in pending.iter_rows(named=True):
        if not groups or not _may_join(row, groups[-1], snapshots):
            groups.append([])
        groups[-1].append(row)
    return [pl.DataFrame(group, schema=pending.schema) for group in groups]


def _may_join(row: Mapping[str, object], group: Sequence[Mapping[str, object]], snapshots: Sequence[str]) -> bool:
    alone = "fixtures" in (row["endpoint"], group[-1]["endpoint"])
    known = row["endpoint"] not in snapshots and row["url"] in {other["url"] for other in group}
    return not alone and not known and len(group) < BATCH_PAYLOADS


def _read_batch(
    lake: Lake, source: Source, leagues: Mapping[str, Competition], payloads: Sequence[Payload], now: datetime
) -> None:
    """Parse, conform, reconcile and append one batch; the record of it is written last, so a killed run resumes."""
    played = _played(lake, source.sport)
    captures = (f"{payload.url} {payload.captured_at_utc} {payload.sha256}" for payload in payloads)
    batch = short_hash(*captures, source.parser_version, *leagues)
    parsed = [(payload, _parsed(source, payload, leagues, played)) for payload in payloads]
    counts: list[dict[str, object]] = []
    for entity in source.entities:
        counts += write_entity(lake, source, entity, parsed, now, batch)
    _mint(lake, source, [found.teams for _, found in parsed])
    told = pl.DataFrame(counts).with_columns(pl.lit(short_hash(*leagues)).alias("leagues"))
    lake.table(f"silver.{source.sport}.parsed_payloads").merge(told)


def _parsed(source: Source, payload: Payload, leagues: Mapping[str, Competition], played: pl.DataFrame) -> Parsed:
    """What a payload says; one that breaks its parser is refused whole, so that it never stops the others."""
    try:
        return source.parse(payload, leagues, played)
    except Exception as error:
        row = {
            REASON: "malformed_payload",
            DETAIL: f"The parser cannot read this payload ({type(error).__name__}: {error}).",
            "row_text": payload.body[:200].decode("utf-8", errors="replace"),
            "competition_id": payload.competition_id,
            "season_code": payload.season_code,
        }
        return Parsed(rows={}, refused={source.entities[0]: pl.DataFrame([row])}, teams=pl.DataFrame())


def _played(lake: Lake, sport: str) -> pl.DataFrame:
    columns = ["competition_id", "season_code", "home_team_id", "away_team_id", "event_at_utc"]
    return lake.table(f"silver.{sport}.matches").scan().filter(pl.col("state") == "finished").select(columns).collect()


def _mint(lake: Lake, source: Source, teams: Sequence[pl.DataFrame]) -> None:
    found = [clubs for clubs in teams if len(clubs)]
    if found:
        table = lake.table(f"silver.{source.sport}.teams")
        table.merge(pl.concat(found).select(table.contract.column_names).unique(table.contract.key, keep="last"))
