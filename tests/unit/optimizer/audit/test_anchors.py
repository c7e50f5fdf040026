"""Anchors: they find what a chain cannot show of itself."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from optimizer.audit import AnchorsUnreadable, chained, read_anchors, verify
from tests.unit.optimizer.audit.chains import EMPTY, anchored, chain

SHORT, LONG = chain(4), chain(4, 3)


@pytest.fixture
def anchors(tmp_path: Path) -> Path:
    """The file of two anchors, after four and after seven rows."""
    path = tmp_path / "elsewhere" / "anchors.jsonl"
    anchored(path, SHORT)
    anchored(path, LONG, hours=1)
    return path


def test_an_audit_keeps_what_its_anchors_saw_also_after_it_grew(anchors: Path) -> None:
    assert [one.count for one in read_anchors(anchors)] == [4, 7]
    assert verify(LONG, read_anchors(anchors)) == []
    assert verify(chain(4, 3, 2), read_anchors(anchors)) == []


@pytest.mark.parametrize("kept", range(7))
def test_rows_cut_off_the_end_are_found(anchors: Path, kept: int) -> None:
    assert verify(LONG.head(kept), []) == []
    assert any(f"rows from {kept} on were cut off" in fault for fault in verify(LONG.head(kept), read_anchors(anchors)))


def test_a_chain_that_was_rewritten_is_found_and_the_first_anchor_it_broke_is_named(anchors: Path) -> None:
    bare = LONG.drop("sequence", "previous_hash", "entry_hash")
    forged = bare.with_columns(
        pl.when(pl.int_range(pl.len()) == 5).then(pl.lit("Forged.")).otherwise("detail").alias("detail")
    )
    rewritten = chained(EMPTY, forged)
    assert verify(rewritten, []) == []
    assert verify(rewritten, read_anchors(anchors)) == [
        "Row 6 is not the one that the anchor of 2026-03-04T13:00:00Z saw 7 rows up to: "
        "the chain was rewritten before it."
    ]


def test_the_same_head_is_anchored_once_and_an_empty_audit_never(anchors: Path, tmp_path: Path) -> None:
    before = anchors.read_bytes()
    assert anchored(anchors, LONG, hours=9) == read_anchors(anchors)[-1]
    assert anchors.read_bytes() == before
    assert anchored(tmp_path / "none.jsonl", EMPTY) is None
    assert read_anchors(tmp_path / "none.jsonl") == []


@pytest.mark.parametrize(("old", "new"), [
    ('"count": 4', '"count": 3'), ('"sequence": 3', '"sequence": 2'), ("12:00:00Z", "12:00:01Z"),
    ('"entry_hash": "', '"entry_hash": "0'), ('"previous_hash": "0', '"previous_hash": "1'),
])  # fmt: skip
def test_an_anchor_that_was_changed_is_found(anchors: Path, old: str, new: str) -> None:
    text = anchors.read_text(encoding="utf-8")
    anchors.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert text.count(old) >= 1
    assert "Anchor 1 was changed, or one before it was taken out." in verify(LONG, read_anchors(anchors))


def test_an_anchor_taken_out_of_the_front_is_found(anchors: Path) -> None:
    assert verify(LONG, read_anchors(anchors)[1:]) == ["Anchor 1 was changed, or one before it was taken out."]


@pytest.mark.parametrize("line", ["", "{", "[]", "{}", '{"sequence": 1}', '"x"', "null"])
def test_a_line_that_is_no_anchor_is_said_with_its_number(anchors: Path, line: str) -> None:
    with anchors.open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
    with pytest.raises(AnchorsUnreadable, match="Line 3 of the anchors"):
        read_anchors(anchors)
