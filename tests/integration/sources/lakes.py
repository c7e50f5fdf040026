"""A lake of its own for each test: captures go in, silver and quarantine are compared (all payloads are invented)."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime

import polars as pl

from lake.competitions import competitions
from lake.storage import Lake
from sources.base import Capture, Request, Source
from sources.conforming import FACTS
from sources.football_data.source import FootballData
from sources.ingest import land, to_silver
from tests.unit.sources.vendor import address, at

LEAGUES = ("E0", "E1", "SC0", "SP1", "USA")
NOW = datetime(2026, 11, 20, 17, tzinfo=UTC)
SILVER = (*(f"silver.football.{entity}" for entity in FACTS), "silver.football.teams")
QUARANTINE = tuple(f"quarantine.football.{entity}" for entity in FACTS)


def capture(
    body: bytes,
    captured: str,
    league: str | None = "E0",
    season_code: str | None = "2023-24",
    endpoint: str = "season_file",
    outcome: str = "ok",
) -> Capture:
    """One attempt of the vendor's resource, as a transport gives it."""
    url = address(league, season_code, endpoint)
    league = None if endpoint == "fixtures" else league
    season_code = season_code if endpoint == "season_file" else None
    request = Request("football_data", endpoint, url, league, season_code)
    return Capture(request, at(captured), at(captured), outcome, body, 200, "text/csv")


def fixtures(body: bytes, captured: str) -> Capture:
    """A capture of the coming fixtures."""
    return capture(body, captured, endpoint="fixtures")


def ingest(
    lake: Lake, *captures: Capture, leagues: Sequence[str] = LEAGUES, source: Source | None = None, now: datetime = NOW
) -> int:
    """Land these captures and read everything that is pending; returns payloads read."""
    vendor = source or FootballData()
    land(lake, vendor, captures)
    return to_silver(lake, vendor, competitions("football", leagues), now, lambda _: None)


def content(lake: Lake) -> dict[str, str]:
    """Content hash of every silver and quarantine table."""
    return {name: lake.table(name).content_hash() for name in (*SILVER, *QUARANTINE)}


def versions(lake: Lake) -> dict[str, int | None]:
    """Version of every silver and quarantine table."""
    return {name: lake.table(name).version() for name in (*SILVER, *QUARANTINE, "silver.football.parsed_payloads")}


def rebuild(lake: Lake, leagues: Sequence[str] = LEAGUES) -> None:
    """Throw silver and quarantine away and read bronze again."""
    shutil.rmtree(lake.root / "silver")
    shutil.rmtree(lake.root / "quarantine", ignore_errors=True)
    ingest(lake, leagues=leagues)


def matches(lake: Lake) -> pl.DataFrame:
    """Silver matches in the order in which they became known."""
    return lake.table("silver.football.matches").read().sort("match_id", "known_at_utc", "state")


def states(lake: Lake, *columns: str) -> list[tuple[object, ...]]:
    """Some columns of silver matches in the order in which they became known."""
    return matches(lake).select(columns).rows()


def quarantined(lake: Lake) -> pl.DataFrame:
    """All quarantined rows of all entities."""
    return pl.concat([lake.table(name).read() for name in QUARANTINE])


def has_repeated_keys(lake: Lake) -> dict[str, int]:
    """How many rows of each silver table share a key with another: none should."""
    repeated = {}
    for name in (*SILVER, "silver.football.parsed_payloads"):
        table = lake.table(name)
        repeated[name] = int(table.read().select(table.contract.key).is_duplicated().sum())
    return {name: count for name, count in repeated.items() if count}
