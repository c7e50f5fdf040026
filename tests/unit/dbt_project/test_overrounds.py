"""The history of margins: what each book's prices add up to, month by month, on invented quotes."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import duckdb
import polars as pl
import pytest
from jinja2 import Template

import dbt_project
from lake.contracts.model import contract

MODEL = Path(next(iter(dbt_project.__path__))) / "models" / "football" / "marts" / "fct_overrounds.sql"
SIDES = {"match": ("home", "draw", "away"), "total": ("over", "under"), "handicap": ("home", "away")}


def quotes(kind: str, *rows: tuple[str, str, datetime, float, tuple[float, ...]]) -> pl.DataFrame:
    """Match, book, when told, line, prices."""
    table = contract(f"gold.football.fct_{kind}_prices")
    odds = [f"{side}_odds_dec" for side in SIDES[kind]]
    told = [
        {"match_id": match, "competition_id": "E0", "season_code": "2023-24", "bookmaker": book, "is_aggregate": False,
         "quote_kind": "observed", "known_at_utc": at, "line": line, **dict(zip(odds, prices, strict=True))}
        for match, book, at, line, prices in rows
    ]  # fmt: skip
    return pl.DataFrame(told, schema=table.schema)


def built(match: pl.DataFrame, total: pl.DataFrame | None = None, handicap: pl.DataFrame | None = None) -> pl.DataFrame:
    """The model's rows."""
    tables = {
        "fct_match_prices": match,
        "fct_total_prices": quotes("total") if total is None else total,
        "fct_handicap_prices": quotes("handicap") if handicap is None else handicap,
    }
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'Asia/Tokyo'")
        for name, frame in tables.items():
            connection.register(name, frame.to_arrow())
        sql = Template(MODEL.read_text(encoding="utf-8")).render(ref=lambda name: name)
        return connection.execute(sql).pl().sort("market", "bookmaker", "told_in_month")


def at(month: int, day: int, hour: int = 17) -> datetime:
    return datetime(2024, month, day, hour, tzinfo=UTC)


def test_the_margin_is_the_sum_of_reciprocal_prices_less_one() -> None:
    books = [(2.0, 4.0, 4.0), (1.9, 3.8, 3.9), (1.5, 4.2, 6.0)]
    found = built(quotes("match", *((f"m{n}", "bwin", at(1, n + 1), 0.0, odds) for n, odds in enumerate(books))))
    margins = [sum(1 / price for price in odds) - 1 for odds in books]
    row = found.row(0, named=True)
    assert (row["market"], row["told_in_month"], row["markets_count"]) == ("1x2", "2024-01", 3)
    assert row["mean_overround"] == pytest.approx(sum(margins) / 3, abs=1e-9)
    assert row["median_overround"] == pytest.approx(median(margins), abs=1e-12)


def test_a_quote_that_was_replaced_in_the_month_does_not_count_twice() -> None:
    found = built(quotes("match", ("m1", "bwin", at(1, 5), 0.0, (2.0,) * 3), ("m1", "bwin", at(1, 6), 0.0, (3.0,) * 3)))
    assert found.select("markets_count", "mean_overround").rows() == [(1, pytest.approx(0.0, abs=1e-9))]
    assert found["known_at_utc"].to_list() == [at(1, 6)]


def test_months_are_those_of_utc_wherever_the_database_stands() -> None:
    found = built(
        quotes("match", ("m1", "bwin", at(1, 31, 23), 0.0, (3.0,) * 3), ("m2", "bwin", at(2, 1, 0), 0.0, (3.0,) * 3))
    )
    assert found["told_in_month"].to_list() == ["2024-01", "2024-02"]


def test_every_line_of_totals_and_handicaps_is_a_market_of_its_own_book() -> None:
    total = quotes("total", ("m1", "bwin", at(1, 5), 2.5, (1.9, 1.9)), ("m1", "bwin", at(1, 5), 3.5, (3.0, 1.4)))
    handicap = quotes("handicap", ("m1", "bet365", at(1, 5), -0.5, (2.0, 2.0)))
    found = built(quotes("match"), total, handicap)
    assert found.select("market", "bookmaker", "markets_count").rows() == [
        ("asian_handicap", "bet365", 1), ("totals", "bwin", 2),
    ]  # fmt: skip


def test_the_columns_are_those_of_the_contract() -> None:
    assert set(built(quotes("match")).columns) == set(contract("gold.football.fct_overrounds").column_names)
