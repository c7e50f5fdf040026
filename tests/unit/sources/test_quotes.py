"""Prices and lines of single rows: what is read, what is refused and why (invented payloads)."""

from __future__ import annotations

import polars as pl
import pytest

from sources.base import Parsed
from tests.unit.sources.vendor import ABROAD, file, finished, prices, read, read_rows, reasons, row

HANDICAP = {"AHh": "-0.25", "B365AHH": "1.95", "B365AHA": "1.93"}


def _handicap(line: str) -> Parsed:
    return read_rows(row(HANDICAP | {"AHh": line}))


def _lines(parsed: Parsed) -> set[float]:
    return set(parsed.rows["odds_quotes"].filter(market="asian_handicap")["line"])


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ("-0.25", -0.25),
        ("0", 0.0),
        ("+0.75", 0.75),
        ("-1,-1.5", -1.25),
        ("0,+0.5", 0.25),
        ("-0.5, -1", -0.75),
        ("0, -0.5", -0.25),
        ("2", 2.0),
    ],
)
def test_a_handicap_is_one_line_or_a_pair_whose_middle_is_meant(written: str, line: float) -> None:
    parsed = _handicap(written)
    assert _lines(parsed) == {line}
    assert reasons(parsed, "odds_quotes") == []


@pytest.mark.parametrize("written", ["", "evens", "0.3", "-0.125", "nan", "inf", "-1,", "1,2,3", "--1"])
def test_a_handicap_without_a_readable_quarter_line_is_refused(written: str) -> None:
    parsed = _handicap(written)
    assert _lines(parsed) == set()
    assert reasons(parsed, "odds_quotes") == [
        ("no_line", f"{column} has no readable line on a quarter.") for column in ("B365AHH", "B365AHA")
    ]


@pytest.mark.parametrize("written", ["-0,25", "0,75", "-1,3", "-1,x", "1,-1"])
def test_two_numbers_that_are_no_neighbouring_half_lines_are_no_pair(written: str) -> None:
    """A decimal comma (`-0,25`) would otherwise become the line 12.5."""
    parsed = _handicap(written)
    assert _lines(parsed) == set()
    assert {reason for reason, _ in reasons(parsed, "odds_quotes")} == {"no_line"}


@pytest.mark.parametrize("written", ["1e300", "-1e300", "1e19", "-225", "500"])
def test_a_handicap_beyond_all_sense_breaks_nothing(written: str) -> None:
    parsed = _handicap(written)
    assert len(finished(parsed)) == 1
    assert prices(parsed)["bet365", "opening", "1x2", "home", None] == 2.1


def test_books_with_their_own_handicap_lines_keep_them_apart() -> None:
    own = {"GBAHH": "1.9", "GBAHA": "1.95", "GBAH": "-0.25", "LBAHH": "2.3", "LBAHA": "1.6", "LBAH": "-0.75"}
    found = prices(read_rows(row(HANDICAP | own)))
    assert found["gamebookers", "opening", "asian_handicap", "home", -0.25] == 1.9
    assert found["ladbrokes", "opening", "asian_handicap", "away", -0.75] == 1.6
    assert found["bet365", "opening", "asian_handicap", "home", -0.25] == 1.95


@pytest.mark.parametrize(
    "written", ["-2.1", "0", "1.0", "1", "0.42", "evens", "2,10", "nan", "inf", "1002", "1e400", "7/2"]
)
def test_what_is_no_decimal_price_is_refused_alone(written: str) -> None:
    parsed = read_rows(row(B365H=written))
    assert reasons(parsed, "odds_quotes") == [
        ("impossible_price", f"B365H is '{written}', which is no decimal price above 1.")
    ]
    refused = parsed.refused["odds_quotes"]
    assert refused.select("column", "row_number").rows() == [("B365H", 2)]
    assert "Alderwick,Brackmoor" in refused["row_text"].item()
    assert set(parsed.rows["odds_quotes"]["column"]) == {"B365D", "B365A"}
    assert len(finished(parsed)) == 1


@pytest.mark.parametrize(("written", "price"), [("1.01", 1.01), ("1001", 1001.0), ("21", 21.0), ("2.10", 2.1)])
def test_the_lowest_and_the_highest_price_are_read(written: str, price: float) -> None:
    assert prices(read_rows(row(B365H=written)))["bet365", "opening", "1x2", "home", None] == price


def test_an_empty_price_is_neither_read_nor_refused() -> None:
    parsed = read_rows(row(B365H=""))
    assert set(parsed.rows["odds_quotes"]["column"]) == {"B365D", "B365A"}
    assert reasons(parsed, "odds_quotes") == []


def test_the_slip_b36ca_of_the_extra_files_is_bet365s_closing_away_price() -> None:
    parsed = read(file(ABROAD), "USA", endpoint="extra_file")
    assert prices(parsed) == {
        ("pinnacle", "closing", "1x2", "home", None): 2.06,
        ("pinnacle", "closing", "1x2", "draw", None): 3.4,
        ("pinnacle", "closing", "1x2", "away", None): 4.11,
        ("bet365", "closing", "1x2", "home", None): 2.0,
        ("bet365", "closing", "1x2", "draw", None): 3.3,
        ("bet365", "closing", "1x2", "away", None): 4.0,
    }


def _with_cells(text: str, at: int | None = None, cells: int = 12) -> bytes:
    """A file whose second row has more cells than its header: at the end, or pushed in at a place."""
    header, first, second, _ = file(row(), row(HomeTeam="Corvale")).decode().split("\r\n")
    values = second.split(",")
    place = len(values) if at is None else at
    values[place:place] = [text] * cells
    return f"{header}\r\n{first}\r\n{','.join(values)}\r\n".encode()


def test_cells_beyond_the_header_are_refused_and_the_prices_below_it_kept() -> None:
    parsed = read(_with_cells("1.95"))
    (fault,) = reasons(parsed, "odds_quotes")
    assert fault == (
        "surplus_cells",
        "30 cells under 18 headers: the cells beyond the header have no name and were not read.",
    )
    assert parsed.refused["odds_quotes"]["row_number"].to_list() == [3]
    assert len(parsed.rows["odds_quotes"]) == 6
    assert len(finished(parsed)) == 2


def test_a_row_whose_cells_are_pushed_aside_gives_no_price() -> None:
    parsed = read(_with_cells("17", at=15))
    ((reason, detail),) = reasons(parsed, "odds_quotes")
    assert (reason, "30 cells under 18 headers" in detail) == ("surplus_cells", True)
    assert set(parsed.rows["odds_quotes"]["row_number"]) == {2}


def test_a_misaligned_row_is_read_or_not_as_its_message_says() -> None:
    parsed = read(_with_cells("17", at=15))
    ((_, detail),) = reasons(parsed, "odds_quotes")
    claims_nothing_was_read = "none of the row was read" in detail
    read_rows_of_matches = finished(parsed)["match_id"].str.contains("corvale").any()
    assert claims_nothing_was_read != read_rows_of_matches


def test_empty_cells_beyond_the_header_are_no_fault() -> None:
    parsed = read(_with_cells(""))
    assert reasons(parsed, "odds_quotes") == []
    assert len(parsed.rows["odds_quotes"]) == 6


def test_a_row_of_131_cells_under_119_headers_costs_no_other_row() -> None:
    names = [f"N{number}" for number in range(119 - 18)]
    rows = [row(dict.fromkeys(names, "7"), HomeTeam=home) for home in ("Alderwick", "Corvale", "Dunmarsh")]
    header, first, second, third, _ = file(*rows).decode().split("\r\n")
    body = "\r\n".join([header, first, second + ",7" * 12, third, ""])
    parsed = read(body.encode())
    assert [detail[:26] for _, detail in reasons(parsed, "odds_quotes")] == ["131 cells under 119 header"]
    assert len(finished(parsed)) == 3
    assert len(parsed.rows["odds_quotes"]) == 9


def test_surplus_cells_without_any_named_book_break_nothing() -> None:
    body = b"Div,Date,HomeTeam,AwayTeam,FTHG,FTAG\nE0,12/08/2023,Alderwick,Brackmoor,1,0,7,7\n"
    assert {reason for reason, _ in reasons(read(body), "odds_quotes")} == {"surplus_cells"}


def test_each_selection_of_each_match_has_its_own_key() -> None:
    rows = [row(HANDICAP | {"B365>2.5": "1.9", "B365<2.5": "2"}, HomeTeam=home) for home in ("Alderwick", "Corvale")]
    quotes = read_rows(*rows).rows["odds_quotes"]
    assert quotes["selection_key"].n_unique() == len(quotes) == 14
    assert quotes.select((pl.col("selection_key") >= 0).all()).item()
