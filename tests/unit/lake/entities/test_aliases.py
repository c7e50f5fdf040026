"""Reviewed aliases: which line holds, and which file is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import SettingsInvalid
from lake.entities.aliases import (
    COLUMNS,
    KINDS,
    Alias,
    Aliases,
    added,
    alias_line,
    fingerprint,
    load,
    own_file,
    parsed,
    write,
)

HEADER = ",".join(COLUMNS)


def test_the_most_particular_line_holds() -> None:
    lines = (
        Alias("*", "E0", "Reds", "eng-d"), Alias("*", "*", "Reds", "eng-a"), Alias("v", "*", "Reds", "eng-b"),
        Alias("v", "E0", "Reds", "eng-c"),
    )  # fmt: skip
    found = Aliases(teams=lines)
    assert [found.of_teams(*place)["reds"] for place in (("w", "E1"), ("v", "E1"), ("v", "E0"), ("w", "E0"))] == [
        "eng-a", "eng-b", "eng-c", "eng-d",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name,id\nReds,eng-a", "has the columns"), (f"{HEADER}\nv,E0,Reds,,", "Line 2 of"),
        (f"{HEADER}\nv,E0,Reds,Not An Id,", "Line 2 of"),
    ],
)  # fmt: skip
def test_a_wrong_line_is_refused_with_its_number(text: str, said: str) -> None:
    with pytest.raises(SettingsInvalid, match=said):
        parsed(text, "mine.csv")


def test_one_spelling_with_two_ids_is_refused_however_it_is_written(tmp_path: Path) -> None:
    write(tmp_path, "football", "teams", [Alias("v", "E0", "Köln F.C.", "deu-a")])
    with pytest.raises(SettingsInvalid, match="is deu-a and deu-b"):
        write(tmp_path, "football", "teams", [Alias("v", "E0", "koln FC", "deu-b")])


def test_a_lake_keeps_its_own_lines_once_and_they_beat_the_shipped_ones(tmp_path: Path) -> None:
    line = Alias("*", "*", "Spurs", "eng-other", 'said "so", twice')
    before = fingerprint("football", tmp_path)
    for _ in range(2):
        write(tmp_path, "football", "teams", [line])
    assert own_file(tmp_path, "football", "teams").read_text().count("Spurs") == 1
    assert load("football", tmp_path).of_teams("v", "E0")["spurs"] == "eng-other"
    assert added(tmp_path, "football", "teams", [line]) == []
    assert fingerprint("football", tmp_path) != before


def test_a_line_is_read_back_as_it_was_written() -> None:
    line = alias_line("v", "E0", 'Mc"Coy, Jr.', "a-b", "so")
    assert parsed(f"{HEADER}\n{line}", "x") == [Alias("v", "E0", 'Mc"Coy, Jr.', "a-b", "so")]


@pytest.mark.parametrize("sport", ["football", "basketball"])
def test_shipped_aliases_hold_together_and_none_stands_twice(sport: str) -> None:
    found = load(sport)
    for kind in KINDS:
        lines = getattr(found, kind)
        assert len(set(lines)) == len(lines)


def test_an_unknown_sport_has_no_aliases() -> None:
    assert load("chess") == Aliases()
