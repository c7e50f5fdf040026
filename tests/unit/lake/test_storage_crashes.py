"""A run that dies in the middle of a write leaves a whole table, and the next run finishes the work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from lake import storage
from lake.storage import Table
from tests.unit.lake import writer
from tests.unit.lake.trial import SEASONS, matches_of, one_each, open_table, parquet_files, prices


class PowerCut(Exception):
    """The machine stops here."""


@contextmanager
def power_cut(step: str) -> Iterator[None]:
    """Within, every commit dies when it comes to this step of deltalake."""

    def dies(*_args: Any, **_kwargs: Any) -> None:
        raise PowerCut

    with pytest.MonkeyPatch.context() as patch, pytest.raises(PowerCut):
        patch.setattr(storage.DeltaTable, step, dies)
        yield


def test_a_first_append_that_dies_leaves_an_empty_table_and_can_be_made_again(table: Table) -> None:
    with power_cut("create_write_transaction"):
        table.append(prices("Leeds v Derby"), commit_id="run-1")
    assert len(parquet_files(table)) == 1, "the file was written before the crash"
    assert table.files() == []
    assert table.read().is_empty()
    assert table.append(prices("Leeds v Derby"), commit_id="run-1").changed
    assert matches_of(table) == ["Leeds v Derby"]


def test_a_replacement_that_dies_leaves_what_stood(table: Table) -> None:
    standing = table.replace(one_each(goals=1))
    hash_before, files_before = table.content_hash(), table.files()
    with power_cut("create_write_transaction"):
        table.replace(one_each(goals=2))
    assert (table.version(), table.content_hash(), table.files()) == (standing.version, hash_before, files_before)
    assert len(parquet_files(table)) == 2 * len(SEASONS)
    table.replace(one_each(goals=2))
    assert table.read()["goals"].to_list() == [2, 2, 2]
    assert not set(table.files()) & set(files_before)


def test_a_run_that_dies_right_after_its_commit_does_not_add_its_rows_twice(table: Table) -> None:
    table.append(prices("Hull v Stoke"), commit_id="run-0")
    with power_cut("update_incremental"):
        table.append(prices("Leeds v Derby"), commit_id="run-1")
    assert not table.append(prices("Leeds v Derby"), commit_id="run-1").changed
    assert matches_of(table) == ["Hull v Stoke", "Leeds v Derby"]


def test_a_file_that_died_half_written_is_never_read(table: Table) -> None:
    table.append(prices("Leeds v Derby"), commit_id="run-1")
    (table.path / "season_code=2023-24" / "part-torn.parquet").write_bytes(b"PAR1 torn")
    assert matches_of(table) == ["Leeds v Derby"]
    assert table.append(prices("Hull v Stoke"), commit_id="run-2").changed
    assert matches_of(table) == ["Hull v Stoke", "Leeds v Derby"]


@pytest.mark.parametrize("commits_before_the_kill", [1, 4, 22])
def test_kill_9_among_many_appends_leaves_the_first_so_many_and_a_rerun_adds_the_rest(
    tmp_path: Path, commits_before_the_kill: int
) -> None:
    process = writer.start(tmp_path, "append", "match", 1000)
    assert process.stdout is not None
    reported = [int(process.stdout.readline()) for _ in range(commits_before_the_kill)]
    process.kill()
    reported += [int(line) for line in process.communicate()[0].splitlines()]
    table = open_table(tmp_path)
    found = matches_of(table)
    assert found == [f"match-{number:04d}" for number in range(len(found))]
    assert len(found) > max(reported), "what was reported as committed is there"
    for number in range(len(found) + 3):
        writer.append(table, "match", number)
    assert len(matches_of(table)) == len(found) + 3


def test_kill_9_among_replacements_leaves_one_whole_state(tmp_path: Path) -> None:
    process = writer.start(tmp_path, "replace", "-", 1000)
    assert process.stdout is not None
    for _ in range(5):
        process.stdout.readline()
    process.kill()
    process.communicate()
    table = open_table(tmp_path)
    goals = table.read()["goals"].to_list()
    assert len(goals) == len(SEASONS)
    assert len(set(goals)) == 1
    assert goals[0] >= 4
    table.replace(one_each(goals=0))
    assert table.read()["goals"].to_list() == [0, 0, 0]
