"""Payloads in the shape of ESPN with INVENTED values: no result, price or report here is real."""

from __future__ import annotations

import json
from typing import Any


def side(where: str, name: str, score: str) -> dict[str, Any]:
    """One side of a game."""
    return {"homeAway": where, "team": {"displayName": name, "abbreviation": name[:3].upper()}, "score": score}


NESTED = {
    "provider": {"id": "100", "name": "DraftKings", "priority": 1}, "details": "BOS -5.5", "overUnder": 224.5,
    "spread": -5.5, "homeTeamOdds": {"favorite": True}, "awayTeamOdds": {"favorite": False},
    "moneyline": {"home": {"close": {"odds": "-225"}, "open": {"odds": "-200"}}, "away": {"close": {"odds": "+185"}}},
    "pointSpread": {"home": {"close": {"line": "-5.5", "odds": "-110"}},
                    "away": {"close": {"line": "+5.5", "odds": "EVEN"}}},
    "total": {"over": {"close": {"line": "o224.5", "odds": "-105"}},
              "under": {"close": {"line": "u224.5", "odds": "-115"}}},
}  # fmt: skip
FLAT = {
    "provider": {"name": "Some Book (NJ)"}, "spread": 4.0, "overUnder": 220.0, "overOdds": -110, "underOdds": -110,
    "homeTeamOdds": {"moneyLine": 150, "spreadOdds": -110, "favorite": False},
    "awayTeamOdds": {"moneyLine": -170, "spreadOdds": -110, "favorite": True},
}  # fmt: skip


def event(state: str = "pre", odds: list[Any] | None = None, **changes: Any) -> dict[str, Any]:
    """A game of Boston and New York on 1 November 2023, to come unless said otherwise."""
    name = {"pre": "STATUS_SCHEDULED", "in": "STATUS_IN_PROGRESS", "post": "STATUS_FINAL"}[state]
    competition = {
        "neutralSite": False, "venue": {"fullName": "Some Garden"},
        "competitors": [side("home", "Boston Celtics", "110"), side("away", "New York Knicks", "100")],
        "status": {"type": {"name": name, "state": state, "completed": state == "post"}},
    }  # fmt: skip
    found = {"id": "401", "date": "2023-11-01T23:00Z", "name": "New York Knicks at Boston Celtics",
             "season": {"year": 2024, "type": 2}, "competitions": [competition | {"odds": odds or []}]}  # fmt: skip
    return found | changes


def board(*events: object) -> bytes:
    """A day's scoreboard."""
    return json.dumps({"leagues": [], "events": list(events)}).encode()


def injury(**changes: Any) -> dict[str, Any]:
    """A report on one player."""
    link = {"href": "https://www.espn.com/nba/player/_/id/9900001/ansel-brightwater"}
    return {
        "id": "5551", "status": "Day-To-Day", "date": "2023-11-01T20:10Z", "shortComment": "He is listed.",
        "athlete": {"displayName": "Ansel Brightwater", "links": [link]},
        "details": {"type": "Knee", "side": "Right", "detail": "Not Specified"},
    } | changes  # fmt: skip


def injuries(*clubs: tuple[str, list[Any]]) -> bytes:
    """The injuries of these clubs."""
    found = [{"id": "2", "displayName": name, "injuries": reports} for name, reports in clubs]
    return json.dumps({"season": {"year": 2024}, "injuries": found}).encode()


def article(**changes: Any) -> dict[str, Any]:
    """One item of news about a club and a player."""
    named = [{"type": "team", "description": "Boston Celtics"}, {"type": "athlete", "description": "Ansel Brightwater"}]
    return {
        "id": 7001, "headline": "He will rest", "description": "So says the coach.",
        "published": "2023-11-02T10:00:00Z", "links": {"web": {"href": "https://news/1"}},
        "categories": [*named, {"type": "league", "description": "NBA"}],
    } | changes  # fmt: skip


def news(*articles: object) -> bytes:
    """A page of news."""
    return json.dumps({"header": "NBA News", "articles": list(articles)}).encode()
