"""A private database over one snapshot of the lake: what dbt builds on."""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl
import pytest

from core.errors import ContractBroken
from lake.storage import Lake
from lake.views import open_snapshot, read_table

TEAMS = "silver.football.teams"


def teams(*names: str, season: str = "2023-24") -> pl.DataFrame:
    return pl.DataFrame(
        {
            "team_id": [f"eng-{name.lower()}" for name in names],
            "team_name": list(names),
            "country": "ENG",
            "competition_id": "E0",
            "season_code": season,
            "matches_listed": 38,
            "status": "confirmed",
        }
    )


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "runs" / "run-1" / "candidate.duckdb"


def columns(database: Path, table: str) -> list[tuple[str, str]]:
    with duckdb.connect(str(database), read_only=True) as connection:
        described = connection.execute(f"DESCRIBE {table}").fetchall()
    return [(name, kind) for name, kind, *_ in described]


def test_a_view_shows_the_rows_of_the_snapshot_in_the_contracts_types(lake: Lake, database: Path) -> None:
    lake.table(TEAMS).append(pl.concat([teams("Leeds", "Derby"), teams("Hull", season="2022-23")]), commit_id="run-1")
    open_snapshot(database, lake, [TEAMS])
    found = read_table(database, "silver_football", "teams")
    assert found.sort("team_id").equals(lake.table(TEAMS).read().sort("team_id"))


def test_a_view_stays_at_its_snapshot_while_the_lake_moves_on(lake: Lake, database: Path) -> None:
    lake.table(TEAMS).replace(teams("Leeds"))
    open_snapshot(database, lake, [TEAMS])
    lake.table(TEAMS).replace(teams("Derby"))
    assert read_table(database, "silver_football", "teams")["team_name"].to_list() == ["Leeds"]


def test_a_table_that_nothing_wrote_is_there_without_rows_and_with_the_same_columns(lake: Lake, database: Path) -> None:
    names = [TEAMS, "silver.football.matches", "bronze.football_data.captures"]
    open_snapshot(database, lake, names)
    assert read_table(database, "silver_football", "matches").is_empty()
    assert read_table(database, "bronze_football_data", "captures").is_empty()
    empty = columns(database, "silver_football.teams")
    lake.table(TEAMS).replace(teams("Leeds"))
    written = database.with_name("second.duckdb")
    open_snapshot(written, lake, [TEAMS])
    assert sorted(columns(written, "silver_football.teams")) == sorted(empty)


def test_a_snapshot_can_be_taken_again_into_the_same_database(lake: Lake, database: Path) -> None:
    lake.table(TEAMS).replace(teams("Leeds"))
    open_snapshot(database, lake, [TEAMS])
    lake.table(TEAMS).replace(teams("Derby"))
    open_snapshot(database, lake, [TEAMS])
    assert read_table(database, "silver_football", "teams")["team_name"].to_list() == ["Derby"]


@pytest.mark.parametrize(("first", "second"), [((), ("Leeds",)), (("Leeds",), ())], ids=["filled", "emptied"])
def test_a_snapshot_can_be_taken_again_after_a_table_was_filled_or_emptied(
    lake: Lake, database: Path, first: tuple[str, ...], second: tuple[str, ...]
) -> None:
    for names in (first, second):
        lake.table(TEAMS).replace(teams(*names))
        open_snapshot(database, lake, [TEAMS])
        assert read_table(database, "silver_football", "teams")["team_name"].to_list() == list(names)


def test_a_view_has_the_tables_own_columns_wherever_the_lake_stands(tmp_path: Path, database: Path) -> None:
    lake = Lake(tmp_path / "as_of=2024-05-10")
    lake.table(TEAMS).replace(teams("Leeds"))
    open_snapshot(database, lake, [TEAMS])
    assert {name for name, _ in columns(database, "silver_football.teams")} == set(
        lake.table(TEAMS).contract.column_names
    )


def test_a_candidate_that_breaks_its_contract_is_not_read(database: Path) -> None:
    database.parent.mkdir(parents=True)
    frame = teams("Leeds", "Leeds")
    with duckdb.connect(str(database)) as connection:
        connection.register("frame", frame.to_arrow())
        connection.execute('CREATE SCHEMA "silver_football"; CREATE TABLE silver_football.teams AS SELECT * FROM frame')
    with pytest.raises(ContractBroken, match=r"2 rows of silver\.football\.teams share a key"):
        read_table(database, "silver_football", "teams")
