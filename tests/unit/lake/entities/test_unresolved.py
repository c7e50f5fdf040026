"""Invented quarantine of a lake: what is unresolved, what that costs, and what a reviewed line changes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from core.errors import SettingsInvalid
from lake.conform import DETAIL, REASON
from lake.entities.aliases import Aliases, load
from lake.entities.resolve import with_team_ids
from lake.entities.unresolved import apply, coverage, unresolved
from lake.storage import Lake
from pipelines.cli import app

NOW = datetime(2024, 3, 2, 15, tzinfo=UTC)
HEADER = "source,competition_id,spelling,id,note\n"
LINE = "vendor,E0,The Ashes,eng-ash,the old name\n"
TEAMS = pl.DataFrame(
    [
        ("eng-ash", "Ash", "ENG", "E0", "2023-24", 38, "confirmed"),
        ("eng-cove", "Cove", "ENG", "E0", "2023-24", 38, "confirmed"),
    ],
    schema=["team_id", "team_name", "country", "competition_id", "season_code", "matches_listed", "status"],
    orient="row",
)


def parsed_row(sha256: str) -> dict[str, object]:
    return {
        "bronze_sha256": sha256,
        "url": "https://v.example/x",
        "captured_at_utc": NOW,
        "leagues": "l",
        "entity": "matches",
        "competition_id": "E0",
        "season_code": "2023-24",
        "parser_version": 1,
        "parsed_rows": 3,
        "silver_rows": 2,
        "duplicate_rows": 0,
        "quarantined_rows": 1,
    }


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """Two payloads: one names The Ashes twice and is refused for it, one was read well."""
    found = Lake(tmp_path / "lake")
    found.table("silver.football.teams").append(TEAMS, "teams")
    told = pl.DataFrame(
        {"name": ["The Ashes", "The Ashes", "Nobody"], "competition_id": "E0", "season_code": "2023-24"}
    )
    refused = with_team_ids(told, TEAMS, Aliases(), "vendor", {"name": "team_id"}).with_columns(
        pl.int_range(1, 4, dtype=pl.Int64).alias("row_number"), pl.lit("matches").alias("entity"),
        pl.col(REASON).alias("reason"), pl.col(DETAIL).alias("detail"), pl.lit("https://v.example/x").alias("url"),
        pl.lit("").alias("item"), pl.lit("{}").alias("row_text"), pl.lit("vendor").alias("source"),
        pl.Series("bronze_sha256", ["a" * 64, "a" * 64, "b" * 64]), pl.lit(NOW).alias("ingested_at_utc"),
    )  # fmt: skip
    table = found.table("quarantine.football.matches")
    table.append(refused.select(table.contract.column_names), "refused")
    rows = pl.DataFrame([parsed_row("a" * 64), parsed_row("b" * 64)])
    found.table("silver.football.parsed_payloads").append(rows, "read")
    return found


def test_unresolved_names_stand_once_with_what_they_cost_and_a_line_to_review(lake: Lake) -> None:
    rows = unresolved(lake, "football")
    assert rows.select("kind", "source", "competition_id", "spelling", "rows").rows() == [
        ("team", "vendor", "E0", "The Ashes", 2), ("team", "vendor", "E0", "Nobody", 1),
    ]  # fmt: skip
    assert rows["alias_line"].to_list() == ["vendor,E0,The Ashes,,", "vendor,E0,Nobody,,"]
    assert rows["seasons"].to_list() == [["2023-24"], ["2023-24"]]


def test_coverage_counts_rows_and_names(lake: Lake) -> None:
    row = coverage(lake, "football").row(0, named=True)
    assert (row["rows_resolved"], row["rows_refused"], row["names_refused"], row["resolved_share"]) == (0, 3, 2, 0.0)


def test_a_reviewed_line_is_kept_and_the_payloads_with_that_name_are_read_again(lake: Lake) -> None:
    done = apply(lake, "football", HEADER + LINE, "mine.csv")
    assert done.payloads == ("a" * 64,)
    assert load("football", lake.root).of_teams("vendor", "E0")["the ashes"] == "eng-ash"
    assert lake.table("silver.football.parsed_payloads").read()["bronze_sha256"].to_list() == ["b" * 64]
    assert unresolved(lake, "football")["spelling"].to_list() == ["Nobody"]
    assert apply(lake, "football", HEADER + LINE, "mine.csv").lines == ()


def test_a_line_with_an_unknown_id_changes_nothing(lake: Lake) -> None:
    with pytest.raises(SettingsInvalid, match="eng-nowhere"):
        apply(lake, "football", HEADER + LINE + "vendor,E0,Nobody,eng-nowhere,\n", "mine.csv")
    assert not (lake.root / "aliases").exists()
    assert lake.table("silver.football.parsed_payloads").rows() == 2


def test_the_commands_list_apply_and_count(lake: Lake, tmp_path: Path) -> None:
    file, out = tmp_path / "mine.csv", tmp_path / "out.json"
    file.write_text(HEADER + LINE, encoding="utf-8")
    told = ["--lake", str(lake.root), "--json", str(out)]
    for command in (["list"], ["coverage"], ["apply", str(file)]):
        assert CliRunner().invoke(app, ["names", *command, *told], catch_exceptions=False).exit_code == 0
    assert json.loads(out.read_text())["payloads"] == ["a" * 64]
    listed = CliRunner().invoke(app, ["names", "list", "--lake", str(lake.root)], catch_exceptions=False)
    assert "vendor,E0,Nobody,," in listed.output


def test_an_empty_lake_has_nothing_unresolved(tmp_path: Path) -> None:
    for sport in ("football", "basketball"):
        assert unresolved(Lake(tmp_path), sport).is_empty()
        assert coverage(Lake(tmp_path), sport).is_empty()
