"""From bytes to frames of text: a game week's CSV, and the players and clubs of a snapshot's JSON."""

from __future__ import annotations

import codecs
import csv
import io
import json
from collections.abc import Sequence
from typing import Any

import polars as pl

from core.errors import PayloadMalformed

ROW, TEXT = "row_number", "row_text"
_NEEDED = ("name", "element", "fixture", "kickoff_time", "was_home", "opponent_team", "minutes", "goals_scored")
_OF_PLAYER = (
    "id", "first_name", "second_name", "team", "element_type", "status", "chance_of_playing_next_round", "news",
)  # fmt: skip
_TEXT_LIMIT = 4_000
_WAY_OUT = "See docs/sources/fantasy_premier_league.md."


def read_week(body: bytes) -> pl.DataFrame:
    """A game week's rows as text, null where empty, with `row_number` (1 is the header) and `row_text`.

    Raises PayloadMalformed for what is no table of players at all.
    """
    try:
        lines = list(csv.reader(io.StringIO(_text(body), newline=None)))
    except csv.Error as error:
        raise PayloadMalformed(f"The payload cannot be cut into cells ({error}).", _WAY_OUT) from error
    header = [name.strip() for name in lines[0]]
    missing = [name for name in _NEEDED if name not in header]
    if missing or len(set(header)) < len(header):
        raise PayloadMalformed(f"The header lacks or repeats columns (lacking: {', '.join(missing)}).", _WAY_OUT)
    rows = [(number, cells) for number, cells in enumerate(lines[1:], start=2) if any(cell.strip() for cell in cells)]
    width = len(header)
    if rows and not body.endswith((b"\n", b"\r")) and len(rows[-1][1]) < width:
        said = f"The payload ends in the middle of row {rows[-1][0]}: who shares a name with whom cannot be told."
        raise PayloadMalformed(said, _WAY_OUT)
    padded = [(cells + [""] * width)[:width] for _, cells in rows]
    frame = pl.DataFrame(padded, schema=dict.fromkeys(header, pl.String), orient="row")
    return _with_lines(frame, [number for number, _ in rows], [",".join(cells) for _, cells in rows])


def read_snapshot(body: bytes) -> tuple[pl.DataFrame, dict[str, str]]:
    """A snapshot's players as text, like `read_week`, and the names of its clubs by number.

    Raises PayloadMalformed for what is no snapshot, or one in which a player lacks a field.
    """
    try:
        document = json.loads(_text(body))
        players, clubs = document["elements"], {str(club["id"]): str(club["name"]) for club in document["teams"]}
        rows = [[_cell(player[field]) for field in _OF_PLAYER] for player in players]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise PayloadMalformed(f"The payload is no snapshot ({type(error).__name__}: {error}).", _WAY_OUT) from error
    frame = pl.DataFrame(rows, schema=dict.fromkeys(_OF_PLAYER, pl.String), orient="row")
    return _with_lines(frame, range(1, len(rows) + 1), [",".join(row) for row in rows]), clubs


def _cell(value: Any) -> str:
    return "" if value is None else str(value)


def _text(body: bytes) -> str:
    text = body.removeprefix(codecs.BOM_UTF8).decode("utf-8", errors="replace")
    if not text.strip():
        raise PayloadMalformed("The payload is empty.", "The vendor may be at work on it: it is tried again next run.")
    if text.lstrip()[:1] == "<":
        raise PayloadMalformed("The payload is an HTML page.", "The vendor answered 200 with an error page.")
    return text


def _with_lines(frame: pl.DataFrame, numbers: Sequence[int], texts: Sequence[str]) -> pl.DataFrame:
    stripped = frame.with_columns(pl.all().str.strip_chars())
    return stripped.with_columns(pl.when(pl.all() != "").then(pl.all())).with_columns(
        pl.Series(ROW, numbers, pl.Int64), pl.Series(TEXT, [text[:_TEXT_LIMIT] for text in texts], pl.String)
    )
