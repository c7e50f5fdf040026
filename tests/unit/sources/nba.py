"""What tests of the NBA's vendors share: INVENTED games known to silver, contracts held, archive files read."""

from __future__ import annotations

import csv
import gzip
import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from lake.competitions import competitions
from lake.conform import REASON, conform
from lake.contracts.model import contract
from sources.base import Parsed, Payload, Source
from sources.known import MATCH, Known

LEAGUES = competitions("basketball")
CAPTURED = datetime(2023, 11, 2, 12, tzinfo=UTC)
NOBODY = Known("basketball")


def payload(
    endpoint: str, body: bytes, season: str | None = "2023-24", at: datetime = CAPTURED, url: str = "https://vendor"
) -> Payload:
    """A capture of these bytes."""
    return Payload(url, endpoint, "NBA", season, at, hashlib.sha256(body).hexdigest(), body)


def game(home: str, away: str, tipoff: datetime, season: str = "2023-24", state: str = "scheduled") -> dict[str, Any]:
    """A game of the calendar, such as `game("bos", "nyk", ...)`, dated by its tip-off less five hours."""
    day = datetime.fromtimestamp(tipoff.timestamp() - 5 * 3600, UTC)
    match_id = f"NBA-{season}-{day:%Y%m%d}-{home}-{away}"
    ids = {"home_team_id": f"nba-{home}", "away_team_id": f"nba-{away}"}
    told = {"match_id": match_id, "competition_id": "NBA", "season_code": season, "event_at_utc": tipoff}
    return told | ids | {"state": state}


def knowing(*games: dict[str, Any], **frames: list[dict[str, Any]]) -> Known:
    """What silver knows: these games, and rows of `players` or `vendor_matches`."""
    read = {name: _frame(name, rows) for name, rows in frames.items()}
    return Known("basketball", pl.DataFrame(list(games), schema=MATCH), read)


def _frame(entity: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    schema = contract(f"silver.basketball.{entity}").schema
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)


def silver(parsed: Parsed, entity: str) -> pl.DataFrame:
    """An entity's rows as its contract has them; fails where one breaks it."""
    wanted = contract(f"silver.basketball.{entity}")
    rows = parsed.rows[entity].with_columns(
        pl.lit("vendor").alias("source"),
        pl.lit("0" * 64).alias("bronze_sha256"),
        pl.lit(CAPTURED).alias("ingested_at_utc"),
    )
    absent = [
        pl.lit(None, c.polars_type).alias(c.name) for c in wanted.columns if c.nullable and c.name not in rows.columns
    ]
    found = conform(rows.with_columns(absent), wanted)
    assert found.refused.is_empty(), found.refused["_detail"].to_list()
    return found.good


def reasons(parsed: Parsed, entity: str) -> list[str]:
    """Why rows of an entity were refused, in the payload's order; fails where two have one key."""
    refused = parsed.refused[entity]
    key = [name for name in ("row_number", "item", REASON) if name in refused.columns]
    assert not refused.select(key).is_duplicated().any(), refused.select(key).rows()
    return parsed.refused[entity].sort("row_number")[REASON].to_list()


def counts(parsed: Parsed) -> Mapping[str, int]:
    """How many rows each entity has."""
    return {entity: len(rows) for entity, rows in parsed.rows.items()}


def archived(archive: Path, start: str) -> Iterator[tuple[str, datetime, bytes]]:
    """Address, capture time and bytes of the archive's files whose address begins so."""
    with (archive / "index.csv").open(encoding="utf-8") as index:
        for entry in csv.DictReader(index):
            if entry["url"].startswith(start):
                stored = (archive / entry["path"]).read_bytes()
                body = gzip.decompress(stored) if entry["path"].endswith(".gz") else stored
                yield entry["url"], datetime.fromisoformat(entry["captured_at_utc"]), body


def is_accounted(source: Source, found: Parsed) -> bool:
    """Whether everything that came of a payload belongs to the source's entities."""
    return set(found.rows) | set(found.refused) <= set(source.entities)
