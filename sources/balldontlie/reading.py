"""From bytes to tables in balldontlie's own words: games and injured players."""

from __future__ import annotations

from typing import Any

import polars as pl

from core.errors import PayloadMalformed
from sources.items import at, count, flag, instant, table, words
from sources.outcomes import HTTP_ERROR, MALFORMED
from sources.rows import Refused, document, fields, items

GAMES, INJURIES = "games", "player_injuries"
_SIDES = {"home": "home_team", "away": "visitor_team"}
_WAY_OUT = "See docs/sources/balldontlie.md."

_OF_GAME = (
    words("game_id", "id", needed=True),
    instant("date", "date", needed=True),
    instant("starts_at_utc", "datetime"),
    words("status", "status", needed=True),
    count("period", "period"),
    flag("is_postponed", "postponed"),
    flag("is_postseason", "postseason"),
    *(words(f"{side}_name", team, "full_name", needed=True) for side, team in _SIDES.items()),
    *(count(f"{side}_score", f"{team}_score") for side, team in _SIDES.items()),
)
_OF_INJURY = (
    words("player_number", "player", "id", needed=True),
    words("first_name", "player", "first_name"),
    words("last_name", "player", "last_name", needed=True),
    count("team_number", "player", "team_id", needed=True),
    words("status", "status", needed=True),
    words("return_date", "return_date"),
    words("description", "description"),
)
_TABLES = {GAMES: _OF_GAME, INJURIES: _OF_INJURY}

CLUBS = (
    "ATL", "BOS", "BKN", "CHA", "CHI", "CLE", "DAL", "DEN", "DET", "GSW", "HOU", "IND", "LAC", "LAL", "MEM", "MIA",
    "MIL", "MIN", "NOP", "NYK", "OKC", "ORL", "PHI", "PHX", "POR", "SAC", "SAS", "TOR", "UTA", "WAS",
)  # fmt: skip
"""The vendor's clubs by its own numbers, 1 to 30."""


def read(endpoint: str, body: bytes) -> tuple[pl.DataFrame, list[Refused]]:
    """One row an item; where the vendor names a next page, that is refused as `page_cut`, behind the last item.

    Raises PayloadMalformed where there is no list of items.
    """
    answer = _answer(body)
    found = items(answer.get("data"), endpoint)
    rows, refused = table(found, _TABLES[endpoint])
    cursor = at(answer, "meta", "next_cursor")
    if cursor is None:
        return rows, refused
    said = f"The answer has another page, from {str(cursor)[:40]}: some of it was not asked for."
    return rows, [*refused, Refused(len(found) + 1, "page_cut", said, answer.get("meta"))]


def verdict(endpoint: str, body: bytes) -> str | None:
    """What a body that came with status 200 is, where it is no answer: `http_error`, `malformed`; else None."""
    try:
        found = document(body)
        if _is_error(found):
            return HTTP_ERROR
        items(at(found, "data"), endpoint)
    except PayloadMalformed:
        return MALFORMED
    return None


def _is_error(found: object) -> bool:
    return isinstance(found, dict) and "error" in found and "data" not in found


def _answer(body: bytes) -> dict[str, Any]:
    found = fields(document(body), "an answer")
    if _is_error(found):
        raise PayloadMalformed(f"The vendor answered with an error: {str(found['error'])[:200]}", _WAY_OUT)
    return found
