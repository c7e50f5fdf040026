"""From bytes to a frame of text: encoding, header, blank, short and overlong rows, whatever the vendor's generation."""

from __future__ import annotations

import codecs
import csv
import io
import re
from dataclasses import dataclass

import polars as pl

from core.errors import PayloadMalformed

ROW, CELLS, TEXT = "row_number", "cell_count", "row_text"
_RENAMED = {"Home": "HomeTeam", "Away": "AwayTeam", "HG": "FTHG", "AG": "FTAG", "Res": "FTR", "B36CA": "B365CA"}
_REQUIRED = ("Date", "HomeTeam", "AwayTeam")
_TEXT_LIMIT = 4_000
_VENDORS = re.compile(r"[A-Z0-9]")


@dataclass(frozen=True)
class Sheet:
    """A payload as text: `rows` has the header's columns as strings (null where empty), `row_number` (1 is the
    header), `cell_count` (up to the last filled cell) and `row_text`. `cut_off` says that the payload ends in the
    middle of a row.
    """

    header: tuple[str, ...]
    rows: pl.DataFrame
    cut_off: bool


def read_sheet(body: bytes) -> Sheet:
    """Read a CSV payload; raises PayloadMalformed for what is no table of matches at all."""
    text = _decode(body)
    if not text.strip():
        raise PayloadMalformed("The payload is empty.", "The vendor may be at work on it: it is tried again next run.")
    if text.lstrip()[:1] == "<":
        raise PayloadMalformed("The payload is an HTML page, not CSV.", "The vendor answered 200 with an error page.")
    lines = _lines(text)
    header = _header(lines[0])
    body_rows = [(number, row) for number, row in enumerate(lines[1:], start=2) if any(cell.strip() for cell in row)]
    cut_off = bool(body_rows) and not text.endswith(("\n", "\r")) and len(body_rows[-1][1]) < len(lines[0])
    return Sheet(header, _frame(header, body_rows), cut_off)


def _lines(text: str) -> list[list[str]]:
    """Rows of cells; where a quote is never closed, quotes are read as letters, so that no row is swallowed."""
    for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
        try:
            return list(csv.reader(io.StringIO(text, newline=None), quoting=quoting, strict=True))
        except csv.Error as error:
            fault = error
    raise PayloadMalformed(f"The payload cannot be cut into cells ({fault}).", "See docs/sources/football_data.md.")


def _decode(body: bytes) -> str:
    body = body.removeprefix(codecs.BOM_UTF8)
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("cp1252", errors="replace")


def _header(cells: list[str]) -> tuple[str, ...]:
    """Column names, the vendor's slips mended; an unnamed or repeated column gets a name nobody reads."""
    seen: set[str] = set()
    names = []
    for position, cell in enumerate(cells):
        name = _RENAMED.get(cell.strip(), cell.strip())
        names.append(name if _VENDORS.match(name) and name not in seen else f"_unnamed_{position}")
        seen.add(name)
    missing = [name for name in _REQUIRED if name not in seen]
    if missing:
        raise PayloadMalformed(f"The header lacks {', '.join(missing)}.", "See docs/sources/football_data.md.")
    return tuple(names)


def _frame(header: tuple[str, ...], rows: list[tuple[int, list[str]]]) -> pl.DataFrame:
    width = len(header)
    padded = [(cells + [""] * width)[:width] for _, cells in rows]
    columns = dict(zip(header, zip(*padded, strict=True), strict=True)) if rows else dict.fromkeys(header, ())
    frame = pl.DataFrame(columns, schema=dict.fromkeys(header, pl.String)).with_columns(pl.all().str.strip_chars())
    return frame.with_columns(pl.when(pl.all() != "").then(pl.all())).with_columns(
        pl.Series(ROW, [number for number, _ in rows], pl.Int64),
        pl.Series(CELLS, [_filled(cells) for _, cells in rows], pl.Int64),
        pl.Series(TEXT, [",".join(cells)[:_TEXT_LIMIT] for _, cells in rows], pl.String),
    )


def _filled(cells: list[str]) -> int:
    return max((position for position, cell in enumerate(cells, start=1) if cell.strip()), default=0)
