"""From candidate rows to silver: conform, reconcile with what stands, append once; the refused go to quarantine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from core.errors import ContractBroken
from lake.bitemporal import reconcile
from lake.conform import DETAIL, REASON, conform, with_optional
from lake.contracts.model import Contract, contract
from lake.storage import Lake, Table
from sources.base import Parsed, Payload, Source
from sources.live.following import follow

STREAM = "stream"
"""An endpoint of this name tells prices as they came, one state of a fact after another: silver keeps each of them."""

FACTS: Mapping[str, tuple[str, ...]] = {
    "matches": ("match_id", "phase"),
    "team_stats": ("match_id", "side"),
    "odds_quotes": ("selection_key", "bookmaker", "quote_kind"),
    "player_stats": ("match_id", "player_id"),
    "players": ("player_id", "season_code"),
    "vendor_matches": ("source", "vendor_match_id"),
    "lineups": ("source", "match_id", "team_id", "vendor_player_id"),
    "injuries": ("source", "report_id"),
    "weather": ("match_id", "kind"),
    "venues": ("team_id",),
    "news": ("source", "news_id", "subject"),
    "standings": ("source", "competition_id", "season_code", "team_id"),
    "shots": ("source", "vendor_shot_id"),
    "match_statistics": ("source", "match_id", "side", "statistic"),
    "exchange_markets": ("source", "market_id", "selection_id", "handicap"),
    "prop_quotes": ("match_id", "player_id", "market", "selection", "line", "bookmaker", "source"),
}
"""What identifies one fact over time, per entity."""

_TOLD_APART = {
    "matches": ("state", "is_neutral"),
    "odds_quotes": ("quoted_at_utc", "traded_volume"),
    "prop_quotes": ("quoted_at_utc",),
}
"""Columns that say how a fact is known, not what it is, per entity: alone they make no new row."""

_STILL_TRADED_SHARE = 0.95
"""Bets that are voided, and currencies, may make a total of what was traded a little smaller."""

_CORRECTED_STATE = {"scheduled": "moved", "finished": "corrected"}
_ITEMS = ("item", "column", "state", "side")
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
    found = conform_batch(source, entity, parsed, _standing(lake, source.sport, entity, parsed), now)
    own = [payload.sha256 for payload, _ in parsed]
    table.append(_unwritten(table, found.fresh, own), commit_id=f"silver-{batch}")
    quarantine.append(_unwritten(quarantine, found.refused, own), commit_id=f"quarantine-{batch}")
    return list(found.accounts)


@dataclass(frozen=True)
class Batch:
    """What payloads say of one entity: rows to append, rows to quarantine, and the account of each payload's rows."""

    fresh: pl.DataFrame
    refused: pl.DataFrame
    accounts: Sequence[dict[str, object]]


def conform_batch(
    source: Source, entity: str, parsed: Sequence[tuple[Payload, Parsed]], standing: pl.DataFrame, now: datetime
) -> Batch:
    """Hold payloads against the contract and against what stands, one after another.

    `standing`: rows of the contract's columns; of each fact that the payloads tell of, at least the newest.
    """
    table, read = contract(f"silver.{source.sport}.{entity}"), []
    overlap = _may_overlap([payload for payload, _ in parsed])
    for payload, found in parsed:
        read.append(_conformed(source, entity, payload, found, table, standing, now))
        if is_snapshot(source, payload.endpoint) or overlap:
            standing = _newest(entity, pl.concat([standing, read[-1][0].select(standing.columns)]))
    accounts = [
        _account(source, payload, entity, count) for (payload, _), (_, _, count) in zip(parsed, read, strict=True)
    ]
    return Batch(pl.concat([fresh for fresh, _, _ in read]), pl.concat([refused for _, refused, _ in read]), accounts)


def _may_overlap(payloads: Sequence[Payload]) -> bool:
    """Whether two of these payloads may tell of one fact: files of one season each, all different, cannot."""
    seasons = [(payload.competition_id, payload.season_code) for payload in payloads]
    return len(set(seasons)) < len(seasons) or any(None in season for season in seasons)


def is_snapshot(source: Source, endpoint: str) -> bool:
    """Whether a second payload of one address is told apart from the first by its time only."""
    return endpoint == STREAM or endpoint in source.snapshots


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
    """Of the facts that these payloads tell of, the newest row each: a half-done batch never sees itself."""
    table = lake.table(f"silver.{sport}.{entity}")
    fact = _told_by(entity)
    told = [found.rows[entity].select(fact) for _, found in parsed if len(found.rows.get(entity, ()))]
    if not told:
        return table.contract.empty()
    facts = pl.concat(told).unique()
    own = [payload.sha256 for payload, _ in parsed]
    inside = pl.col("season_code").is_in(facts["season_code"].unique().to_list()) & ~pl.col("bronze_sha256").is_in(own)
    rows = table.scan().filter(inside).join(facts.lazy(), on=fact, how="semi", nulls_equal=True)
    return _newest(entity, rows.collect())


def _told_by(entity: str) -> list[str]:
    """The columns of a fact that a source gives, and its season; what it is in the end may hang on others."""
    return ["season_code", *(column for column in FACTS[entity] if column not in ("phase", "source", "season_code"))]


def _newest(entity: str, standing: pl.DataFrame) -> pl.DataFrame:
    """The newest row of each fact, and of each state of a match."""
    told = [column for column in (*FACTS[entity], "state") if column in standing.columns]
    return standing.sort("known_at_utc", maintain_order=True).unique(told, keep="last", maintain_order=True)


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
    candidates = with_optional(found.rows.get(entity, pl.DataFrame()), contract)
    refused_before = found.refused.get(entity, pl.DataFrame())
    if candidates.is_empty():
        good, refused_now, fresh, duplicates = contract.empty(), pl.DataFrame(), contract.empty(), 0
    else:
        judged = conform(candidates.with_columns(lineage), contract)
        good, refused_now = judged.good, judged.refused
        fresh, duplicates = _reconciled(entity, good, standing, contract, payload)
    refused = pl.concat(
        [_quarantined(rows, source, entity, payload, lineage) for rows in (refused_before, refused_now)]
    )
    parsed_rows = len(candidates) + len(refused_before)
    return fresh, refused, Count(parsed_rows, len(fresh), duplicates, len(refused))


def _reconciled(
    entity: str, good: pl.DataFrame, standing: pl.DataFrame, contract: Contract, payload: Payload
) -> tuple[pl.DataFrame, int]:
    """New and changed rows in the contract's columns, and how many said nothing new."""
    if entity == "matches":
        good, standing = good.with_columns(_phase()), standing.with_columns(_phase())
    told = len(good)
    if "quoted_at_utc" in contract.column_names:
        good = _not_overtaken(good, standing, FACTS[entity], payload.endpoint)
    fact, apart = FACTS[entity], _TOLD_APART.get(entity, ())
    if payload.endpoint == STREAM:
        found = follow(good, standing, contract, fact, apart)
    else:
        found = reconcile(good, standing, contract, fact, payload.captured_at_utc, told_apart=apart)
    fresh = found.fresh
    if entity == "matches":
        corrected = pl.col("state").replace_strict(_CORRECTED_STATE, default=pl.col("state"))
        fresh = fresh.with_columns(pl.when("was_known").then(corrected).otherwise("state").alias("state"))
    return fresh.select(contract.column_names), found.duplicates + told - len(good)


def _not_overtaken(good: pl.DataFrame, standing: pl.DataFrame, fact: tuple[str, ...], endpoint: str) -> pl.DataFrame:
    """Prices but those of which a newer one was seen: the slower of two vendors says nothing new.

    A price without a time is older than one of which more had been traded, since a total only grows.
    """
    newest = standing.sort("known_at_utc").unique(fact, keep="last")
    seen = newest.select(*fact, pl.col("quoted_at_utc").alias("_seen_at"), _traded(newest).alias("_seen_volume"))
    joined = good.join(seen, on=fact, how="left", nulls_equal=True, maintain_order="left")
    overtaken = (pl.col("quoted_at_utc") < pl.col("_seen_at")).fill_null(False)
    if endpoint != STREAM:
        fell = _traded(joined) < _STILL_TRADED_SHARE * pl.col("_seen_volume")
        overtaken |= (pl.col("quoted_at_utc").is_null() & fell).fill_null(False)
    return joined.filter(~overtaken).drop("_seen_at", "_seen_volume")


def _traded(rows: pl.DataFrame) -> pl.Expr:
    return pl.col("traded_volume") if "traded_volume" in rows.columns else pl.lit(None, pl.Float64)


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
    return _told_apart(named.select(wanted.column_names).cast(wanted.schema), wanted)


def _told_apart(refused: pl.DataFrame, wanted: Contract) -> pl.DataFrame:
    """Rows of one key as `item`, `item#2`, …: two facts of one line may be refused for the same reason."""
    place = pl.int_range(1, pl.len() + 1).over(list(wanted.key))
    repeated = pl.when(place > 1).then(pl.format("{}#{}", "item", place)).otherwise("item")
    return refused.with_columns(repeated.alias("item"))
