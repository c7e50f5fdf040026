"""What docs/add-a-sport.md says that a sport costs is what korfball takes."""

from __future__ import annotations

from tests.third_sport.cost import CATALOGUES, cost
from tests.third_sport.house import PROJECT


def test_the_page_tells_the_lines_of_every_kind() -> None:
    page = (PROJECT / "docs" / "add-a-sport.md").read_text(encoding="utf-8")
    for kind, (files, lines) in cost().items():
        assert f"| {kind} | {files} | {lines} |" in page


def test_a_sport_edits_four_catalogues_and_the_list_of_competitions() -> None:
    assert cost()[CATALOGUES][0] == 5
