"""From bytes to tables in the vendor's own words: one row a match, or a club of a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from core.errors import PayloadMalformed
from sources.items import at, count, instant, listed, table, words
from sources.rows import Refused, document, fields, items

_LISTS = {"matches": "matches", "standings": "standings"}
_WAY_OUT = "See docs/sources/football_data_org.md."

MATCHES = (
    words("vendor_match_id", "id", needed=True),
    instant("event_at_utc", "utcDate", needed=True),
    words("status", "status", needed=True),
    words("league", "competition", "code", needed=True),
    words("season_starts", "season", "startDate"),
    words("home_name", "homeTeam", "name", needed=True),
    words("away_name", "awayTeam", "name", needed=True),
    count("home_regular_time", "score", "regularTime", "home"),
    count("away_regular_time", "score", "regularTime", "away"),
    count("home_full_time", "score", "fullTime", "home"),
    count("away_full_time", "score", "fullTime", "away"),
    words("venue", "venue"),
)
STANDINGS = (
    words("league", "league", needed=True),
    words("season_starts", "season_starts", needed=True),
    words("team_name", "row", "team", "name", needed=True),
    count("rank", "row", "position", needed=True),
    count("points", "row", "points", needed=True),
    count("played", "row", "playedGames", needed=True),
    count("won", "row", "won"),
    count("drawn", "row", "draw"),
    count("lost", "row", "lost"),
    count("goals_for", "row", "goalsFor"),
    count("goals_against", "row", "goalsAgainst"),
)


def verdict(endpoint: str, body: bytes) -> str | None:
    """`http_error` where the vendor says what went wrong, `malformed` for what is no answer."""
    try:
        found = fields(document(body), "an answer")
    except PayloadMalformed:
        return "malformed"
    if isinstance(found.get(_LISTS[endpoint]), list):
        return None
    return "http_error" if "message" in found else "malformed"


def read(endpoint: str, body: bytes) -> tuple[pl.DataFrame, list[Refused]]:
    """The rows of an answer; raises PayloadMalformed for what is none, and for an answer that is an error."""
    found = fields(document(body), "an answer")
    if "message" in found and _LISTS[endpoint] not in found:
        raise PayloadMalformed(f"The vendor answered with an error: {str(found['message'])[:300]}", _WAY_OUT)
    listed_items = items(found.get(_LISTS[endpoint]), _LISTS[endpoint])
    if endpoint == "standings":
        return table(_ranked(found, listed_items), STANDINGS)
    return table((_with_competition(item, found) for item in listed_items), MATCHES)


def _with_competition(item: Any, found: dict[str, Any]) -> Any:
    """A match of one competition's answer may leave out what stands above the list."""
    above = found.get("competition")
    if not isinstance(item, dict) or "competition" in item or not isinstance(above, dict):
        return item
    return item | {"competition": above}


def _ranked(found: dict[str, Any], tables: list[Any]) -> Iterator[dict[str, Any]]:
    """The rows of the whole season's tables; those of home and away matches alone are left out."""
    common = {"league": at(found, "competition", "code"), "season_starts": at(found, "season", "startDate")}
    for one in tables:
        if at(one, "type") in (None, "TOTAL"):
            for row in listed(one, "table"):
                yield common | {"row": row}
