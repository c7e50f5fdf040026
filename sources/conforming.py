"""From candidate rows to silver: conform, reconcile with what stands, append once; the refused go to quarantine.

Payloads of one batch are held against the contract at once; `PLACE` tells whose a row is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from core.errors import ContractBroken
from lake.conform import conform, with_optional
from lake.contracts.model import Contract, contract
from lake.storage import Lake, Table
from sources.base import Parsed, Payload, Source
from sources.kinds import Kind
from sources.reconciling import STREAM, Heard, reconciled
from sources.refusing import quarantined
from sources.stacking import PLACE, counted, of_payload, stacked
from sources.standing import read_standing, unwritten

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


@dataclass(frozen=True)
class Batch:
    """What payloads say of one entity: rows to append, rows to quarantine, and the account of each payload's rows."""

    fresh: pl.DataFrame
    refused: pl.DataFrame
    accounts: Sequence[dict[str, object]]


def write_entity(
    lake: Lake, source: Source, entity: str, parsed: Sequence[tuple[Payload, Parsed]], now: datetime, batch: str
) -> list[dict[str, object]]:
    """Append what a batch of payloads says of one entity; returns the account of each payload's rows.

    What an earlier, killed attempt at the same payloads appended is not appended again.
    """
    table = lake.table(f"silver.{source.sport}.{entity}")
    quarantine = lake.table(f"quarantine.{source.sport}.{entity}")
    found = conform_batch(source, entity, parsed, _standing(table, entity, parsed), now)
    own = [payload.sha256 for payload, _ in parsed]
    table.append(unwritten(table, found.fresh, own), commit_id=f"silver-{batch}")
    quarantine.append(unwritten(quarantine, found.refused, own), commit_id=f"quarantine-{batch}")
    return list(found.accounts)


def conform_batch(
    source: Source, entity: str, parsed: Sequence[tuple[Payload, Parsed]], standing: pl.DataFrame, now: datetime
) -> Batch:
    """Hold payloads against the contract, and one after another against what stands.

    `standing`: rows of the contract's columns; of each fact that the payloads tell of, at least the newest. A row that
    is refused in two captures of the same bytes is counted for both and stands in `refused` once.
    """
    kind, payloads = _kind(source.sport, entity), [payload for payload, _ in parsed]
    judged = _judged(source, kind, parsed, now)
    heard = reconciled(kind, judged.good, standing, payloads, _seen(source, payloads))
    first = pl.col(PLACE) == pl.col(PLACE).first().over(judged.key)
    refused = judged.refused.filter(first).drop(PLACE)
    return Batch(heard.fresh.drop(PLACE), refused, _accounts(source, entity, parsed, heard, judged))


@dataclass(frozen=True)
class _Judged:
    """Rows that keep the contract, and rows in the columns of the contract of quarantine, whose key is `key`.

    Both have `PLACE` and stand in its order.
    """

    good: pl.DataFrame
    refused: pl.DataFrame
    key: tuple[str, ...]


def _judged(source: Source, kind: Kind, parsed: Sequence[tuple[Payload, Parsed]], now: datetime) -> _Judged:
    entity, payloads = kind.entity, [payload for payload, _ in parsed]
    wanted = contract(f"quarantine.{source.sport}.{entity}")
    lineage = _lineage(source, payloads, now)
    told = stacked(found.rows.get(entity) for _, found in parsed)
    named = [with_optional(rows, kind.contract).with_columns(lineage) for rows in told]
    split = [conform(rows, kind.contract, [PLACE]) for rows in named]
    refused = [*stacked(found.refused.get(entity) for _, found in parsed), *(one.refused for one in split)]
    lost = [quarantined(rows, payloads, entity, wanted, lineage) for rows in refused if len(rows)]
    return _Judged(_in_order(kind.contract, [one.good for one in split]), _in_order(wanted, lost), wanted.key)


def _in_order(wanted: Contract, frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Rows of a contract's columns and `PLACE`, those of one payload in the order of the frames."""
    if len(frames) == 1:
        return frames[0]
    none = wanted.empty().with_columns(pl.lit(None, pl.Int64).alias(PLACE))
    return pl.concat([none, *frames]).sort(PLACE, maintain_order=True)


def _lineage(source: Source, payloads: Sequence[Payload], now: datetime) -> list[pl.Expr]:
    return [
        pl.lit(source.name).alias("source"),
        of_payload([payload.sha256 for payload in payloads]).alias("bronze_sha256"),
        pl.lit(now).alias("ingested_at_utc"),
    ]


def _kind(sport: str, entity: str) -> Kind:
    return Kind(entity, contract(f"silver.{sport}.{entity}"), FACTS[entity], _TOLD_APART.get(entity, ()))


def _seen(source: Source, payloads: Sequence[Payload]) -> list[bool]:
    """Whether those behind a payload are held against it too."""
    overlap = _may_overlap(payloads)
    return [overlap or is_snapshot(source, payload.endpoint) for payload in payloads]


def _may_overlap(payloads: Sequence[Payload]) -> bool:
    """Whether two of these payloads may tell of one fact: files of one season each, all different, cannot."""
    seasons = [(payload.competition_id, payload.season_code) for payload in payloads]
    return len(set(seasons)) < len(seasons) or any(None in season for season in seasons)


def is_snapshot(source: Source, endpoint: str) -> bool:
    """Whether a second payload of one address is told apart from the first by its time only."""
    return endpoint == STREAM or endpoint in source.snapshots


def _accounts(
    source: Source, entity: str, parsed: Sequence[tuple[Payload, Parsed]], heard: Heard, judged: _Judged
) -> list[dict[str, object]]:
    silver, lost = counted(heard.fresh), counted(judged.refused)
    accounts = []
    for place, (payload, found) in enumerate(parsed):
        told = len(found.rows.get(entity, ())) + len(found.refused.get(entity, ()))
        count = Count(told, silver[place], heard.duplicates[place], lost[place])
        accounts.append(_account(source, payload, entity, count))
    return accounts


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


def _standing(table: Table, entity: str, parsed: Sequence[tuple[Payload, Parsed]]) -> pl.DataFrame:
    """Of the facts that these payloads tell of, the newest row each: a half-done batch never sees itself."""
    fact = _told_by(entity)
    told = [found.rows[entity].select(fact) for _, found in parsed if len(found.rows.get(entity, ()))]
    if not told:
        return table.contract.empty()
    return read_standing(table, pl.concat(told).unique(), FACTS[entity], [payload.sha256 for payload, _ in parsed])


def _told_by(entity: str) -> list[str]:
    """The columns of a fact that a source gives, and its season; what it is in the end may hang on others."""
    return ["season_code", *(column for column in FACTS[entity] if column not in ("phase", "source", "season_code"))]
