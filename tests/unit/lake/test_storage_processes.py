"""Several processes at one table: nobody loses a row, and nobody sees half of a change."""

from __future__ import annotations

import time
from pathlib import Path

import duckdb
import pytest

from core.errors import CommitConflict
from lake import storage
from lake.storage import Lake
from tests.unit.lake import writer
from tests.unit.lake.trial import SEASONS, matches_of, one_each, open_table, prices


@pytest.mark.parametrize("task", ["append", "merge"])
def test_two_writers_at_once_lose_nothing(tmp_path: Path, task: str) -> None:
    processes = [writer.start(tmp_path, task, name, 12) for name in ("home", "away")]
    for process in processes:
        process.communicate(timeout=60)
    assert [process.returncode for process in processes] == [0, 0]
    wanted = [f"{name}-{number:04d}" for name in ("away", "home") for number in range(12)]
    assert matches_of(open_table(tmp_path)) == wanted


def test_a_reader_beside_a_writer_never_sees_two_states_at_once(tmp_path: Path) -> None:
    table = open_table(tmp_path)
    table.replace(one_each(goals=0))
    query = "SELECT count(*), min(goals), max(goals) FROM read_parquet(?, hive_partitioning = true)"
    process = writer.start(tmp_path, "replace", "-", 15)
    seen: list[tuple[int, int, int]] = []
    deadline = time.monotonic() + 30
    with duckdb.connect() as connection:
        while process.poll() is None and time.monotonic() < deadline:
            found = connection.execute(query, [table.files()]).fetchone()
            assert found is not None
            seen.append(found)
            time.sleep(0.01)
    process.communicate(timeout=30)
    mixed = [state for state in seen if state[0] != len(SEASONS) or state[1] != state[2]]
    assert mixed == []
    assert len({state[1] for state in seen}) > 5, "the reader saw the table change"
    assert [state[1] for state in seen] == sorted(state[1] for state in seen), "no reader goes back in time"


def test_a_list_of_files_taken_before_a_change_can_be_read_after_it(tmp_path: Path) -> None:
    table = open_table(tmp_path)
    table.replace(one_each(goals=1))
    files = table.files()
    table.replace(one_each(goals=2))
    assert duckdb.execute("SELECT sum(goals) FROM read_parquet(?)", [files]).fetchone() == (3,)


def test_a_writer_waits_until_the_other_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    holder, other = open_table(tmp_path), open_table(tmp_path)
    monkeypatch.setattr(storage, "_LOCK_SECONDS", 0)
    with holder._locked(), pytest.raises(CommitConflict, match="Another writer"):
        other.append(prices("Leeds v Derby"), commit_id="run-1")
    assert other.append(prices("Leeds v Derby"), commit_id="run-1").changed


def test_two_lakes_that_share_their_gold_wait_for_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "gold.football.dim_teams"
    live, borrower = (Lake(tmp_path / root, gold_root=tmp_path / "gold").table(name) for root in ("live", "other"))
    assert live.path == borrower.path
    monkeypatch.setattr(storage, "_LOCK_SECONDS", 0)
    with live._locked(), pytest.raises(CommitConflict, match="Another writer"):
        borrower.append(borrower.contract.empty(), commit_id="run-1")
