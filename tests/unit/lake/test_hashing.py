"""Two tables are identical when their rows are, whatever wrote them and when."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from lake.contracts.model import Column, Contract
from lake.hashing import content_hash
from tests.unit.lake.trial import KNOWN, PRICES, one_each, open_table, prices, rows

WEEKEND = rows(
    [
        {"match_id": "Leeds v Derby", "season_code": "2022-23", "price_odds_dec": 1.95, "goals": 3},
        {"match_id": "Hull v Stoke", "price_odds_dec": 2.6, "goals": None},
        {"match_id": "Bury v York", "price_odds_dec": 4.1, "goals": 0},
    ]
)
NOTES = Contract(
    "silver.trial.notes",
    1,
    "tests",
    "one note",
    ("author",),
    (),
    (Column("author", "string", "Who."), Column("note", "string", "What.", nullable=True)),
)


def note(author: str, text: str | None) -> pl.DataFrame:
    return pl.DataFrame({"author": [author], "note": [text]}, schema=NOTES.schema)


def test_the_order_of_rows_and_of_columns_does_not_matter() -> None:
    shuffled = WEEKEND.reverse().select(reversed(WEEKEND.columns))
    assert content_hash(shuffled, PRICES) == content_hash(WEEKEND, PRICES)


def test_the_time_of_writing_does_not_matter() -> None:
    later = WEEKEND.with_columns(ingested_at_utc=pl.lit(KNOWN + timedelta(days=9)))
    assert content_hash(later, PRICES) == content_hash(WEEKEND, PRICES)


@pytest.mark.parametrize(
    ("column", "value"),
    [("match_id", "Bury v  York"), ("season_code", "2024-25"), ("price_odds_dec", float(np.nextafter(4.1, 5.0)))]
    + [("goals", 1), ("goals", None), ("known_at_utc", KNOWN + timedelta(microseconds=1))],
)
def test_one_changed_cell_shows(column: str, value: object) -> None:
    change = (
        pl.when(pl.col("match_id") == "Bury v York").then(pl.lit(value, dtype=PRICES.schema[column])).otherwise(column)
    )
    assert content_hash(WEEKEND.with_columns(change.alias(column)), PRICES) != content_hash(WEEKEND, PRICES)


def test_two_cells_that_change_places_show() -> None:
    swapped = WEEKEND.with_columns(pl.col("goals").reverse())
    assert content_hash(swapped, PRICES) != content_hash(WEEKEND, PRICES)


def test_a_row_more_and_a_row_twice_show() -> None:
    once, twice = prices("Leeds v Derby"), prices("Leeds v Derby", "Leeds v Derby")
    assert len({content_hash(frame, PRICES) for frame in (once, twice, pl.concat([once, prices("Hull v Stoke")]))}) == 3


def test_a_frame_and_the_files_that_hold_it_agree_whatever_their_layout(tmp_path: Path) -> None:
    together, apart = open_table(tmp_path / "together"), open_table(tmp_path / "apart")
    together.append(WEEKEND, commit_id="run-1")
    for turn, row in enumerate(WEEKEND.reverse().iter_slices(1)):
        apart.append(row, commit_id=f"run-{turn}")
    assert len(together.files()) < len(apart.files())
    assert together.content_hash() == apart.content_hash() == content_hash(WEEKEND, PRICES)
    apart.compact(retention_hours=0)
    assert apart.content_hash() == content_hash(WEEKEND, PRICES)


def test_a_table_without_rows_is_equal_to_any_other_without_rows(tmp_path: Path) -> None:
    table = open_table(tmp_path)
    never_written = table.content_hash()
    table.replace(one_each())
    table.replace(PRICES.empty())
    assert table.content_hash() == never_written == content_hash(PRICES.empty(), PRICES)
    assert never_written != content_hash(WEEKEND, PRICES)


def test_the_hash_is_sixty_four_digits_and_the_same_in_every_process() -> None:
    golden = content_hash(prices("Leeds v Derby", price_odds_dec=1.95, goals=3), PRICES)
    assert golden == "c9421fd079f278fd21853fd63a74c42e1131604e2735b3eb3abfb82cc8cc79cf"


def test_zero_and_minus_zero_are_one_number() -> None:
    columns = (Column("k", "string", "Key."), Column("edge", "float", "Edge."), Column("on", "date", "Day."))
    contract = Contract("silver.trial.edges", 1, "tests", "one edge", ("k",), (), columns)
    plus, minus = (pl.DataFrame({"k": ["a"], "edge": [edge], "on": [date(2024, 5, 10)]}) for edge in (0.0, -0.0))
    assert content_hash(plus, contract) == content_hash(minus, contract)


@pytest.mark.parametrize(
    ("one", "other"),
    [(note("a", "b"), note("b", "a")), (note("a", None), note("a", "")), (note("a", ""), note("", "a"))]
    + [(note("a\x1fb", "c"), note("a", "b\x1fc")), (note("a", None), note("a", "\x00"))],
    ids=["swapped", "none or empty", "empty left or right", "the separator in a cell", "the mark of null in a cell"],
)
def test_no_two_different_rows_read_the_same(one: pl.DataFrame, other: pl.DataFrame) -> None:
    assert content_hash(one, NOTES) != content_hash(other, NOTES)
