"""A sport that nobody has heard of goes through the whole house: priced, bet on, settled, and nothing twice."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.third_sport.house import CONTRACT_TESTS, archive, build, fairline, python

pytestmark = pytest.mark.slow
FIRST, SECOND = "2023-12-30T06:00:00Z", "2024-01-06T06:00:00Z"
SUBJECTS = ("first", "second", "again")
ABOUT_THE_RUN = "gold.desk.source_status"
"""Tells how long ago each vendor was asked."""


@dataclass(frozen=True)
class Season:
    """What the runs at FIRST, at SECOND and at SECOND again told, and the lake as they left it."""

    lake: Path
    told: Mapping[str, dict[str, Any]]

    def table(self, name: str) -> pl.DataFrame:
        """A table as it stands at the end."""
        return pl.read_delta(str(self.lake.joinpath(*name.split("."))))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The house with korfball in it."""
    return build(tmp_path_factory.mktemp("house") / "house")


@pytest.fixture(scope="module")
def season(house: Path, tmp_path_factory: pytest.TempPathFactory) -> Season:
    """Korfball's season, decided on twice and once more."""
    folder = tmp_path_factory.mktemp("korfball")
    papers, lake = archive(folder / "archive"), folder / "lake"
    usual = ("run", "--sport", "korfball", "--profile", "archive", "--archive", papers, "--lake", lake)
    told = {name: folder / f"{name}.json" for name in SUBJECTS}
    moments = zip(told.values(), (FIRST, SECOND, SECOND), strict=True)
    said = fairline(house, *((*usual, "--as-of", moment, "--json", file) for file, moment in moments))
    assert said.code == 0, said.text
    return Season(lake, {name: json.loads(file.read_text(encoding="utf-8")) for name, file in told.items()})


def test_the_house_finds_nothing_missing(house: Path) -> None:
    """Its own tests of contracts and catalogues, over korfball too."""
    said = python(house, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not slow", f"tests/{CONTRACT_TESTS}")
    assert said.code == 0, said.text
    assert "passed" in said.out


def test_every_coming_match_is_priced_and_some_are_bet_on(season: Season) -> None:
    for name in ("first", "second"):
        assert season.told[name]["matches_priced_by_sport"] == {"korfball": 4}
        assert season.told[name]["warnings"] == []
    tickets = season.told["first"]["tickets"]
    assert tickets
    assert {leg["sport"] for ticket in tickets for leg in ticket["legs"]} == {"korfball"}
    assert {leg["market"] for ticket in tickets for leg in ticket["legs"]} == {"moneyline"}


def test_both_winners_of_a_match_are_one_certainty(season: Season) -> None:
    fair = season.table("gold.korfball.fair_odds")
    sums = fair.group_by("match_id", "as_of_utc").agg(pl.col("prob").sum(), pl.len())
    assert sums["prob"].to_list() == pytest.approx([1.0] * 8)
    assert set(sums["len"]) == {2}


def test_tickets_are_settled_by_the_result_and_the_ledger_sums_to_nothing(season: Season) -> None:
    legs, results = season.table("gold.desk.ticket_legs"), season.table("gold.korfball.fct_results")
    settled = (
        season.table("gold.desk.settlements").join(legs, on="ticket_id").join(results, on="match_id", suffix="_of")
    )
    assert len(settled) == len(season.told["first"]["tickets"])
    winner = pl.when(pl.col("home_goals") > pl.col("away_goals")).then(pl.lit("home")).otherwise(pl.lit("away"))
    assert settled.select(((pl.col("outcome") == "won") == (pl.col("selection") == winner)).all()).item()
    assert season.table("gold.desk.ledger")["amount_minor"].sum() == 0


def test_a_second_run_changes_nothing(season: Season) -> None:
    second, again = season.told["second"], season.told["again"]
    assert again["tickets"] == second["tickets"]
    assert {name: table["content_hash"] for name, table in again["tables"].items() if name != ABOUT_THE_RUN} == {
        name: table["content_hash"] for name, table in second["tables"].items() if name != ABOUT_THE_RUN
    }
    written = {name for name, table in second["tables"].items() if table["rows"]}
    assert {name for name in second["tables"] if name.startswith(("silver.korf", "gold.korf"))} <= written


def test_nothing_was_refused(season: Season) -> None:
    counts = season.table("silver.korfball.parsed_payloads")
    assert counts["quarantined_rows"].sum() == 0
    assert counts.filter(entity="matches")["silver_rows"].to_list() == [112]
    assert len(season.table("gold.korfball.fct_results")) == 52
