"""Payloads in the shape of API-Football v3 with INVENTED values: no club, player, match or price here is real."""

from __future__ import annotations

import json
from typing import Any

from sources.api_football.plan import SOURCE
from sources.api_football.source import ApiFootball
from sources.base import Parsed, Payload
from sources.known import Known
from tests.unit.sources.football_calendar import AT, LEAGUES, known, told

KICKOFF = "2024-03-02T15:00:00Z"
TOLD = told(SOURCE, ("501", "Alderwick", "Brackmoor", KICKOFF), ("502", "Corvale", "Dunmarsh", KICKOFF))
KNOWN = known(("Alderwick", "Brackmoor", KICKOFF), ("Corvale", "Dunmarsh", KICKOFF), told=TOLD)
ROOT = "https://v3.football.api-sports.io"


def answer(response: list[Any], **above: Any) -> bytes:
    """An answer of the vendor."""
    common = {"get": "x", "parameters": {"fixture": "501"}, "errors": [], "results": len(response)}
    return json.dumps(common | {"paging": {"current": 1, "total": 1}, "response": response} | above).encode()


def parsed(endpoint: str, body: bytes, now: Known = KNOWN, url: str = ROOT) -> Parsed:
    """What the source reads from a body."""
    return ApiFootball().parse(Payload(url, endpoint, "E0", None, AT, "0" * 64, body), LEAGUES, now)


def fixture(
    home: str = "Alderwick",
    away: str = "Brackmoor",
    status: str = "NS",
    goals: tuple[int | None, int | None] = (None, None),
    date: str = "2024-03-02T15:00:00+00:00",
    number: int = 501,
    league: int = 39,
) -> dict[str, Any]:
    """One fixture."""
    score = {"home": goals[0], "away": goals[1]}
    place = {"venue": {"id": 9, "name": "Fern Park"}, "status": {"long": "x", "short": status, "elapsed": None}}
    return {
        "fixture": {"id": number, "referee": None, "timezone": "UTC", "date": date, "timestamp": 1} | place,
        "league": {"id": league, "name": "x", "season": 2023, "round": "Regular Season - 27"},
        "teams": {"home": {"id": 1, "name": home, "winner": None}, "away": {"id": 2, "name": away, "winner": None}},
        "goals": score,
        "score": {"halftime": score, "fulltime": score, "extratime": {"home": None, "away": None}},
    }


def odds(
    *bets: tuple[str, list[tuple[Any, Any]]],
    book: str = "Invented Book",
    update: str = "2024-03-01T09:00:00+00:00",
    number: int = 501,
) -> dict[str, Any]:
    """Prices of one fixture at one book: each bet's name, and its values with their odds."""
    listed = [
        {"id": place, "name": name, "values": [{"value": value, "odd": odd} for value, odd in values]}
        for place, (name, values) in enumerate(bets)
    ]
    return {
        "league": {"id": 39, "season": 2023},
        "fixture": {"id": number, "timezone": "UTC", "date": "2024-03-02T15:00:00+00:00", "timestamp": 1},
        "update": update,
        "bookmakers": [{"id": 1, "name": book, "bets": listed}],
    }


RESULT = ("Match Winner", [("Home", "2.10"), ("Draw", "3.40"), ("Away", "3.60")])
