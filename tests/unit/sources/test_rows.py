"""What readers of JSON share: documents, values, prices and refused rows. All values are invented."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from core.errors import PayloadMalformed
from lake.conform import DETAIL, REASON
from sources import rows
from sources.rows import Refused


@pytest.mark.parametrize("body", [b"", b"  ", b"<html>busy</html>", b'{"a": [1, 2', b"\xff\xfe", b"[" * 3000])
def test_what_is_no_document_is_malformed(body: bytes) -> None:
    with pytest.raises(PayloadMalformed):
        rows.document(body)


def test_a_byte_order_mark_is_no_part_of_a_document() -> None:
    assert rows.document(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


def test_values_of_a_wrong_type_are_null() -> None:
    assert [rows.number(value) for value in (1, 2.5, True, "3", None, float("nan"))] == [
        1.0,
        2.5,
        None,
        None,
        None,
        None,
    ]
    assert [rows.whole(value) for value in (3.0, "3", 2.5, True, "x", 1e300)] == [3, 3, None, None, None, None]
    assert [rows.text(value) for value in (" a ", "", 1)] == ["a", None, None]


def test_times_become_utc() -> None:
    assert rows.moment("2024-03-01T12:00:00+02:00") == datetime(2024, 3, 1, 10, tzinfo=UTC)
    assert rows.moment("2024-03-01T12:00:00Z") == datetime(2024, 3, 1, 12, tzinfo=UTC)
    assert rows.moment("yesterday") is None
    assert rows.moment(5) is None


def test_american_prices_become_decimal_and_others_null() -> None:
    told = pl.DataFrame({"a": [150.0, -200.0, 100.0, -110.0, 0.0, 2.5]}).select(rows.decimal_odds(pl.col("a")))
    assert told.to_series().to_list() == [2.5, 1.5, 2.0, 1.909091, None, None]


def test_refused_rows_show_the_item_cut_short() -> None:
    frame = rows.refused_rows([Refused(3, "wrong_type", "No.", {"text": "x" * 9_000})])
    assert frame.columns == list(rows.REFUSED)
    assert frame.item(0, rows.ROW) == 3
    assert len(frame.item(0, rows.TEXT)) == rows.TEXT_LIMIT


def test_an_item_nested_too_deeply_is_refused_all_the_same() -> None:
    item: list[object] = []
    for _ in range(600):
        item = [item]
    assert rows.item_text(item) == "nested too deeply to show"


def test_the_first_fault_of_a_row_is_its_reason() -> None:
    frame = pl.DataFrame({"price": [0.5, 2.0], "row_number": [1, 2]}).with_columns(
        rows.first_fault([
            ("impossible_price", pl.col("price") <= 1, pl.format("{} is no price.", "price")),
            ("anything", pl.col("price") < 1.5, pl.lit("Never told.")),
        ])
    )  # fmt: skip
    bad = rows.refused_of(frame, ["price"])
    assert bad.select(REASON, DETAIL, rows.TEXT).rows() == [("impossible_price", "0.5 is no price.", '{"price":0.5}')]
    assert rows.accepted_of(frame)["price"].to_list() == [2.0]
