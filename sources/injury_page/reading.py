"""The page as the newspaper words it: one row a player, of either layout that is known.

A layout is read by its marks or its headings; a page of another one is refused as a whole rather than misread.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import polars as pl

from core.errors import PayloadMalformed
from sources.markup import LayoutDrift, page, text_of
from sources.rows import ROW, TEXT, TEXT_LIMIT, UTC_TIME, moment

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

FIELDS = ("team_name", "player_name", "status", "reason", "return")
REPORTS = {
    ROW: pl.Int64(),
    **dict.fromkeys(FIELDS, pl.String()),
    "updated": pl.String(),
    "event_at_utc": UTC_TIME,
    TEXT: pl.String(),
}
MAX_REPORTS = 2_000
_FEWEST_WORDS = 40
_WAY_OUT = "Look at its picture, and write a reader for the new layout."
_MARKS = {"player": "player_name", "status": "status", "reason": "reason", "return": "return"}
_HEADINGS = {
    "Name": "player_name",
    "Club": "team_name",
    "Problem": "reason",
    "Back": "return",
    "Availability": "status",
    "As of": "updated",
}
_TABLE_TIME = "%d/%m/%Y %H:%M"
Report = tuple[dict[str, str], str]


def read(body: bytes) -> pl.DataFrame:
    """Reports in the columns of `REPORTS`, in the page's order; a text may be empty, `event_at_utc` null.

    Raises PayloadMalformed where the payload is no whole page or says hardly anything, and LayoutDrift where it has
    another layout than those known.
    """
    tree = page(body)
    if lists := tree.css("section.team"):
        return _frame(_lists(tree, lists))
    if len(tables := tree.css("table.injury-table")) == 1:
        return _frame(_table(tables[0]))
    if len(text_of(tree.body).split()) < _FEWEST_WORDS:
        raise PayloadMalformed("The page says hardly anything.", "The newspaper answered with an error page.")
    raise LayoutDrift("The page has neither lists by club nor a table of injuries.", _WAY_OUT)


def _frame(found: list[Report]) -> pl.DataFrame:
    if len(found) > MAX_REPORTS:
        raise LayoutDrift(f"The page lists {len(found)} players of one league.", _WAY_OUT)
    rows = [
        (place, *(said[name] for name in FIELDS), said["updated"], _time(said["updated"]), shown[:TEXT_LIMIT])
        for place, (said, shown) in enumerate(found, start=1)
    ]
    return pl.DataFrame(rows, schema=REPORTS, orient="row")


def _time(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, _TABLE_TIME).replace(tzinfo=UTC)
    except ValueError:
        return moment(text)


def _lists(tree: LexborHTMLParser, lists: list[LexborNode]) -> list[Report]:
    """Layout 1: a list a club, under its name; every part of an entry is marked."""
    found = [report for part in lists for report in _list(part)]
    if len(found) != len(tree.css("li[data-updated]")) or len(found) != len(tree.css("main li")):
        raise LayoutDrift("Some entries of the page stand in no club's list.", _WAY_OUT)
    return found


def _list(part: LexborNode) -> list[Report]:
    names = part.css("h2")
    if len(names) != 1:
        raise LayoutDrift(f"A club's list has {len(names)} names.", _WAY_OUT)
    return [(_entry(entry, text_of(names[0])), entry.html or "") for entry in part.css("ul.injuries > li")]


def _entry(entry: LexborNode, team: str) -> dict[str, str]:
    said = {"team_name": team, "updated": entry.attributes.get("data-updated") or ""}
    for mark, name in _MARKS.items():
        parts = entry.css(f"span.{mark}")
        if len(parts) != 1:
            raise LayoutDrift(f"An entry of {team} has {len(parts)} parts marked '{mark}'.", _WAY_OUT)
        said[name] = text_of(parts[0])
    return said


def _table(table: LexborNode) -> list[Report]:
    """Layout 2: a table of all clubs; columns are found by their headings, wherever they stand."""
    headings = [text_of(cell) for cell in table.css("th")]
    lost = [heading for heading in _HEADINGS if headings.count(heading) != 1]
    if lost:
        raise LayoutDrift(f"The table has no one column {', '.join(lost)}.", _WAY_OUT)
    return [(_row(line, headings), line.html or "") for line in table.css("tr") if not line.css("th")]


def _row(line: LexborNode, headings: list[str]) -> dict[str, str]:
    cells = line.css("td")
    if len(cells) != len(headings):
        raise LayoutDrift(f"A line of the table has {len(cells)} cells under {len(headings)} headings.", _WAY_OUT)
    told = dict(zip(headings, map(text_of, cells), strict=True))
    return {name: told[heading] for heading, name in _HEADINGS.items()}
