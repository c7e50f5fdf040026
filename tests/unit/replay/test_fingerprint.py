"""The fingerprint of the code: it changes with any file that turns tables into decisions."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from replay import fingerprint

PROJECT = Path(__file__).parents[3]


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The rooms of the fingerprint in a folder of their own."""
    for room in fingerprint._ROOMS:
        shutil.copytree(PROJECT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(fingerprint, "__file__", str(tmp_path / "replay" / "fingerprint.py"))
    return tmp_path


def fresh() -> str:
    """The fingerprint as a new process would find it."""
    return fingerprint.code.__wrapped__()


def test_a_copy_of_the_code_has_the_same_fingerprint_wherever_it_stands(copied: Path) -> None:
    assert len(fresh()) == 64
    here = fresh()
    (copied / "models" / "notes.md").write_text("not code", encoding="utf-8")
    assert fresh() == here


@pytest.mark.parametrize("room", fingerprint._ROOMS)
def test_one_changed_byte_in_any_room_is_another_fingerprint(copied: Path, room: str) -> None:
    before = fresh()
    file = max((copied / room).rglob("*.py"))
    file.write_bytes(file.read_bytes() + b"#")
    assert fresh() != before


def test_every_room_that_a_decision_goes_through_is_counted() -> None:
    assert {"core", "lake", "models", "optimizer", "replay", "feature_repo"} <= set(fingerprint._ROOMS)
