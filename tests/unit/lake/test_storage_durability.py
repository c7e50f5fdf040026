"""What is called committed survives a power cut: files and folders are synced, in the right order."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from lake import storage
from lake.storage import Table
from tests.unit.lake.trial import SEASONS, one_each, parquet_files, prices

Event = tuple[str, object]


def inode(path: Path) -> Event:
    """The event that this file or folder was synced."""
    found = path.stat()
    return ("synced", (found.st_dev, found.st_ino))


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch) -> list[Event]:
    """What was synced, and when the transaction was written, in order; everything really happens."""
    happened: list[Event] = []
    fsync, commit = os.fsync, storage.DeltaTable.create_write_transaction

    def watched_fsync(descriptor: int) -> None:
        fsync(descriptor)
        found = os.fstat(descriptor)
        happened.append(("synced", (found.st_dev, found.st_ino)))

    def watched_commit(*args: Any, **kwargs: Any) -> None:
        happened.append(("commit", None))
        commit(*args, **kwargs)

    monkeypatch.setattr(os, "fsync", watched_fsync)
    monkeypatch.setattr(storage.DeltaTable, "create_write_transaction", watched_commit)
    return happened


def newest_log(table: Table) -> Path:
    return max((table.path / "_delta_log").glob("*.json"))


def test_every_data_file_and_its_folder_are_synced_before_the_commit(table: Table, events: list[Event]) -> None:
    table.replace(one_each(goals=1))
    before_commit = events[: events.index(("commit", None))]
    files = parquet_files(table)
    assert len(files) == len(SEASONS)
    for file in files:
        assert before_commit.index(inode(file)) < before_commit.index(inode(file.parent))


def test_the_log_and_its_folder_are_synced_after_the_commit(table: Table, events: list[Event]) -> None:
    table.append(prices("Leeds v Derby"), commit_id="run-1")
    after_commit = events[events.index(("commit", None)) :]
    assert inode(newest_log(table)) in after_commit
    assert inode(table.path / "_delta_log") in after_commit


def test_every_later_commit_syncs_its_own_log(table: Table, events: list[Event]) -> None:
    for number in range(3):
        events.clear()
        table.append(prices(f"match {number}"), commit_id=f"run-{number}")
        assert inode(newest_log(table)) in events


def test_a_write_that_changes_nothing_writes_no_log(table: Table, events: list[Event]) -> None:
    table.replace(one_each(goals=1))
    events.clear()
    table.replace(one_each(goals=1))
    assert events == []


def test_the_folders_that_name_a_new_table_and_its_partitions_are_synced(table: Table, events: list[Event]) -> None:
    table.append(prices("Leeds v Derby"), commit_id="run-1")
    assert inode(table.path) in events, "it names the log and the partitions"
    assert inode(table.path.parent) in events, "it names the table"


def test_a_checkpoint_is_synced_like_any_log(table: Table, events: list[Event]) -> None:
    for number in range(21):
        table.append(prices(f"match {number}"), commit_id=f"run-{number}")
    table.compact(retention_hours=24)
    checkpoints = [path for path in (table.path / "_delta_log").iterdir() if "checkpoint" in path.name]
    assert checkpoints
    assert [path.name for path in checkpoints if inode(path) not in events] == []


def test_compacted_files_and_their_log_are_synced_before_the_old_files_go(table: Table, events: list[Event]) -> None:
    for number in range(3):
        table.append(prices(f"match {number}"), commit_id=f"run-{number}")
    events.clear()
    table.compact(retention_hours=0)
    unsynced = [Path(file).name for file in [*table.files(), str(newest_log(table))] if inode(Path(file)) not in events]
    assert unsynced == []
