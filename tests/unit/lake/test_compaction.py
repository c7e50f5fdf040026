"""The nightly compaction: fewer files, the same rows, and only what nobody needs is deleted."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from lake import storage
from lake.storage import Table
from tests.unit.lake.trial import SEASONS, matches_of, one_each, parquet_files, prices


@pytest.fixture
def scattered(table: Table) -> Table:
    """A table of eight small files in one season."""
    for number in range(8):
        table.append(prices(f"match {number}", goals=number), commit_id=f"run-{number}")
    return table


def test_many_small_files_become_one_and_the_content_stays(scattered: Table) -> None:
    before = (scattered.content_hash(), matches_of(scattered), scattered.rows())
    scattered.compact(retention_hours=24)
    assert len(scattered.files()) == 1
    assert (scattered.content_hash(), matches_of(scattered), scattered.rows()) == before


def test_within_the_retention_every_older_version_can_still_be_read(scattered: Table) -> None:
    version = scattered.version()
    assert scattered.compact(retention_hours=24) == 0
    assert len(matches_of(scattered, version)) == 8
    assert len(matches_of(scattered, 3)) == 3


def test_beyond_the_retention_the_files_that_no_version_now_names_are_deleted(scattered: Table) -> None:
    assert scattered.compact(retention_hours=0) == 8
    assert {str(path) for path in parquet_files(scattered)} == set(scattered.files())


def test_a_retention_of_minutes_is_not_none_at_all(scattered: Table) -> None:
    assert scattered.compact(retention_hours=0.9) == 0


def test_the_orphan_of_a_crashed_commit_is_deleted_with_the_rest(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    table.append(prices("Leeds v Derby"), commit_id="run-1")
    with monkeypatch.context() as cut:
        cut.setattr(storage.DeltaTable, "create_write_transaction", lambda *_args, **_kwargs: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            table.append(prices("Hull v Stoke"), commit_id="run-2")
    assert len(parquet_files(table)) == 2
    table.compact(retention_hours=0)
    assert {str(path) for path in parquet_files(table)} == set(table.files())


def test_a_compacted_table_is_written_on_as_before(scattered: Table) -> None:
    scattered.compact(retention_hours=0)
    assert not scattered.append(prices("match 3"), commit_id="run-3").changed, "commit ids are remembered"
    version = scattered.version()
    assert not scattered.replace(scattered.read()).changed
    assert scattered.version() == version
    scattered.merge(prices("match 3", goals=9))
    assert dict(scattered.read().select("match_id", "goals").iter_rows())["match 3"] == 9
    assert scattered.rows() == 8


def test_compacting_twice_in_a_row_changes_nothing_more(scattered: Table) -> None:
    scattered.compact(retention_hours=24)
    before = (scattered.version(), scattered.files())
    assert scattered.compact(retention_hours=24) == 0
    assert (scattered.version(), scattered.files()) == before


def test_every_partition_is_compacted_for_itself(table: Table) -> None:
    for number in range(3):
        named = one_each().with_columns(match_id=pl.format("{} of {}", pl.lit(number), "season_code"))
        table.append(named, commit_id=f"run-{number}")
    table.compact(retention_hours=24)
    assert sorted(Path(file).parent.name for file in table.files()) == [f"season_code={season}" for season in SEASONS]


def test_a_table_that_nothing_wrote_has_nothing_to_compact(table: Table) -> None:
    assert table.compact(retention_hours=0) == 0
    assert not table.exists
