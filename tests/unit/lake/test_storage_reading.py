"""Reading the table now, at a version and at a time."""

from __future__ import annotations

import shutil
import time
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest

from core.errors import ContractBroken
from lake.contracts.model import Column, Contract
from lake.storage import Lake, Table
from tests.unit.lake.trial import PRICES, matches_of, one_each, open_table, prices

_A_MOMENT_SECONDS = 0.05


def moment() -> datetime:
    """An instant clearly after what was written before and clearly before what comes next."""
    time.sleep(_A_MOMENT_SECONDS)
    instant = datetime.now(UTC)
    time.sleep(_A_MOMENT_SECONDS)
    return instant


def test_a_table_that_nothing_wrote_has_no_rows_no_files_and_no_version(table: Table) -> None:
    assert not table.exists
    assert table.version() is None
    assert table.files() == []
    assert table.rows() == 0
    assert table.read().equals(PRICES.empty())
    assert not table.path.exists()


def test_every_version_reads_as_it_was_written(table: Table) -> None:
    first = table.append(prices("Leeds v Derby"), commit_id="run-1").version
    second = table.append(prices("Hull v Stoke"), commit_id="run-2").version
    third = table.replace(prices("Bury v York")).version
    assert matches_of(table, first) == ["Leeds v Derby"]
    assert matches_of(table, second) == ["Hull v Stoke", "Leeds v Derby"]
    assert matches_of(table, third) == matches_of(table) == ["Bury v York"]
    assert [table.rows(version) for version in (first, second, third)] == [1, 2, 1]
    assert table.content_hash(first) != table.content_hash(second)


def test_a_time_reads_as_the_table_stood_then(table: Table) -> None:
    before = moment()
    table.append(prices("Leeds v Derby"), commit_id="run-1")
    between = moment()
    table.replace(prices("Bury v York"))
    assert matches_of(table, before) == []
    assert matches_of(table, between) == ["Leeds v Derby"]
    assert matches_of(table, moment()) == ["Bury v York"]


def test_a_lake_restored_from_a_copy_answers_for_the_same_times(table: Table, tmp_path: Path) -> None:
    table.append(prices("Leeds v Derby"), commit_id="run-1")
    between = moment()
    table.append(prices("Hull v Stoke"), commit_id="run-2")
    shutil.copytree(tmp_path / "silver", tmp_path / "copy" / "silver", copy_function=shutil.copy)
    assert matches_of(open_table(tmp_path / "copy"), between) == ["Leeds v Derby"]


def test_a_filter_is_applied_on_reading(table: Table) -> None:
    table.replace(one_each(goals=1))
    assert table.read(pl.col("season_code") == "2022-23")["match_id"].to_list() == ["final 2022-23"]


def test_the_listed_files_are_all_that_duckdb_needs(table: Table) -> None:
    table.replace(one_each(goals=1))
    table.replace(one_each(goals=2))
    query = "SELECT season_code, goals FROM read_parquet(?, hive_partitioning = true, hive_types_autocast = false)"
    found = duckdb.execute(f"{query} ORDER BY 1", [table.files()]).fetchall()
    assert found == [("2021-22", 2), ("2022-23", 2), ("2023-24", 2)]


@pytest.mark.parametrize("name", ["lakes of mine", "l'été", "lake#1", "lake [v1]"])
def test_a_lake_may_stand_in_a_folder_of_any_name(tmp_path: Path, name: str) -> None:
    table = open_table(tmp_path / name)
    table.append(one_each(goals=1), commit_id="run-1")
    table.merge(prices("final 2023-24", goals=2))
    assert table.read()["goals"].sum() == 4
    assert table.rows() == 3


@pytest.mark.parametrize("value", ["all", "2023-24", "été", "a b", "a=b", "a:b", "50%", "a%20b", "a/b"])
def test_the_value_of_a_partition_comes_back_as_it_was_written_or_is_refused(table: Table, value: str) -> None:
    try:
        table.append(prices("Leeds v Derby", season_code=value), commit_id="run-1")
    except ContractBroken:
        assert table.rows() == 0
        return
    table.merge(prices("Hull v Stoke", season_code=value))
    assert table.read()["season_code"].to_list() == [value, value]


def test_a_row_without_a_partition_value_is_refused_or_comes_back_without_one(tmp_path: Path) -> None:
    columns = (Column("match_id", "string", "Match."), Column("league", "string", "League.", nullable=True))
    try:
        contract = Contract("silver.trial.cups", 1, "tests", "one match", ("match_id",), ("league",), columns)
        table = open_table(tmp_path, contract)
        table.append(pl.DataFrame({"match_id": ["cup"], "league": [None]}), commit_id="run-1")
    except ContractBroken:
        return
    assert table.read()["league"].to_list() == [None]


def test_a_table_of_two_partition_columns_rewrites_only_what_changed(tmp_path: Path) -> None:
    names = ("match_id", "market", "book")
    columns = (*(Column(name, "string", name) for name in names), Column("goals", "int", "goals"))
    contract = Contract("silver.trial.books", 1, "tests", "one match", ("match_id",), ("market", "book"), columns)
    table = open_table(tmp_path, contract)
    frame = pl.DataFrame(
        [("m1", "totals", "bwin", 1), ("m2", "totals", "coral", 1), ("m3", "1x2", "bwin", 1)],
        schema=["match_id", "market", "book", "goals"],
        orient="row",
    )
    table.append(frame, commit_id="run-1")
    before = set(table.files())
    changed = frame.with_columns(goals=pl.when(pl.col("match_id") == "m2").then(2).otherwise("goals"))
    table.replace(changed)
    assert {Path(file).parent.relative_to(table.path).as_posix() for file in before - set(table.files())} == {
        "market=totals/book=coral"
    }
    assert table.read().sort("match_id").equals(changed.cast(dict(contract.schema)).select(contract.column_names))


def test_gold_may_stand_elsewhere_and_silver_stays(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "live", gold_root=tmp_path / "replay")
    assert lake.table("gold.football.dim_teams").path == tmp_path / "replay/gold/football/dim_teams"
    assert lake.table("silver.football.teams").path == tmp_path / "live/silver/football/teams"


def test_a_table_without_a_contract_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(ContractBroken, match=r"no contract called gold\.football\.dreams"):
        Lake(tmp_path).table("gold.football.dreams")
