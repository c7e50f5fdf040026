"""From bytes to tables in the vendor's own words: one row an item, whatever fields the vendor added since.

The vendor answers errors with status 200 too: they stand under `errors`, a list where there are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import polars as pl

from core.errors import PayloadMalformed
from sources.base import Payload
from sources.items import at, count, flag, instant, listed, table, words
from sources.rows import Refused, document, fields, items

Table = tuple[pl.DataFrame, list[Refused]]
OfFixture = tuple[str | None, list[Any]]
"""The number of a fixture, which answers on one fixture do not carry themselves, and what is said of its sides."""

_QUOTA = re.compile(r"request limit for the day|monthly quota|daily quota", re.IGNORECASE)
_WAY_OUT = "See docs/sources/api_football.md."

FIXTURES = (
    words("vendor_match_id", "fixture", "id", needed=True),
    instant("event_at_utc", "fixture", "date", needed=True),
    words("status", "fixture", "status", "short", needed=True),
    words("venue", "fixture", "venue", "name"),
    words("referee", "fixture", "referee"),
    words("league", "league", "id", needed=True),
    count("season", "league", "season", needed=True),
    words("home_name", "teams", "home", "name", needed=True),
    words("away_name", "teams", "away", "name", needed=True),
    count("home_goals", "goals", "home"),
    count("away_goals", "goals", "away"),
    count("home_goals_full_time", "score", "fulltime", "home"),
    count("away_goals_full_time", "score", "fulltime", "away"),
)
INJURIES = (
    words("vendor_match_id", "fixture", "id", needed=True),
    instant("event_at_utc", "fixture", "date"),
    words("league", "league", "id", needed=True),
    count("season", "league", "season", needed=True),
    words("team_name", "team", "name", needed=True),
    words("vendor_player_id", "player", "id"),
    words("player_name", "player", "name", needed=True),
    words("type", "player", "type"),
    words("reason", "player", "reason"),
)
LINEUPS = (
    words("vendor_match_id", "fixture", needed=True),
    words("team_name", "team", "name", needed=True),
    words("formation", "formation"),
    words("vendor_player_id", "player", "id"),
    words("player_name", "player", "name", needed=True),
    words("position", "player", "pos"),
    count("shirt_number", "player", "number"),
    flag("is_starter", "is_starter", needed=True),
)
STATISTICS = (
    words("vendor_match_id", "fixture", needed=True),
    words("team_name", "team", "name", needed=True),
    words("type", "statistic", "type", needed=True),
    words("value", "statistic", "value"),
)
ODDS = (
    words("vendor_match_id", "fixture", "id", needed=True),
    instant("quoted_at_utc", "update", needed=True),
    words("bookmaker", "bookmaker", needed=True),
    words("bet", "bet", needed=True),
    words("value", "value", "value", needed=True),
    words("handicap", "value", "handicap"),
    words("odd", "value", "odd", needed=True),
)
STANDINGS = (
    words("league", "league", "id", needed=True),
    count("season", "league", "season", needed=True),
    words("group", "row", "group"),
    words("team_name", "row", "team", "name", needed=True),
    count("rank", "row", "rank", needed=True),
    count("points", "row", "points", needed=True),
    count("played", "row", "all", "played", needed=True),
    count("won", "row", "all", "win"),
    count("drawn", "row", "all", "draw"),
    count("lost", "row", "all", "lose"),
    count("goals_for", "row", "all", "goals", "for"),
    count("goals_against", "row", "all", "goals", "against"),
)


def verdict(endpoint: str, body: bytes) -> str | None:
    """`quota_refused` where the allowance is spent, `http_error` for other errors, `malformed` for no answer."""
    try:
        found = fields(document(body), "an answer")
    except PayloadMalformed:
        return "malformed"
    said = _errors(found)
    if said:
        return "quota_refused" if _QUOTA.search(said) else "http_error"
    return None if isinstance(found.get("response"), list) else "malformed"


def read_response(body: bytes) -> tuple[list[Any], dict[str, Any]]:
    """The items of an answer and the parameters that it repeats.

    Raises PayloadMalformed for what is no answer, and for an answer that is an error.
    """
    found = fields(document(body), "an answer")
    said = _errors(found)
    if said:
        raise PayloadMalformed(f"The vendor answered with an error: {said[:300]}", _WAY_OUT)
    parameters = found.get("parameters")
    return items(found.get("response"), "answers"), parameters if isinstance(parameters, dict) else {}


def read_fixtures(found: list[Any]) -> Table:
    """One row a fixture."""
    return table(found, FIXTURES)


def read_injuries(found: list[Any]) -> Table:
    """One row a player and fixture that he misses or may miss."""
    return table(found, INJURIES)


def read_lineups(found: Iterable[OfFixture]) -> Table:
    """One row a player listed."""
    return table(_listed_players(found), LINEUPS)


def read_statistics(found: Iterable[OfFixture]) -> Table:
    """One row a side and statistic that the vendor counted; one without a value is no row."""
    return table(_counted(found), STATISTICS)


def read_odds(found: list[Any]) -> Table:
    """One row a price of every bet of every bookmaker."""
    return table(_priced(found), ODDS)


def read_standings(found: list[Any]) -> Table:
    """One row a club and table; a league with groups has several tables."""
    return table(_ranked(found), STANDINGS)


def embedded(found: list[Any], name: str) -> list[OfFixture]:
    """The `lineups` or `statistics` that an answer on single fixtures carries inside."""
    inside = [(at(item, "fixture", "id"), listed(item, name)) for item in found]
    return [(str(number), reports) for number, reports in inside if reports and number is not None]


def fixture_of(payload: Payload, parameters: dict[str, Any]) -> str | None:
    """The number of the fixture that was asked for: as the answer repeats it, else as the address has it."""
    said = parameters.get("fixture") or parse_qs(urlsplit(payload.url).query).get("fixture", [None])[0]
    return None if said is None else str(said)


def _errors(found: dict[str, Any]) -> str:
    """What the vendor says went wrong; empty where nothing did. RapidAPI says it as `message`."""
    errors = found.get("errors")
    if isinstance(errors, dict):
        return "; ".join(f"{name}: {said}" for name, said in errors.items())
    if isinstance(errors, list) and errors:
        return "; ".join(str(said) for said in errors)
    said = found.get("message")
    return str(said) if said and "response" not in found else ""


def _listed_players(found: Iterable[OfFixture]) -> Iterator[dict[str, Any]]:
    for fixture, side in _sides(found):
        common = {"fixture": fixture, "team": at(side, "team"), "formation": at(side, "formation")}
        for name, is_starter in (("startXI", True), ("substitutes", False)):
            for entry in listed(side, name):
                yield common | {"is_starter": is_starter, "player": at(entry, "player")}


def _sides(found: Iterable[OfFixture]) -> Iterator[tuple[str | None, Any]]:
    return ((fixture, side) for fixture, sides in found for side in sides)


def _counted(found: Iterable[OfFixture]) -> Iterator[dict[str, Any]]:
    for fixture, side in _sides(found):
        for statistic in listed(side, "statistics"):
            if at(statistic, "value") is not None or not isinstance(statistic, dict):
                yield {"fixture": fixture, "team": at(side, "team"), "statistic": statistic}


def _priced(found: list[Any]) -> Iterator[object]:
    """Every price with what stands above it; an item whose books, bets or values are no list is itself the row."""
    for item in found:
        common = {"fixture": at(item, "fixture"), "update": at(item, "update")}
        books = at(item, "bookmakers")
        for book in books if isinstance(books, list) else [item]:
            bets = at(book, "bets")
            for bet in bets if isinstance(bets, list) else [book]:
                values = at(bet, "values")
                for value in values if isinstance(values, list) else [bet]:
                    yield common | {"bookmaker": at(book, "name"), "bet": at(bet, "name"), "value": value}


def _ranked(found: list[Any]) -> Iterator[dict[str, Any]]:
    for item in found:
        league = at(item, "league")
        for group in listed(league, "standings"):
            for row in group if isinstance(group, list) else [group]:
                number = {"id": at(league, "id"), "season": at(league, "season")}
                yield {"league": number, "row": row}
