"""Small silver lakes with INVENTED clubs, scores and prices, for tests of what is expected of vendors."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from lake.contracts.model import contract
from lake.quality.measures import Scope
from lake.storage import Lake

KICKOFF = datetime(2023, 9, 2, 14, tzinfo=UTC)
AS_OF = datetime(2024, 6, 1, tzinfo=UTC)
SEASON = "2023-24"


def rows(name: str, *records: Mapping[str, Any]) -> pl.DataFrame:
    """Rows of a table; columns left out get a usual value."""
    found = contract(name)
    plain = {"string": "x", "int": 1, "float": 2.0, "bool": False, "timestamp": KICKOFF, "binary": b""}
    usual = {
        column.name: column.allowed[0] if column.allowed else None if column.nullable else plain[column.type]
        for column in found.columns
    } | {"season_code": SEASON, "competition_id": "E0", "bronze_sha256": "0" * 64}
    kept = [{key: value for key, value in (usual | dict(one)).items() if key in found.column_names} for one in records]
    return pl.DataFrame(kept, schema=found.schema)


def match(number: int, week: int = 0, **changes: Any) -> dict[str, Any]:
    """A match that is over, so many weeks after the first one."""
    at = KICKOFF + timedelta(weeks=week)
    score = {"home_goals": 2, "away_goals": 1, "home_goals_half_time": 1, "away_goals_half_time": 0}
    told = {"match_id": f"m{number}", "state": "finished", "event_at_utc": at, "known_at_utc": at + timedelta(hours=3)}
    return told | score | changes


def quotes(number: int, prices: Mapping[str, float], week: int = 0, **changes: Any) -> list[dict[str, Any]]:
    """One book's prices of one match at one moment, an hour before kick-off."""
    at = KICKOFF + timedelta(weeks=week)
    usual = {"match_id": f"m{number}", "market": "1x2", "bookmaker": "bet365", "quote_kind": "observed", "line": None,
             "event_at_utc": at, "known_at_utc": at - timedelta(hours=1)}  # fmt: skip
    return [
        usual | {"selection": name, "price_odds_dec": price, "selection_key": number * 10 + place} | changes
        for place, (name, price) in enumerate(prices.items())
    ]


def scope(root: Path, sport: str = "football", **tables: list[dict[str, Any]]) -> Scope:
    """A lake with these silver tables, and all of its one season to look at."""
    lake = Lake(root)
    for entity, records in tables.items():
        table = lake.table(f"silver.{sport}.{entity}")
        table.replace(rows(table.contract.name, *records))
    return Scope(lake, sport, (SEASON,), AS_OF)
