"""Fits that are kept: what was put comes back, and nothing else does."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.kept import InFolder, InMemory, Kept

TEXT = "tree\r\nleaf é\n\n"


@pytest.fixture(params=["memory", "folder"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Kept:
    return InMemory() if request.param == "memory" else InFolder(tmp_path / "not" / "there")


def test_what_was_put_comes_back_to_the_letter(kept: Kept) -> None:
    assert kept.get("a") is None
    kept.put("a", TEXT)
    kept.put("b", "")
    assert (kept.get("a"), kept.get("b"), kept.get("c")) == (TEXT, "", None)


def test_what_is_put_again_counts(kept: Kept) -> None:
    kept.put("a", "old")
    kept.put("a", "new")
    assert kept.get("a") == "new"


@pytest.mark.parametrize("harm", [lambda b: b[:-1], lambda b: b + b"x", lambda b: b"", lambda b: b"\xff" + b])
def test_a_file_that_was_cut_or_changed_counts_as_missing(tmp_path: Path, harm: object) -> None:
    kept = InFolder(tmp_path)
    kept.put("a", TEXT)
    file = tmp_path / "a"
    file.write_bytes(harm(file.read_bytes()))  # type: ignore[operator]
    assert kept.get("a") is None


def test_nothing_unfinished_is_left_behind(tmp_path: Path) -> None:
    InFolder(tmp_path).put("a", TEXT)
    assert [file.name for file in tmp_path.iterdir()] == ["a"]
