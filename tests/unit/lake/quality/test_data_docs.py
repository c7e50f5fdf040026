"""Data Docs: pages of what was found, a few nights of them, and nothing that the audits did not see."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from lake.contracts.model import contract
from lake.quality import audit, data_docs
from lake.quality.expectations import Bound
from tests.unit.lake.quality.silver import match, rows

BOUNDS = (Bound("has_fallen", allowed=(False,)), Bound("share_now", low=0.5))
COVERAGE = pl.DataFrame(
    {"bookmaker": ["steady_book", "fallen_book"], "has_fallen": [False, True], "share_now": [1.0, 0.2]}
)
"""INVENTED shares of two books."""
NAME = "expectations.silver.football.coverage"


def _pages(site: Path) -> list[Path]:
    return sorted((site / "validations").rglob("*.html"))


@pytest.mark.slow
def test_a_page_names_the_rows_that_break_a_bound_and_a_contract_has_a_page_too(tmp_path: Path) -> None:
    found = audit.judge(NAME, COVERAGE, BOUNDS, tmp_path)
    assert [(one.column, one.success, one.unexpected) for one in found] == [
        ("has_fallen", False, 1), ("share_now", False, 1),
    ]  # fmt: skip
    matches = contract("silver.football.matches")
    assert all(one.success for one in audit.audit(rows(matches.name, match(1)), matches, tmp_path))
    first = data_docs.build(tmp_path)
    assert first == data_docs.first_page(tmp_path)
    assert first.is_file()
    told, clean = (page.read_text(encoding="utf-8") for page in _pages(tmp_path))
    assert "fallen_book" in told
    assert "steady_book" not in told
    assert "silver.football.matches" in clean


@pytest.mark.slow
def test_a_second_night_reopens_the_site_and_only_the_newest_nights_are_kept(tmp_path: Path) -> None:
    for _ in range(4):
        audit.judge(NAME, COVERAGE, BOUNDS, tmp_path)
        audit._context.cache_clear()
    data_docs.build(tmp_path, nights=2)
    assert len(_pages(tmp_path)) == 2
    data_docs.build(tmp_path, nights=1)
    assert len(_pages(tmp_path)) == 1


@pytest.mark.slow
def test_without_a_site_nothing_is_written_even_beside_one(tmp_path: Path) -> None:
    audit.judge(NAME, COVERAGE, BOUNDS, tmp_path)
    before = sorted(tmp_path.rglob("*"))
    assert [one.success for one in audit.judge(NAME, COVERAGE.head(1), BOUNDS)] == [True, True]
    assert sorted(tmp_path.rglob("*")) == before


def test_pruning_keeps_the_newest_results_of_each_suite(tmp_path: Path) -> None:
    for suite in ("silver/football/matches", "silver/football"):
        for night in ("20261118T020000", "20261120T020000", "20261119T020000"):
            folder = tmp_path / suite / "__none__" / night
            folder.mkdir(parents=True)
            (folder / "rows.json").write_text("{}", encoding="utf-8")
    assert data_docs.prune(tmp_path, 1) == 4
    kept = {path.parent.name for path in tmp_path.rglob("*.json")}
    assert kept == {"20261120T020000"}
    assert len(list(tmp_path.rglob("*.json"))) == 2
