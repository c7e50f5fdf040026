"""Whatever a vendor sends: the parser never raises, and every line of the file is read or refused, none is lost."""

from __future__ import annotations

import csv
import io

import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lake.conform import conform, with_optional
from lake.contracts.model import contract
from sources.base import Parsed
from tests.unit.sources.vendor import ABROAD, PLAYED, Row, clubs, file, read, reasons, row, scheduled, season

HEADERS = [*PLAYED, "", "AvgH", "H", "D", "A", "AHH", "AHA", "C>2.5", "XCH", "XCD", "XCA"]
ENDPOINTS = st.sampled_from(["season_file", "extra_file", "fixtures"])
LIGHT = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
# fmt: off
FULL: Row = row(
    {
        "Referee": "A Roe", "HF": "9", "HxG": "1.1", "AxG": "0.3", "AHh": "-0.25", "B365AHH": "1.9", "B365AHA": "1.95",
        "Season": "2023", "B365>2.5": "1.9", "B365CH": "2", "B365CD": "3", "B365CA": "4",
        "AvgH": "2", "AvgD": "3", "AvgA": "4",
    }
)
STRANGE = [
    "", " ", "0", "1", "-1", "1.0", "2.5", "31", "99", "1e9", "1e19", "1e300", "1e400", "-1e300", "nan", "-inf", "inf",
    "evens", "H", "A", "E1", "SC0", "?", "-", "+", "\x00", "\u200b", "\ufeff", "é", "ß", "ﬀ", "日本", "'", '"', "1,5",
    "12/08/2023", "12/08/23", "31/02/2024", "12/08/0001", "31/12/9999", "1/1/1", "//", "15:00", "25:00", "99:99", "1:5",
    "2023", "2023/2024", "0000", "9999", "Alderwick", "Brackmoor", "ALDERWICK", "x" * 5000,
]
# fmt: on


def _holds(parsed: Parsed, rows: int | None = None) -> None:
    """Every refused row says why, every accepted row fits its contract or is refused by it, and no line is lost."""
    for entity, refused in parsed.refused.items():
        assert all(reason and detail for reason, detail in reasons(parsed, entity)), (entity, reasons(parsed, entity))
        assert refused.is_empty() or refused["row_number"].null_count() == 0
    for entity, found in parsed.rows.items():
        lineage = {"source": "football_data", "bronze_sha256": "0" * 64, "ingested_at_utc": None}
        wanted = contract(f"silver.football.{entity}")
        typed = found.with_columns(pl.lit(value).alias(name) for name, value in lineage.items())
        judged = conform(with_optional(typed, wanted), wanted)
        assert len(judged.good) + len(judged.refused) == len(found)
    if rows is not None:
        whole = [reason for reason, _ in reasons(parsed)] == ["malformed_payload"]
        assert whole or len(scheduled(parsed)) + len(reasons(parsed)) == rows


@LIGHT
@given(st.binary(max_size=300), ENDPOINTS)
@example(b"\r", "season_file")
@example(b"\n\nDate,HomeTeam,AwayTeam", "season_file")
@example(b"\x00\xff\xfe", "fixtures")
@example(b"Date,HomeTeam,AwayTeam", "season_file")
def test_random_bytes_never_raise(body: bytes, endpoint: str) -> None:
    _holds(read(body, endpoint=endpoint))


@LIGHT
@given(st.text(alphabet=st.sampled_from("0123456789/.:,\"'\r\n HDAé<>-"), max_size=200), ENDPOINTS)
@example('12/08/2023,"a,b\r\n', "season_file")
@example("12/08/2023,a,b\r13/08/2023,a,b\n", "season_file")
def test_random_text_under_a_vendors_header_never_raises(text: str, endpoint: str) -> None:
    _holds(read(f"Date,HomeTeam,AwayTeam,B365H,B365D,B365A\r\n{text}".encode(), endpoint=endpoint))


@LIGHT
@given(st.lists(st.tuples(st.sampled_from(list(FULL)), st.sampled_from(STRANGE)), min_size=1, max_size=5))
@example([("HTHG", "3"), ("HTAG", "")])
@example([("HS", "nan")])
@example([("HS", "1e30")])
@example([("HxG", "inf")])
@example([("AHh", "1e300")])
@example([("Date", "31/12/9999")])
def test_strange_cells_cost_no_more_than_their_row(changes: list[tuple[str, str]]) -> None:
    good = row(FULL, HomeTeam="Corvale", AwayTeam="Dunmarsh")
    parsed = read(file(good, row({**FULL, **dict(changes)})))
    _holds(parsed, rows=2)
    assert "E0-2023-24-corvale-dunmarsh" in set(scheduled(parsed)["match_id"])


@LIGHT
@given(st.sampled_from(list(ABROAD)), st.sampled_from(STRANGE), st.sampled_from(["USA", "BRA", "JPN"]))
@example("Season", "", "USA")
def test_strange_cells_of_an_extra_file_cost_no_more_than_their_row(name: str, text: str, league: str) -> None:
    good = row(base=ABROAD, Home="Corvale")
    parsed = read(file(good, row({name: text}, base=ABROAD)), league, endpoint="extra_file")
    _holds(parsed, rows=2)
    assert parsed.teams.select(pl.all().null_count()).sum_horizontal().item() == 0


@LIGHT
@given(st.data())
def test_a_file_with_some_bytes_changed_loses_no_line(data: st.DataObject) -> None:
    body = bytearray(file(*(row(FULL, HomeTeam=name) for name in clubs(6))))
    places = [place for place in range(body.index(b"\n"), len(body)) if body[place] not in b"\r\n"]
    for place in data.draw(st.lists(st.sampled_from(places), min_size=1, max_size=4)):
        body[place] = data.draw(st.sampled_from(b",.:0 9x/-'\x80\xff\x00"))
    _holds(read(bytes(body)), rows=6)


@LIGHT
@given(st.integers(0, 3000))
def test_a_file_cut_anywhere_loses_no_line_before_the_cut(cut: int) -> None:
    body = file(*season(clubs(6)))[: cut + 120]
    complete = body.count(b"\n") - 1
    parsed = read(body)
    _holds(parsed)
    assert len(scheduled(parsed)) >= complete


@pytest.mark.parametrize(
    "name", ["_row", "column", "text", "zone", "country", "date", "team_id", "_played_at", "_earlier"]
)
def test_a_column_called_like_one_of_ours_breaks_nothing(name: str) -> None:
    assert len(scheduled(read(file(row({name: "7"}))))) == 1


@LIGHT
@given(st.lists(st.sampled_from(HEADERS), max_size=24))
@example(["HomeTeam", "AwayTeam"])
def test_a_header_in_any_order_with_any_columns_never_raises(header: list[str]) -> None:
    columns = ["Date", "HomeTeam", "AwayTeam", *header]
    text = io.StringIO()
    csv.writer(text).writerows([columns, [PLAYED.get(name, "2") for name in columns]])
    _holds(read(text.getvalue().encode()), rows=1)


@LIGHT
@given(st.lists(st.sampled_from(STRANGE), min_size=3, max_size=3), st.sampled_from(["B365", "Avg", "PS", "NB"]))
def test_every_filled_price_cell_is_read_or_refused(cells: list[str], book: str) -> None:
    body = file(row(dict(zip((f"{book}H", f"{book}D", f"{book}A"), cells, strict=True))))
    parsed = read(body)
    line = next(csv.DictReader(io.StringIO(body.decode(), newline="")))
    columns = {name for name in line if name[-1] in "HDA" and name[:-1] in (book, "B365")}
    filled = {name for name in columns if line[name].strip()}
    refused = parsed.refused["odds_quotes"]
    told = set() if refused.is_empty() else set(refused["column"])
    assert set(parsed.rows["odds_quotes"]["column"]) | told == filled
    assert not set(parsed.rows["odds_quotes"]["column"]) & told
