"""Append, replace and merge: what each leaves behind, and what each leaves alone."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest

from core.errors import ContractBroken
from lake.conform import require
from lake.storage import Table
from tests.unit.lake.trial import KNOWN, PRICES, SEASONS, matches_of, one_each, parquet_files, prices, rows


def goals_by_match(table: Table) -> dict[str, int | None]:
    return dict(table.read().select("match_id", "goals").iter_rows())


def test_an_append_under_the_same_commit_id_is_made_once(table: Table) -> None:
    first = table.append(prices("Leeds v Derby"), commit_id="run-1")
    again = table.append(prices("Leeds v Derby"), commit_id="run-1")
    assert (first.changed, again.changed) == (True, False)
    assert again.version == first.version
    assert matches_of(table) == ["Leeds v Derby"]
    assert table.has_commit("run-1")
    assert not table.has_commit("run-2")


def test_appends_under_different_ids_add_up(table: Table) -> None:
    table.append(prices("Leeds v Derby"), commit_id="run-1")
    table.append(prices("Hull v Stoke", "Bury v York"), commit_id="run-2")
    assert matches_of(table) == ["Bury v York", "Hull v Stoke", "Leeds v Derby"]
    assert table.rows() == 3


def test_appending_no_rows_makes_no_version(table: Table) -> None:
    before = table.append(prices("Leeds v Derby"), commit_id="run-1")
    assert table.append(PRICES.empty(), commit_id="run-2").version == before.version


def test_a_row_that_breaks_the_contract_stops_the_whole_append(table: Table) -> None:
    with pytest.raises(ContractBroken, match="price_odds_dec '1.0' is below"):
        table.append(prices("Leeds v Derby", "Hull v Stoke", price_odds_dec=1.0), commit_id="run-1")
    assert table.rows() == 0
    assert parquet_files(table) == set()


def test_a_table_equals_the_frame_that_was_written(table: Table) -> None:
    frame = pl.concat([one_each(goals=3), prices("Leeds v Derby", price_odds_dec=1.000001)])
    table.append(frame, commit_id="run-1")
    read = table.read().sort("match_id")
    assert read.equals(require(frame, PRICES).sort("match_id"))
    assert dict(read.schema) == dict(PRICES.schema)


def test_each_season_stands_in_a_folder_of_its_own(table: Table) -> None:
    table.append(one_each(), commit_id="run-1")
    assert {path.parent.name for path in parquet_files(table)} == {f"season_code={season}" for season in SEASONS}


def test_replacing_with_the_same_rows_makes_no_version_and_no_file(table: Table) -> None:
    before = table.replace(one_each(goals=1))
    files = parquet_files(table)
    again = table.replace(one_each(goals=1).reverse())
    assert (again.version, again.changed) == (before.version, False)
    assert parquet_files(table) == files


def test_a_new_time_of_writing_alone_is_no_change(table: Table) -> None:
    before = table.replace(one_each(goals=1))
    later = one_each(goals=1, ingested_at_utc=KNOWN + timedelta(days=1))
    assert table.replace(later) == type(before)(before.version, False)
    assert table.merge(later) == type(before)(before.version, False)


def test_only_the_season_that_changed_gets_a_new_file(table: Table) -> None:
    table.replace(one_each(goals=1))
    before = set(table.files())
    corrected = one_each(goals=1).with_columns(
        goals=pl.when(pl.col("season_code") == "2022-23").then(2).otherwise("goals")
    )
    assert table.replace(corrected).changed
    after = set(table.files())
    assert {file.split("season_code=")[1][:7] for file in before ^ after} == {"2022-23"}
    assert len(before - after) == len(after - before) == 1
    assert goals_by_match(table) == {"final 2021-22": 1, "final 2022-23": 2, "final 2023-24": 1}


def test_replacing_one_season_leaves_the_others_as_they_are(table: Table) -> None:
    table.replace(one_each(goals=1))
    table.replace(prices("play-off", season_code="2022-23", goals=5), pl.col("season_code") == "2022-23")
    assert goals_by_match(table) == {"final 2021-22": 1, "play-off": 5, "final 2023-24": 1}


def test_replacing_a_season_with_nothing_empties_it(table: Table) -> None:
    table.replace(one_each(goals=1))
    table.replace(PRICES.empty(), pl.col("season_code") == "2022-23")
    assert matches_of(table) == ["final 2021-22", "final 2023-24"]


def test_replacing_some_rows_keeps_those_of_which_nothing_can_be_said(table: Table) -> None:
    table.append(
        rows([{"match_id": "played", "goals": 5}, {"match_id": "not played yet", "goals": None}]), commit_id="run-1"
    )
    table.replace(prices("played", goals=6), pl.col("goals") > 3)
    assert goals_by_match(table) == {"played": 6, "not played yet": None}


def test_a_replacement_that_would_repeat_a_key_is_refused_and_changes_nothing(table: Table) -> None:
    table.replace(one_each(goals=1))
    with pytest.raises(ContractBroken, match="share a key"):
        table.replace(prices("final 2021-22", season_code="2022-23"), pl.col("season_code") == "2022-23")
    assert matches_of(table) == sorted(f"final {season}" for season in SEASONS)


def test_a_merge_updates_rows_of_a_known_key_and_adds_the_others(table: Table) -> None:
    table.merge(one_each(goals=1))
    table.merge(rows([{"match_id": "final 2023-24", "goals": 4}, {"match_id": "cup", "goals": 0}]))
    assert goals_by_match(table) == {"final 2021-22": 1, "final 2022-23": 1, "final 2023-24": 4, "cup": 0}


def test_a_merge_moves_a_row_from_one_season_to_another(table: Table) -> None:
    table.merge(one_each(goals=1))
    table.merge(prices("final 2021-22", season_code="2023-24"))
    assert table.read(pl.col("match_id") == "final 2021-22")["season_code"].to_list() == ["2023-24"]
    assert table.rows() == 3


def test_a_merge_that_says_nothing_new_makes_no_version(table: Table) -> None:
    before = table.merge(one_each(goals=1))
    assert table.merge(one_each(["2022-23"], goals=1)) == type(before)(before.version, False)


def test_a_merge_of_two_rows_of_one_key_is_refused(table: Table) -> None:
    with pytest.raises(ContractBroken, match="2 rows of silver.trial.prices share a key"):
        table.merge(prices("Leeds v Derby", "Leeds v Derby"))


def test_no_file_name_is_ever_used_twice(table: Table) -> None:
    seen: list[str] = []
    for turn in range(6):
        known = set(table.files())
        table.replace(one_each(goals=turn % 2))
        seen += set(table.files()) - known
    assert len(seen) == len(set(seen)) == 6 * len(SEASONS)
    assert {str(path) for path in parquet_files(table)} == set(seen)
