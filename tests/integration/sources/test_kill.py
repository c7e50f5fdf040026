"""A run that is killed between two writes and started again ends where an undisturbed run ends (invented payloads)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from lake.storage import Lake, Table
from sources.base import Capture
from tests.integration.sources.lakes import capture, content, has_repeated_keys, ingest
from tests.unit.sources.vendor import file, row

ENGLISH = [
    capture(file(row(), row(HomeTeam="Corvale", B365H="0"), row(HomeTeam="Dunmarsh", FTR="A")), "2024-07-01T00:00:00Z"),
    capture(file(row(Div="E1", HF="99"), row(Div="E1", HomeTeam="Corvale")), "2024-07-01T00:00:00Z", "E1"),
]
SCOTTISH = [
    capture(
        file(row(Div="SC0"), row(Div="SC0", Date="10/02/2024", FTHG="0", FTAG="0", FTR="D", HTHG="0")),
        "2024-07-01T00:00:00Z",
        "SC0",
    )
]


class Killed(BaseException):
    """The end of a process, as far as a test can have it."""


def _killed_after(monkeypatch: pytest.MonkeyPatch, place: int, run: Callable[[], object]) -> bool:
    """Run and die right after the write of this number; False where the run has fewer writes."""
    commit, made = Table._commit, 0

    def dying(self: Table, *arguments: Any, **named: Any) -> Any:
        nonlocal made
        made += 1
        done = commit(self, *arguments, **named)
        if made == place:
            raise Killed
        return done

    with monkeypatch.context() as patch:
        patch.setattr(Table, "_commit", dying)
        try:
            run()
        except Killed:
            return True
    return False


def _undisturbed(root: Path, captures: Sequence[Capture]) -> Lake:
    lake = Lake(root)
    ingest(lake, *captures)
    return lake


@pytest.mark.parametrize("captures", [ENGLISH, SCOTTISH], ids=["two leagues", "two meetings at one ground"])
def test_a_run_killed_after_any_write_and_started_again_equals_one_that_was_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, captures: list[Capture]
) -> None:
    wanted = content(_undisturbed(tmp_path / "calm", captures))
    place, different = 1, []
    while True:
        lake = Lake(tmp_path / f"killed{place}")
        if not _killed_after(monkeypatch, place, partial(ingest, lake, *captures)):
            break
        ingest(lake, *captures)
        different += [(place, name) for name, value in content(lake).items() if value != wanted[name]]
        place += 1
    assert place > 5
    assert different == []


def test_a_run_killed_twice_equals_one_that_was_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lake = Lake(tmp_path / "killed")
    for place in (4, 3):
        assert _killed_after(monkeypatch, place, lambda: ingest(lake, *ENGLISH))
    ingest(lake)
    assert content(lake) == content(_undisturbed(tmp_path / "calm", ENGLISH))


def test_files_that_land_between_a_kill_and_the_next_run_double_no_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = Lake(tmp_path / "killed")
    first, second = ENGLISH
    assert _killed_after(monkeypatch, 3, lambda: ingest(lake, first))
    ingest(lake, second)
    assert has_repeated_keys(lake) == {}
    assert content(lake) == content(_undisturbed(tmp_path / "calm", [first, second]))


def test_a_run_for_fewer_leagues_after_a_kill_doubles_no_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lake = Lake(tmp_path / "killed")
    first, second = ENGLISH
    assert _killed_after(monkeypatch, 3, lambda: ingest(lake, first, second))
    ingest(lake, leagues=("E0",))
    ingest(lake)
    assert has_repeated_keys(lake) == {}
    assert content(lake) == content(_undisturbed(tmp_path / "calm", [first, second]))
