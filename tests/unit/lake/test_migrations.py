"""A contract grows a column: old rows stay readable, and any other change is refused before it does harm."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from core.errors import ContractBroken
from lake.contracts.model import Column, Contract
from lake.hashing import content_hash
from lake.storage import Table
from tests.unit.lake.trial import PRICES, matches_of, one_each, open_table, prices

REFEREE = Column("referee", "string", "Referee.", nullable=True)
WITH_REFEREE = replace(PRICES, version=2, columns=(*PRICES.columns, REFEREE))


def changed(name: str, **values: object) -> Contract:
    """The contract of prices with one column changed."""
    columns = (replace(column, **values) if column.name == name else column for column in PRICES.columns)  # type: ignore[arg-type]
    return replace(PRICES, version=2, columns=tuple(columns))


@pytest.fixture
def old(tmp_path: Path) -> Table:
    """A table that the first version of the contract wrote."""
    table = open_table(tmp_path)
    table.append(one_each(goals=1), commit_id="run-1")
    return table


@pytest.fixture
def grown(old: Table, tmp_path: Path) -> Table:
    """The same table under a contract with a referee, and one more row that has one."""
    table = open_table(tmp_path, WITH_REFEREE)
    table.append(prices("cup", goals=2).with_columns(referee=pl.lit("M Dean")), commit_id="run-2")
    return table


def test_old_rows_read_under_the_new_contract_as_rows_without_the_value(old: Table, tmp_path: Path) -> None:
    found = open_table(tmp_path, WITH_REFEREE).read()
    assert found["referee"].to_list() == [None, None, None]
    assert found["goals"].to_list() == [1, 1, 1]


def test_new_rows_stand_beside_old_ones(grown: Table) -> None:
    assert dict(grown.read().select("match_id", "referee").iter_rows())["cup"] == "M Dean"
    assert grown.rows() == 4


def test_a_grown_table_has_the_content_hash_of_its_rows(grown: Table) -> None:
    assert grown.content_hash() == content_hash(grown.read(), WITH_REFEREE)


def test_a_table_has_a_content_hash_under_a_grown_contract_before_anything_is_written(
    old: Table, tmp_path: Path
) -> None:
    table = open_table(tmp_path, WITH_REFEREE)
    assert table.content_hash() == content_hash(table.read(), WITH_REFEREE)


def test_a_grown_table_is_merged_and_compacted_like_any_other(grown: Table) -> None:
    grown.merge(one_each(["2022-23"], goals=5).with_columns(referee=pl.lit("A Taylor")))
    grown.compact(retention_hours=0)
    named = dict(grown.read().select("match_id", "referee").iter_rows())
    assert named == {"cup": "M Dean", "final 2021-22": None, "final 2022-23": "A Taylor", "final 2023-24": None}


@pytest.mark.parametrize(
    "other",
    [
        changed("goals", type="float"),
        changed("known_at_utc", type="string"),
        replace(PRICES, partition_by=()),
        replace(PRICES, columns=(*PRICES.columns, replace(REFEREE, nullable=False))),
        replace(PRICES, columns=PRICES.columns[:3] + PRICES.columns[4:]),
    ],
    ids=[
        "a type changed",
        "a time became text",
        "partitions changed",
        "a new column must be there",
        "a column dropped",
    ],
)
def test_any_other_change_is_refused_and_leaves_the_table_as_it_was(
    old: Table, tmp_path: Path, other: Contract
) -> None:
    hash_before = old.content_hash()
    frame = pl.DataFrame({"match_id": ["cup"], "season_code": ["2023-24"], "price_odds_dec": [2.0]})
    rest = [pl.lit(None, dtype=kind).alias(name) for name, kind in other.schema.items() if name not in frame.columns]
    known = prices("cup").select("known_at_utc", "ingested_at_utc")
    row = (
        frame.with_columns(rest)
        .with_columns(known)
        .with_columns(referee=pl.lit("M Dean"))
        .cast({"known_at_utc": other.schema["known_at_utc"]})
    )
    with pytest.raises(ContractBroken, match="another contract"):
        open_table(tmp_path, other).append(row, commit_id="run-2")
    assert old.content_hash() == hash_before
    assert len(matches_of(old)) == 3
