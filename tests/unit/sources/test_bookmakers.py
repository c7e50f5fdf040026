"""What the vendor's price columns mean: codes that come and go, the closing C, and whose handicap line it is."""

from __future__ import annotations

import pytest

from sources.football_data.bookmakers import PriceColumn, price_columns


def _meaning(*header: str) -> dict[str, PriceColumn]:
    return {found.column: found for found in price_columns(header)}


def _book_and_kind(column: str, *header: str) -> tuple[str, str]:
    found = _meaning(*header)[column]
    return found.bookmaker, found.quote_kind


def _outcomes(code: str) -> list[str]:
    return [code + side for side in "HDA"]


@pytest.mark.parametrize(
    ("code", "book", "kind"),
    [
        ("VC", "betvictor", "opening"),
        ("VCC", "betvictor", "closing"),
        ("B365", "bet365", "opening"),
        ("B365C", "bet365", "closing"),
        ("PS", "pinnacle", "opening"),
        ("PSC", "pinnacle", "closing"),
        ("BF", "betfair_sportsbook", "opening"),
        ("BFC", "betfair_sportsbook", "closing"),
        ("BFE", "betfair_exchange", "opening"),
        ("BFEC", "betfair_exchange", "closing"),
        ("BFD", "betfred", "opening"),
        ("BFDC", "betfred", "closing"),
        ("MaxC", "market_maximum", "closing"),
        ("AvgC", "market_average", "closing"),
        ("SYC", "stanleybet", "closing"),
    ],
)
def test_a_code_names_a_book_and_a_closing_c_its_kind(code: str, book: str, kind: str) -> None:
    assert _book_and_kind(f"{code}H", *_outcomes(code)) == (book, kind)


def test_vc_is_a_book_even_beside_a_book_called_v() -> None:
    assert _book_and_kind("VCH", *_outcomes("V"), *_outcomes("VC")) == ("betvictor", "opening")


def test_columns_are_given_in_the_order_of_the_header() -> None:
    header = ["Div", "B365>2.5", *_outcomes("BW"), "PAHH", "PAHA", *_outcomes("B365")]
    assert [found.column for found in price_columns(header)] == [name for name in header if name != "Div"]


@pytest.mark.parametrize(
    "name", ["FTHG", "HTHG", "HS", "AST", "HxG", "Bb1X2", "BbOU", "BbAH", "AHh", "AHCh", "_unnamed_3"]
)
def test_a_column_that_is_no_price_is_left_out(name: str) -> None:
    assert price_columns(["Div", "FTHG", "FTAG", "FTR", "HTHG", "HTAG", "HTR", "HS", "AS", "HST", "AST", name]) == []


def test_an_unknown_book_is_read_under_its_own_code() -> None:
    found = _meaning(*_outcomes("NB"), "NB>2.5", "NB<2.5", "AHh", "NBAHH", "NBAHA")
    assert {(price.bookmaker, price.quote_kind, price.is_aggregate) for price in found.values()} == {
        ("nb", "opening", False)
    }
    assert len(found) == 7


def test_two_columns_of_three_make_no_match_result() -> None:
    assert price_columns(["NBH", "NBD"]) == []


@pytest.mark.parametrize("column", ["NBCH", "NBC>2.5", "NBC<2.5", "NBCAHH"])
def test_the_closing_price_of_an_unknown_book_is_never_called_an_opening_price(column: str) -> None:
    opening = [*_outcomes("NB"), "NB>2.5", "NB<2.5", "AHh", "NBAHH", "NBAHA"]
    closing = [*_outcomes("NBC"), "NBC>2.5", "NBC<2.5", "AHCh", "NBCAHH", "NBCAHA"]
    assert _book_and_kind(column, *opening, *closing) == ("nb", "closing")


def test_an_unknown_book_that_has_only_closing_columns_in_a_closing_file_is_closing() -> None:
    """Files of extra countries hold closing prices only; called opening, they would be known a day too early."""
    header = [*_outcomes("PSC"), *_outcomes("MaxC"), *_outcomes("AvgC"), *_outcomes("NBC")]
    assert _book_and_kind("NBCH", *header) == ("nb", "closing")


@pytest.mark.parametrize(
    ("column", "line_column"),
    [
        ("GBAHH", "GBAH"),
        ("LBAHA", "LBAH"),
        ("B365AHH", "B365AH"),
        ("PAHH", "AHh"),
        ("BbMxAHH", "AHh"),
        ("PCAHA", "AHCh"),
        ("B365CAHH", "AHCh"),
        ("MaxCAHH", "AHCh"),
    ],
)
def test_a_handicap_price_takes_its_books_own_line_else_that_of_its_moment(column: str, line_column: str) -> None:
    codes = ("GB", "LB", "B365", "P", "BbMx", "PC", "B365C", "MaxC")
    header = ["GBAH", "LBAH", "B365AH", "AHh", "AHCh", *(f"{code}AH{side}" for code in codes for side in "HA")]
    assert _meaning(*header)[column].line_column == line_column


def test_the_betbrain_line_serves_where_there_is_no_other() -> None:
    assert _meaning("BbAHh", "BbMxAHH", "BbMxAHA")["BbMxAHA"].line_column == "BbAHh"


def test_a_handicap_price_without_any_line_column_has_none() -> None:
    assert _meaning("PAHH", "PAHA")["PAHH"].line_column is None


def test_a_closing_handicap_price_never_takes_the_opening_line() -> None:
    assert _meaning("AHh", "PAHH", "PAHA", "PCAHH", "PCAHA")["PCAHH"].line_column is None


@pytest.mark.parametrize(("name", "line"), [("B365>2.5", 2.5), ("B365>1.5", 1.5), ("BbMx<3.5", 3.5), ("PC>0.5", 0.5)])
def test_the_line_of_a_total_stands_in_its_columns_name(name: str, line: float) -> None:
    found = _meaning(name)[name]
    assert (found.market, found.selection, found.line) == ("totals", "over" if ">" in name else "under", line)
