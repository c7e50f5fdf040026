"""From captures to bronze, and from bronze to silver: nothing is lost, and a repeated run adds nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl
import pyarrow as pa

from core.errors import ContractBroken
from lake.bitemporal import reconcile
from lake.competitions import Competition
from lake.conform import DETAIL, REASON, conform
from lake.contracts.model import Contract, contract
from lake.keys import short_hash
from lake.storage import Lake
from sources.base import Capture, Parsed, Payload, Request, Source

FACTS: Mapping[str, tuple[str, ...]] = {
    "matches": ("match_id", "phase"),
    "team_stats": ("match_id", "side"),
    "odds_quotes": ("selection_key", "bookmaker", "quote_kind"),
}
"""What identifies one fact over time, per entity."""

_CORRECTED_STATE = {"scheduled": "moved", "finished": "corrected"}
_ITEMS = ("column", "state", "side")
"""The column that tells candidate rows of one line of a payload apart, per entity."""
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Count:
    """What became of one payload's candidate rows of one entity; raises ContractBroken where one is lost."""

    parsed: int
    silver: int
    duplicate: int
    quarantined: int

    def __post_init__(self) -> None:
        if self.parsed != self.silver + self.duplicate + self.quarantined:
            raise ContractBroken(f"A payload lost rows on the way to silver: {self}.")


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
    for (season,), batch in sorted(
        pending.partition_by("season_code", as_dict=True).items(), key=lambda item: str(item[0])
    ):
        payloads = _payloads(lake, source, batch)
        progress(f"{source.name}: reading {len(payloads)} files of {season}")
        for group in _one_capture_each(payloads):
            _read_batch(lake, source, leagues, group, now)
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
    read = read.filter(pl.col("parser_version") >= source.parser_version).select(
        "url", pl.col("bronze_sha256").alias("sha256")
    )
    return (
        bronze.filter(wanted)
        .select("request_id", "url", "sha256", pl.col("season_code").fill_null("9999"), "captured_at_utc")
        .join(read.unique(), on=["url", "sha256"], how="anti")
        .sort("captured_at_utc", "url")
        .unique(["url", "sha256"], keep="first", maintain_order=True)
        .collect()
    )


def _payloads(lake: Lake, source: Source, batch: pl.DataFrame) -> list[Payload]:
    table = lake.table(f"bronze.{source.name}.captures")
    rows = table.read(pl.col("request_id").is_in(batch["request_id"].to_list())).sort("captured_at_utc", "url")
    return [
        Payload(
            url=row["url"],
            endpoint=row["endpoint"],
            competition_id=row["competition_id"],
            season_code=row["season_code"],
            captured_at_utc=row["captured_at_utc"],
            sha256=row["sha256"],
            body=pa.decompress(row["body"], decompressed_size=row["body_bytes"], codec="zstd", asbytes=True),
        )
        for row in rows.iter_rows(named=True)
    ]


def _one_capture_each(payloads: Sequence[Payload]) -> list[list[Payload]]:
    """Batches in the order of capture in which no address stands twice: a later one sees what an earlier one gave."""
    batches: list[list[Payload]] = []
    turn: dict[str, int] = {}
    for payload in payloads:
        place = turn.get(payload.url, 0)
        turn[payload.url] = place + 1
        if place == len(batches):
            batches.append([])
        batches[place].append(payload)
    return batches


def _read_batch(
    lake: Lake, source: Source, leagues: Mapping[str, Competition], payloads: Sequence[Payload], now: datetime
) -> None:
    """Parse, conform, reconcile and append one batch; the record of it is written last, so a killed run resumes."""
    played = _played(lake, source.sport)
    batch = short_hash(*(payload.sha256 for payload in payloads), source.parser_version)
    parsed = [(payload, source.parse(payload, leagues, played)) for payload in payloads]
    counts: list[dict[str, object]] = []
    for entity in FACTS:
        counts += _write_entity(lake, source, entity, parsed, now, batch)
    _mint(lake, source, [found.teams for _, found in parsed])
    lake.table(f"silver.{source.sport}.parsed_payloads").append(pl.DataFrame(counts), commit_id=f"payloads-{batch}")


def _played(lake: Lake, sport: str) -> pl.DataFrame:
    columns = ["competition_id", "season_code", "home_team_id", "away_team_id", "event_at_utc"]
    return lake.table(f"silver.{sport}.matches").scan().filter(pl.col("state") == "finished").select(columns).collect()


def _mint(lake: Lake, source: Source, teams: Sequence[pl.DataFrame]) -> None:
    found = [clubs for clubs in teams if len(clubs)]
    if found:
        table = lake.table(f"silver.{source.sport}.teams")
        table.merge(pl.concat(found).select(table.contract.column_names).unique(table.contract.key, keep="last"))


def _write_entity(
    lake: Lake, source: Source, entity: str, parsed: Sequence[tuple[Payload, Parsed]], now: datetime, batch: str
) -> list[dict[str, object]]:
    table = lake.table(f"silver.{source.sport}.{entity}")
    standing = _standing(lake, source.sport, entity, parsed)
    read = [_conformed(source, entity, payload, found, table.contract, standing, now) for payload, found in parsed]
    table.append(pl.concat([fresh for fresh, _, _ in read]), commit_id=f"silver-{batch}")
    refused = pl.concat([refused for _, refused, _ in read])
    lake.table(f"quarantine.{source.sport}.{entity}").append(refused, commit_id=f"quarantine-{batch}")
    return [
        {
            "bronze_sha256": payload.sha256,
            "url": payload.url,
            "entity": entity,
            "competition_id": payload.competition_id,
            "season_code": payload.season_code or "all",
            "parser_version": source.parser_version,
            "parsed_rows": count.parsed,
            "silver_rows": count.silver,
            "duplicate_rows": count.duplicate,
            "quarantined_rows": count.quarantined,
        }
        for (payload, _), (_, _, count) in zip(parsed, read, strict=True)
    ]


def _standing(lake: Lake, sport: str, entity: str, parsed: Sequence[tuple[Payload, Parsed]]) -> pl.DataFrame:
    """Rows of the same competitions and seasons that other payloads gave: a half-done batch never sees itself."""
    frames = [found.rows[entity].select("competition_id", "season_code") for _, found in parsed if entity in found.rows]
    scope = (
        pl.concat(frames).unique()
        if frames
        else pl.DataFrame(schema={"competition_id": pl.String, "season_code": pl.String})
    )
    own = [payload.sha256 for payload, _ in parsed]
    rows = lake.table(f"silver.{sport}.{entity}").scan()
    inside = pl.col("season_code").is_in(scope["season_code"].to_list()) & ~pl.col("bronze_sha256").is_in(own)
    return rows.filter(inside).join(scope.lazy(), on=["competition_id", "season_code"], how="semi").collect()


def _conformed(
    source: Source,
    entity: str,
    payload: Payload,
    found: Parsed,
    contract: Contract,
    standing: pl.DataFrame,
    now: datetime,
) -> tuple[pl.DataFrame, pl.DataFrame, Count]:
    """Rows to append, rows to quarantine, and the count, of one payload and entity."""
    lineage = [
        pl.lit(source.name).alias("source"),
        pl.lit(payload.sha256).alias("bronze_sha256"),
        pl.lit(now).alias("ingested_at_utc"),
    ]
    candidates = found.rows.get(entity, pl.DataFrame())
    refused_before = found.refused.get(entity, pl.DataFrame())
    if candidates.is_empty():
        good, refused_now, fresh, duplicates = contract.empty(), pl.DataFrame(), contract.empty(), 0
    else:
        judged = conform(candidates.with_columns(lineage), contract)
        good, refused_now = judged.good, judged.refused
        fresh, duplicates = _reconciled(entity, good, standing, contract, payload.captured_at_utc)
    refused = pl.concat(
        [_quarantined(rows, source, entity, payload, lineage) for rows in (refused_before, refused_now)]
    )
    parsed_rows = len(candidates) + len(refused_before)
    return fresh, refused, Count(parsed_rows, len(fresh), duplicates, len(refused))


def _reconciled(
    entity: str, good: pl.DataFrame, standing: pl.DataFrame, contract: Contract, captured_at: datetime
) -> tuple[pl.DataFrame, int]:
    """New and changed rows in the contract's columns, and how many said nothing new."""
    if entity == "matches":
        good, standing = good.with_columns(_phase()), standing.with_columns(_phase())
    found = reconcile(good, standing, contract, FACTS[entity], captured_at, told_apart=("state",))
    fresh = found.fresh
    if entity == "matches":
        corrected = pl.col("state").replace_strict(_CORRECTED_STATE, default=pl.col("state"))
        fresh = fresh.with_columns(pl.when("was_known").then(corrected).otherwise("state").alias("state"))
    return fresh.select(contract.column_names), found.duplicates


def _phase() -> pl.Expr:
    before = pl.col("state").is_in(["scheduled", "moved", "postponed"])
    return pl.when(before).then(pl.lit("before")).otherwise(pl.lit("after")).alias("phase")


def _quarantined(
    rows: pl.DataFrame, source: Source, entity: str, payload: Payload, lineage: list[pl.Expr]
) -> pl.DataFrame:
    wanted = contract(f"quarantine.{source.sport}.{entity}")
    if rows.is_empty():
        return wanted.empty()
    optional = [
        pl.lit(None).alias(name)
        for name in ("row_number", "row_text", "competition_id", "season_code")
        if name not in rows.columns
    ]
    named = rows.with_columns(optional).with_columns(
        pl.lit(entity).alias("entity"),
        pl.lit(payload.url).alias("url"),
        next((pl.col(name) for name in _ITEMS if name in rows.columns), pl.lit("")).fill_null("").alias("item"),
        pl.col("row_text").fill_null(""),
        pl.col("row_number").cast(pl.Int64).fill_null(0),
        pl.col(REASON).alias("reason"),
        pl.col(DETAIL).alias("detail"),
        *lineage,
    )
    return named.select(wanted.column_names).cast(wanted.schema)
