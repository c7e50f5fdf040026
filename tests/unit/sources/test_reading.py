"""Bytes become rows whatever the vendor's encoding, line ends, blank rows and header slips (invented payloads)."""

from __future__ import annotations

import pytest

from core.errors import PayloadMalformed
from sources.base import Parsed
from sources.football_data.reading import read_sheet
from tests.unit.sources.vendor import PLAYED, file, finished, read, read_rows, reasons, row, scheduled

ACCENTED = row(HomeTeam="Peñalvar", AwayTeam="Côte Brune")


@pytest.mark.parametrize("end", ["\r\n", "\n"], ids=["CR LF", "LF"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1252"])
def test_every_encoding_and_line_end_gives_the_same_match(encoding: str, end: str) -> None:
    parsed = read(file(ACCENTED, end=end, encoding=encoding))
    assert finished(parsed)["match_id"].to_list() == ["E0-2023-24-penalvar-cote-brune"]
    assert reasons(parsed) == []


def test_lone_carriage_returns_end_lines_too() -> None:
    assert len(finished(read(file(row(), row(Date="13/08/2023"), end="\r")))) == 2


@pytest.mark.parametrize("endpoint", ["season_file", "fixtures"])
def test_a_byte_order_mark_before_windows_1252_text_hides_no_column(endpoint: str) -> None:
    body = b"\xef\xbb\xbf" + file(ACCENTED, encoding="windows-1252")
    assert read_sheet(body).header[0] == "Div"
    assert len(scheduled(read(body, endpoint=endpoint))) == 1


def test_blank_rows_are_no_rows_and_row_numbers_are_those_of_the_file() -> None:
    lines = file(row(), row(HomeTeam="Corvale")).decode().split("\r\n")
    commas = "," * (len(PLAYED) - 1)
    body = "\r\n".join([lines[0], "", lines[1], commas, " ,  ,", lines[2], commas, ""])
    assert read_sheet(body.encode()).rows["row_number"].to_list() == [3, 6]


def test_blanks_around_cells_do_not_count() -> None:
    sheet = read_sheet(file(row(HomeTeam="  Alderwick ", B365H=" 2.1")))
    assert sheet.rows.select("HomeTeam", "B365H").row(0) == ("Alderwick", "2.1")


def test_a_row_shorter_than_the_header_lacks_its_last_cells_only() -> None:
    header, line, _ = file(row()).decode().split("\r\n")
    parsed = read(f"{header}\r\n{line.rsplit(',', 2)[0]}\r\n".encode())
    assert parsed.rows["odds_quotes"]["column"].to_list() == ["B365H"]
    assert len(finished(parsed)) == 1


def test_unnamed_and_repeated_columns_are_passed_over() -> None:
    header = ["", *PLAYED, "", "B365H", ""]
    body = (",".join(header) + "\n" + ",".join(["x", *PLAYED.values(), "y", "9.9", "z"]) + "\n").encode()
    parsed = read(body)
    assert parsed.rows["odds_quotes"].filter(column="B365H")["price_odds_dec"].to_list() == [2.1]
    assert len(finished(parsed)) == 1


def test_a_header_in_quotes_is_read() -> None:
    header, line, _ = file(row()).decode().split("\r\n")
    quoted = ",".join(f'"{name}"' for name in header.split(","))
    assert len(finished(read(f"{quoted}\n{line}\n".encode()))) == 1


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "empty"),
        (b"\r\n \r\n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"<!DOCTYPE html><html><body>Maintenance</body></html>", "HTML"),
        (b"\xef\xbb\xbf\r\n  <html>Error</html>", "HTML"),
        (b'{"error": "quota"}', "lacks Date, HomeTeam, AwayTeam"),
        (b"Div,Date,HomeTeam\r\nE0,12/08/2023,Alderwick\r\n", "lacks AwayTeam"),
        (b"Div;Date;HomeTeam;AwayTeam\r\n", "lacks Date"),
        (b"Div,Date,HomeTe", "lacks HomeTeam, AwayTeam"),
    ],
)
def test_what_is_no_table_of_matches_is_refused_and_says_why(body: bytes, says: str) -> None:
    with pytest.raises(PayloadMalformed, match=says):
        read_sheet(body)
    parsed = read(body)
    assert parsed.rows == {}
    ((reason, detail),) = reasons(parsed)
    assert (reason, says in detail) == ("malformed_payload", True)
    assert parsed.refused["matches"]["row_number"].to_list() == [0]


def test_a_file_of_no_matches_yet_is_no_fault() -> None:
    parsed = read(file(header=list(PLAYED)))
    assert {entity: len(rows) for entity, rows in parsed.rows.items()} == dict.fromkeys(parsed.rows, 0)
    assert reasons(parsed) == []


def test_a_file_without_any_price_gives_its_matches() -> None:
    columns = [name for name in PLAYED if not name.startswith("B365")]
    parsed = read_rows(PLAYED, header=columns)
    assert len(finished(parsed)) == 1
    assert parsed.rows["odds_quotes"].is_empty()


def test_a_file_whose_only_prices_are_averages_gives_them() -> None:
    parsed = read_rows(row(AvgH="2", AvgD="3", AvgA="4"), header=[*list(PLAYED)[:11], "AvgH", "AvgD", "AvgA"])
    assert parsed.rows["odds_quotes"].select("bookmaker", "is_aggregate").unique().rows() == [("market_average", True)]


def test_a_cell_may_hold_a_comma_a_quote_and_a_line_end() -> None:
    parsed = read(file(row(Referee='J "Jay" Doe,\nJr'), row(HomeTeam="Corvale", Referee="A Roe")))
    assert finished(parsed)["referee"].to_list() == ['J "Jay" Doe,\nJr', "A Roe"]


def _told(parsed: Parsed) -> int:
    """Lines that were read or refused; all of them where the payload was refused as a whole."""
    whole = [reason for reason, _ in reasons(parsed)] == ["malformed_payload"]
    return 10**6 if whole else len(scheduled(parsed)) + len(reasons(parsed))


def test_a_quote_that_is_never_closed_swallows_no_row_in_silence() -> None:
    rows = [row(HomeTeam=name, Referee="A Roe") for name in ("Alderwick", "Corvale", "Dunmarsh", "Eastholm")]
    lines = file(*rows).decode().split("\r\n")
    lines[2] = lines[2].replace("A Roe", '"A Roe')
    assert _told(read("\r\n".join(lines).encode())) >= 4


def test_a_quote_that_is_never_closed_in_a_long_file_breaks_nothing() -> None:
    line = file(row()).decode().split("\r\n")[1]
    body = file(row(HomeTeam="Q")).decode().replace(",Q,", ',"Q,') + f"{line}\r\n" * 2000
    assert _told(read(body.encode())) >= 2001
