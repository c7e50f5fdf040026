"""From a sheet's matches to prices: every book, opening and closing, aggregates marked, impossible prices refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import polars as pl

from core.market.odds import MAX_ODDS_DEC
from lake.conform import DETAIL, REASON
from lake.keys import with_selection_key
from sources.football_data import times
from sources.football_data.bookmakers import PriceColumn, price_columns

MAX_LINE = 100.0
_PLAUSIBLE_OVERROUND = (0.80, 1.60)
_FACTS = (
    "match_id",
    "competition_id",
    "season_code",
    "event_at_utc",
    "date",
    "has_time",
    "zone",
    "row_number",
    "row_text",
)

_MEANING = {
    "column": pl.String,
    "market": pl.String,
    "selection": pl.String,
    "bookmaker": pl.String,
    "is_aggregate": pl.Boolean,
    "quote_kind": pl.String,
    "line": pl.Float64,
    "line_column": pl.String,
}


def quotes(rows: pl.DataFrame, header: Sequence[str], observed_at: pl.Expr | None) -> pl.DataFrame:
    """One row a price that the sheet holds; `_reason` and `_detail` are set where it cannot be one.

    `observed_at` is the capture's time where prices were seen live, None where the vendor's rule gives the time.
    """
    columns = price_columns(header)
    meanings = pl.DataFrame([asdict(column) for column in columns], schema=_MEANING)
    lines = sorted({column.line_column for column in columns if column.line_column})
    long = (
        rows.with_columns(_handicap(name).alias(name) for name in lines)
        .unpivot(
            [column.column for column in columns], index=[*_FACTS, *lines], variable_name="column", value_name="text"
        )
        .drop_nulls("text")
        .join(meanings, on="column", how="left", maintain_order="left")
    )
    priced = long.with_columns(
        pl.col("text").cast(pl.Float64, strict=False).alias("price_odds_dec"),
        _line(lines).alias("line"),
        *_known(observed_at),
    )
    judged = priced.with_columns(_fault().struct.unnest())
    without_line = pl.when(pl.col(REASON).is_null()).then("line").alias("line")
    return _without_clashes(with_selection_key(judged.with_columns(without_line)))


def _without_clashes(priced: pl.DataFrame) -> pl.DataFrame:
    """Refuse a second, different price of one book on one selection: two codes of one book may disagree."""
    one = ["selection_key", "bookmaker", "quote_kind"]
    clash = pl.col(REASON).is_null() & (pl.col("price_odds_dec") != pl.col("price_odds_dec").first().over(one))
    said = pl.format("{} is {}, but another column of {} says otherwise.", "column", "text", "bookmaker")
    return priced.with_columns(
        pl.when(clash).then(pl.lit("two_prices")).otherwise(REASON).alias(REASON),
        pl.when(clash).then(said).otherwise(DETAIL).alias(DETAIL),
    )


def misaligned(header: Sequence[str]) -> pl.Expr:
    """Whether the 1X2 prices of a row cannot stand under the header: most books' overround is impossible.

    Rows with more cells than the header keep their prices only where these still add up.
    """
    books: dict[tuple[str, str], list[PriceColumn]] = {}
    for column in price_columns(header):
        if column.market == "1x2" and not column.is_aggregate:
            books.setdefault((column.bookmaker, column.quote_kind), []).append(column)
    sums = [
        pl.sum_horizontal(1 / pl.col(c.column).cast(pl.Float64, strict=False) for c in book) for book in books.values()
    ]
    filled = [pl.all_horizontal(pl.col(c.column).is_not_null() for c in book) for book in books.values()]
    wrong = [full & ~overround.is_between(*_PLAUSIBLE_OVERROUND) for full, overround in zip(filled, sums, strict=True)]
    if not books:
        return pl.lit(False)
    return pl.sum_horizontal(wrong) * 2 > pl.sum_horizontal(filled)


def _handicap(column: str) -> pl.Expr:
    """`-0.25`, or a pair such as `-1,-1.5`, whose middle is the quarter line."""
    numbers = pl.col(column).str.split(",").list.eval(pl.element().str.strip_chars().cast(pl.Float64, strict=False))
    apart = (numbers.list.get(1, null_on_oob=True) - numbers.list.get(0)).abs()
    count = numbers.list.len()
    readable = (count == 1) | ((count == 2) & (apart == 0.5))
    middle = pl.when(readable).then(numbers.list.mean())
    return pl.when(middle.abs() < MAX_LINE).then(middle)


def _line(line_columns: Sequence[str]) -> pl.Expr:
    line = pl.col("line")
    for name in line_columns:
        line = pl.when(pl.col("line_column") == name).then(pl.col(name)).otherwise(line)
    return line


def _known(observed_at: pl.Expr | None) -> tuple[pl.Expr, pl.Expr]:
    if observed_at is not None:
        return observed_at.alias("known_at_utc"), pl.lit("observed").alias("known_at_basis")
    kickoff, closing = pl.col("event_at_utc"), pl.col("quote_kind") == "closing"
    at_close = times.closing_known_at(kickoff, pl.col("date"), pl.col("has_time"), pl.col("zone"))
    known = pl.when(closing).then(at_close).otherwise(times.opening_known_at(kickoff))
    basis = pl.when(closing & ~pl.col("has_time")).then(pl.lit("date_only")).otherwise(pl.lit("rule"))
    return known.alias("known_at_utc"), basis.alias("known_at_basis")


def _fault() -> pl.Expr:
    price, needs_line = pl.col("price_odds_dec"), pl.col("market") != "1x2"
    bad_price = price.is_null() | (price <= 1.0) | (price > MAX_ODDS_DEC)
    off_grid = (pl.col("line") * 4 - (pl.col("line") * 4).round()).abs() > 1e-9
    bad_line = needs_line & (pl.col("line").is_null() | off_grid)
    reason = pl.when(bad_price).then(pl.lit("impossible_price")).when(bad_line).then(pl.lit("no_line"))
    detail = (
        pl.when(bad_price)
        .then(pl.format("{} is '{}', which is no decimal price above 1.", "column", "text"))
        .when(bad_line)
        .then(pl.format("{} has no readable line on a quarter.", "column"))
    )
    return pl.struct(reason.alias(REASON), detail.alias(DETAIL))
