"""A trial table that every test of the lake writes: one price of one match, by season."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from lake.contracts.model import Column, Contract
from lake.storage import Table

SEASONS = ("2021-22", "2022-23", "2023-24")
KNOWN = datetime(2024, 5, 10, 16, 0, tzinfo=UTC)

PRICES = Contract(
    name="silver.trial.prices",
    version=1,
    owner="tests",
    grain="one price of one match",
    key=("match_id",),
    partition_by=("season_code",),
    columns=(
        Column("match_id", "string", "Match."),
        Column("season_code", "string", "Season."),
        Column("price_odds_dec", "float", "Price.", low=1.000001, high=1001),
        Column("goals", "int", "Goals, null before the match.", nullable=True, low=0),
        Column("known_at_utc", "timestamp", "Known."),
        Column("ingested_at_utc", "timestamp", "Written.", volatile=True),
    ),
)


def rows(records: Iterable[Mapping[str, object]], contract: Contract = PRICES) -> pl.DataFrame:
    """Records as a frame of the contract's types; columns left out get the values of an ordinary price."""
    usual = {
        "season_code": "2023-24",
        "price_odds_dec": 2.0,
        "goals": None,
        "known_at_utc": KNOWN,
        "ingested_at_utc": KNOWN,
    }
    return pl.DataFrame([usual | dict(record) for record in records], schema=contract.schema)


def prices(*match_ids: str, **values: object) -> pl.DataFrame:
    """One row for each match, all with these values."""
    return rows({"match_id": match_id} | values for match_id in match_ids)


def one_each(seasons: Sequence[str] = SEASONS, **values: object) -> pl.DataFrame:
    """One match in each season, called after it."""
    return rows({"match_id": f"final {season}", "season_code": season} | values for season in seasons)


def open_table(root: Path, contract: Contract = PRICES) -> Table:
    """The trial table of a lake at `root`, as any process would open it."""
    return Table(root.joinpath(*contract.identity), contract, root / ".locks" / f"{contract.name}.lock")


def matches_of(table: Table, version: int | datetime | None = None) -> list[str]:
    """Names of the matches that the table holds, sorted."""
    return sorted(table.read(version=version)["match_id"].to_list())


def parquet_files(table: Table) -> set[Path]:
    """Every data file on disk below the table, committed or not; the log's checkpoints are none."""
    return {path for path in table.path.rglob("*.parquet") if "_delta_log" not in path.parts}
