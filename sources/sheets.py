"""From the bytes of a CSV file to rows of text; what its columns mean is the vendor's affair."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Sequence

import polars as pl

from core.errors import PayloadMalformed
from sources.rows import ROW, TEXT, TEXT_LIMIT, Refused

_WAY_OUT = "The vendor may have changed its format: see its page under docs/sources/."


def read(body: bytes, needed: Sequence[str]) -> tuple[pl.DataFrame, list[Refused]]:
    """The needed columns as text, blanks at the ends cut off and empty cells null, with `row_number` and `row_text`.

    Row 1 is the header. A row with more or fewer cells is refused as `wrong_cells`. Raises PayloadMalformed where the
    columns are not there.
    """
    header, lines = _cut(body)
    missing = [name for name in needed if name not in header]
    if missing or len(set(header)) < len(header):
        raise PayloadMalformed(f"The header lacks or repeats columns (lacking: {', '.join(missing)}).", _WAY_OUT)
    places = [header.index(name) for name in needed]
    rows, refused = [], []
    for number, cells in enumerate(lines, start=2):
        if len(cells) == len(header):
            rows.append((*(cells[place] for place in places), number, ",".join(cells)[:TEXT_LIMIT]))
        elif cells:
            fault = f"{len(cells)} cells stand under {len(header)} headers."
            refused.append(Refused(number, "wrong_cells", fault, cells))
    schema = dict.fromkeys(needed, pl.String()) | {ROW: pl.Int64(), TEXT: pl.String()}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    plain = pl.col(needed).str.strip_chars()
    return frame.with_columns(pl.when(plain != "").then(plain)), refused


def number(column: str) -> pl.Expr:
    """A cell as a finite number; null where it is none."""
    value = pl.col(column).cast(pl.Float64, strict=False)
    return pl.when(value.is_finite()).then(value)


def whole(column: str) -> pl.Expr:
    """A cell such as `3` or `3.0` as a whole number; null where it is none."""
    value = number(column)
    return pl.when((value == value.round()) & (value.abs() < 1e9)).then(value).cast(pl.Int64)


def _cut(body: bytes) -> tuple[list[str], list[list[str]]]:
    text = body.removeprefix(codecs.BOM_UTF8).decode("utf-8", errors="replace")
    if text.lstrip()[:1] in ("", "<"):
        raise PayloadMalformed("The payload is empty or a page.", _WAY_OUT)
    try:
        lines = list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error as error:
        raise PayloadMalformed(f"The payload cannot be cut into cells ({error}).", _WAY_OUT) from error
    return [name.strip() for name in lines[0]], lines[1:]
