"""From candidate rows to silver: conform, reconcile with what stands, append once; the refused go to quarantine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from core.errors import ContractBroken
from lake.bitemporal import reconcile
from lake.conform import DETAIL, REASON, conform
from lake.contracts.model import Contract, contract
from lake.storage import Lake, Table
from sources.base import Parsed, Payload, Source

FACTS: Mapping[str, tuple[str, ...]] = {
    "matches": ("match_id", "phase"),
    "team_stats": ("match_id", "side"),
    "odds_quotes": ("selection_key", "bookmaker", "quote_kind"),
    "player_stats": ("match_id", "player_id"),
    "players": ("player_id", "season_code"),
}
"""What identifies one fact over time, per entity."""

_CORRECTED_STATE = {"scheduled": "moved", "finished": "corrected"}
_ITEMS = ("column", "state", "side")
"""The column that tells candidate rows of one line of a payload apart, per entity."""


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


def write_entity(
    lake: Lake, source: Source, entity: str, parsed: Sequence[tuple[Payload, Parsed]], now: datetime, batch: str
) -> list[dict[str, object]]:
    """Append what a batch of payloads says of one entity; returns the account of each payload's rows.

    What an earlier, killed attempt at the same payloads appended is not appended again.
    """
    table = lake.table(f"silver.{source.sport}.{entity}")
    quarantine = lake.table(f"quarantine.{source.sport}.{entity}")
    standing = _standing(lake, source.sport, entity, parsed)
    read = []
    for payload, found in parsed:
        read.append(_conformed(source, entity, payload, found, table.contract, standing, now))
        if payload.endpoint in source.snapshots:
            standing = pl.concat([standing, read[-1][0].select(standing.columns)])
    own = [payload.sha256 for payload, _ in parsed]
    table.append(_unwritten(table, pl.concat([fresh for fresh, _, _ in read]), own), commit_id=f"silver-{batch}")
    refused = _unwritten(quarantine, pl.concat([refused for _, refused, _ in read]), own)
    quarantine.append(refused, commit_id=f"quarantine-{batch}")
    return [_account(source, payload, entity, count) for (payload, _), (_, _, count) in zip(parsed, read, strict=True)]


def _unwritten(table: Table, rows: pl.DataFrame, own: Sequence[str]) -> pl.DataFrame:
    """The rows that the table lacks, of payloads with these hashes."""
    key = table.contract.key
    there = table.read(pl.col("bronze_sha256").is_in(own)).select(key)
    return rows.join(there, on=key, how="anti", nulls_equal=True, maintain_order="left")


def _account(source: Source, payload: Payload, entity: str, count: Count) -> dict[str, object]:
    return {
        "bronze_sha256": payload.sha256,
        "url": payload.url,
        "captured_at_utc": payload.captured_at_utc,
        "entity": entity,
        "competition_id": payload.competition_id,
        "season_code": payload.season_code or "all",
        "parser_version": source.parser_version,
        "parsed_rows": count.parsed,
        "silver_rows": count.silver,
        "duplicate_rows": count.duplicate,
        "quarantined_rows": count.quarantined,
    }


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
