"""What a lake says since a moment: silver rows, reasons of refusal, outcomes of attempts, counts; and what differs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from lake.contracts.model import contract, contracts
from lake.storage import Lake
from sources.base import Source
from sources.outcomes import UNSENT

SEASON = "2026-27"
UNSTABLE = {
    "ingested_at_utc", "bronze_sha256", "known_at_utc", "known_at_basis", "quoted_at_utc", "is_neutral",
    "matches_listed", "first_season", "last_season",
}  # fmt: skip
"""Columns that tell when a row came and from which of several answers, not what it says."""
_NAMES = {"fantasy_premier_league": {"player_id", "player_name"}}
"""Players of one name are told apart by who else stands in the same answer; their numbers are compared."""

Rows = Mapping[str, pl.DataFrame]


def silver(lake: Lake, source: Source, since: datetime | None = None) -> Rows:
    """By table, the distinct rows of the running season that a source told, of those written since then."""
    tables = [name for name in contracts() if name.startswith(f"silver.{source.sport}.") and _has_source(name)]
    return {name: _stable(lake, name, source, since) for name in tables}


def whoever_told(told: Iterable[Rows]) -> Rows:
    """What sources of one sport told, whichever of them it was: the first of two that say the same is heard."""
    by_source = list(told)
    return {name: pl.concat([rows[name].drop("source") for rows in by_source], how="diagonal") for name in by_source[0]}


def _has_source(name: str) -> bool:
    return {"source", "ingested_at_utc", "season_code"} <= set(contract(name).column_names)


def _stable(lake: Lake, name: str, source: Source, since: datetime | None) -> pl.DataFrame:
    left_out = UNSTABLE | _NAMES.get(source.name, set())
    columns = [column for column in contract(name).column_names if column not in left_out]
    told = (pl.col("season_code") == SEASON) & (pl.col("source") == source.name)
    told = told if since is None else told & (pl.col("ingested_at_utc") >= since)
    return lake.table(name).scan().filter(told).select(columns).unique().collect()


def beyond(found: Rows, allowed: Rows) -> dict[str, list[dict[str, object]]]:
    """By table, some of the rows of the one that the other has not; empty where there are none."""
    rows = {
        name: frame.join(allowed[name], on=frame.columns, how="anti", nulls_equal=True)
        for name, frame in found.items()
        if len(frame)
    }
    return {name: frame.head(3).to_dicts() for name, frame in rows.items() if len(frame)}


@dataclass(frozen=True)
class Account:
    """`attempts`: of bronze, with `outcome`, `status` and `url`. `reasons`: of quarantine.

    `parsed`: rows of the newest answer of each address. `repeated`: how many rows said nothing new.
    """

    attempts: pl.DataFrame
    reasons: frozenset[str]
    parsed: Mapping[str, int]
    repeated: int

    @property
    def sent(self) -> pl.DataFrame:
        """Attempts that reached the vendor: `quota_refused` is also the word of one that says so itself."""
        return self.attempts.filter(~pl.col("outcome").is_in(UNSENT) | pl.col("status").is_not_null())


def account(lake: Lake, source: Source, since: datetime) -> Account:
    """What became of the answers of a source that were captured since then; of `parsed`, of all answers."""
    bronze = lake.table(f"bronze.{source.name}.captures").read(
        (pl.col("captured_at_utc") >= since) & (pl.col("sport") == source.sport)
    )
    read = lake.table(f"silver.{source.sport}.parsed_payloads").scan()
    own = read.filter(pl.col("url").is_in(bronze["url"].to_list()))
    by_answer = own.group_by("url", "captured_at_utc").agg(pl.col("parsed_rows", "duplicate_rows").sum()).collect()
    newest = by_answer.sort("captured_at_utc").unique("url", keep="last")
    tonight = by_answer.filter(pl.col("captured_at_utc") >= since)
    return Account(
        bronze.select("outcome", "status", "url"),
        frozenset(_reasons(lake, source, bronze["sha256"].to_list())),
        dict(newest.select("url", "parsed_rows").iter_rows()),
        int(tonight["duplicate_rows"].sum()),
    )


def _reasons(lake: Lake, source: Source, answers: list[str]) -> pl.Series:
    mine = (pl.col("source") == source.name) & pl.col("bronze_sha256").is_in(answers)
    tables = [lake.table(f"quarantine.{source.sport}.{entity}") for entity in source.entities]
    return pl.concat([table.scan().filter(mine).select("reason") for table in tables]).collect()["reason"]
