"""From the bytes of a CSV file to rows of text; what a file holds stands in its address."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from core.errors import PayloadMalformed
from sources.rows import ROW, TEXT, TEXT_LIMIT, Refused

_UNDERSTAT = re.compile(r"understat_shots/(?P<league>[a-z0-9_]+)_(?P<season>\d{4}-\d{2})\.csv$")
_FOOTYSTATS = re.compile(r"footystats/(?P<league>[A-Z0-9]+)_(?P<first>\d{2})(?P<second>\d{2})\.csv$")
_LEAGUES = {"epl": "E0", "la_liga": "SP1", "bundesliga": "D1", "serie_a": "I1", "ligue_1": "F1"}
_WAY_OUT = "See docs/sources/local_sets_football.md."

SHOTS = ("id", "minute", "result", "xG", "player", "h_a", "situation", "h_team", "a_team", "date")
MATCHES = ("Date", "Time", "HomeTeam", "AwayTeam", "FTHG", "FTAG", "HomeXG", "AwayXG")
ABSENCES = ("player_name", "season_injured", "injury", "injured_since", "club")
GROUNDS = ("FDCOUK", "Stadium", "Capacity", "Latitude", "Longitude", "Country")


@dataclass(frozen=True)
class LeagueSeason:
    """Which league and season a file is of."""

    competition_id: str
    season_code: str


def league_season(url: str) -> LeagueSeason:
    """The league and season that an address names; raises PayloadMalformed where it names none."""
    if found := _UNDERSTAT.search(url):
        return LeagueSeason(_LEAGUES.get(found["league"], found["league"]), found["season"])
    if found := _FOOTYSTATS.search(url):
        return LeagueSeason(found["league"], f"20{found['first']}-{found['second']}")
    raise PayloadMalformed(f"The address {url} names no league and season.", _WAY_OUT)


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
