"""The page as the bookmaker words it: one row a match, of either layout that is known.

A layout is read by what it says of itself, headings and marks together, never by place alone: a page whose columns
moved or whose marks were renamed says something else, and is refused as a whole rather than misread.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from core.errors import PayloadMalformed
from sources.markup import LayoutDrift, classes_of, page, text_of
from sources.rows import ROW, TEXT, TEXT_LIMIT

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

SIDES = ("home", "draw", "away")
MATCHES = {
    ROW: pl.Int64(),
    "home_name": pl.String(),
    "away_name": pl.String(),
    "kickoff": pl.String(),
    **dict.fromkeys(SIDES, pl.String()),
    TEXT: pl.String(),
}
MAX_MATCHES = 200
_HEADINGS = {"Home": "home", "Away": "away", "1": "price home", "X": "price draw", "2": "price away"}
_PRICE = re.compile(r"\d+[./]\d+")
_DRAW, _BETWEEN = "Draw", " v "
_WAY_OUT = "Look at its picture, and write a reader for the new layout."

Match = tuple[str, str, str, str, str, str]


def read(body: bytes) -> pl.DataFrame:
    """Matches in the columns of `MATCHES`, all as text, in the page's order; a name or price may be empty.

    Raises PayloadMalformed where the payload is no whole page or has no price at all, and LayoutDrift where it has
    prices in a layout that is not known.
    """
    tree = page(body)
    for selector, reader in (("table#match-odds", _table), ("section.events", _cards)):
        if len(parts := tree.css(selector)) == 1:
            return _frame(reader(parts[0]))
    if not _PRICE.search(text_of(tree.body)):
        raise PayloadMalformed("The page holds no price.", "The bookmaker answered with an error page.")
    raise LayoutDrift("The page has neither a table nor cards of matches.", _WAY_OUT)


def _frame(found: list[tuple[Match, str]]) -> pl.DataFrame:
    if len(found) > MAX_MATCHES:
        raise LayoutDrift(f"The page lists {len(found)} matches of one league.", _WAY_OUT)
    rows = [(place, *match, shown[:TEXT_LIMIT]) for place, (match, shown) in enumerate(found, start=1)]
    return pl.DataFrame(rows, schema=MATCHES, orient="row")


def _table(table: LexborNode) -> list[tuple[Match, str]]:
    """Layout 1: a table; every cell's class must say what the heading above it says."""
    headings = [text_of(cell) for cell in table.css("thead th")]
    lost = [heading for heading in _HEADINGS if headings.count(heading) != 1]
    if lost:
        raise LayoutDrift(f"The table has no one column {', '.join(lost)}.", _WAY_OUT)
    return [(_row(line, headings), line.html or "") for line in table.css("tbody tr")]


def _row(line: LexborNode, headings: list[str]) -> Match:
    cells = line.css("td")
    if len(cells) != len(headings) or "match" not in classes_of(line):
        raise LayoutDrift(f"A line of the table has {len(cells)} cells under {len(headings)} headings.", _WAY_OUT)
    said: dict[str, str] = {}
    for heading, cell in zip(headings, cells, strict=True):
        meant = _HEADINGS.get(heading)
        if meant is not None and classes_of(cell) != meant.split():
            raise LayoutDrift(f"A cell under '{heading}' is marked '{' '.join(classes_of(cell))}'.", _WAY_OUT)
        said[heading] = text_of(cell)
    kickoff = line.attributes.get("data-kickoff") or ""
    return said["Home"], said["Away"], kickoff, said["1"], said["X"], said["2"]


def _cards(section: LexborNode) -> list[tuple[Match, str]]:
    """Layout 2: a card a match; prices are told apart by the names that they bear, in any order."""
    cards = section.css("article.event-card")
    if len(cards) != len(section.css("article")) or (not cards and _PRICE.search(text_of(section))):
        raise LayoutDrift("The page has cards of another kind.", _WAY_OUT)
    return [(_card(card), card.html or "") for card in cards]


def _card(card: LexborNode) -> Match:
    times, buttons = card.css("time[datetime]"), card.css("button[data-pick]")
    prices = {button.attributes.get("data-pick") or "": text_of(button) for button in buttons}
    clubs = [name for name in prices if name != _DRAW]
    heading = text_of(card.css_first("h3"))
    pairs = [pair for pair in (tuple(clubs), tuple(reversed(clubs))) if _BETWEEN.join(pair) == heading]
    if len(buttons) != 3 or len(clubs) != 2 or _DRAW not in prices or len(pairs) != 1 or len(times) != 1:
        raise LayoutDrift(f"The card '{heading[:80]}' does not say which price is whose.", _WAY_OUT)
    home, away = pairs[0]
    return home, away, times[0].attributes.get("datetime") or "", prices[home], prices[_DRAW], prices[away]
