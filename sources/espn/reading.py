"""From bytes to tables in ESPN's own words: games, their prices, injuries, news."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from core.errors import PayloadMalformed
from sources.items import at, count, flag, instant, listed, table, words
from sources.outcomes import HTTP_ERROR, MALFORMED
from sources.rows import Refused, document, fields, items, number_in_text

SCOREBOARD, INJURIES, NEWS = "scoreboard", "injuries", "news"
_LISTS = {SCOREBOARD: "events", INJURIES: "injuries", NEWS: "articles"}
_SIDES = ("home", "away")
_WAY_OUT = "See docs/sources/espn.md."
_PLAYER_NUMBER = re.compile(r"/id/(\d+)")
_EVEN = {"EVEN": 100.0, "EV": 100.0, "PK": 0.0, "PICK": 0.0}
_WITHOUT_PRICE = ("", "OFF", "-")

_OF_EVENT = (
    words("event_id", "event", "id", needed=True),
    words("name", "event", "name"),
    instant("starts_at_utc", "event", "date", needed=True),
    count("season_type", "event", "season", "type"),
    words("kind", "competition", "type", "abbreviation"),
    flag("is_neutral", "competition", "neutralSite"),
    words("venue", "competition", "venue", "fullName"),
    words("status", "competition", "status", "type", "name", needed=True),
    words("phase", "competition", "status", "type", "state"),
    flag("is_completed", "competition", "status", "type", "completed"),
    *(words(f"{side}_name", side, "team", "displayName", needed=True) for side in _SIDES),
    *(count(f"{side}_score", side, "score") for side in _SIDES),
)
_OF_INJURY = (
    words("team_name", "team", needed=True),
    words("injury_id", "injury", "id"),
    words("player_name", "injury", "athlete", "displayName", needed=True),
    words("player_number", "player_number"),
    words("status", "injury", "status", needed=True),
    instant("reported_at_utc", "injury", "date"),
    words("side", "injury", "details", "side"),
    words("type", "injury", "details", "type"),
    words("detail", "injury", "details", "detail"),
    words("comment", "injury", "shortComment"),
)
_OF_ARTICLE = (
    words("article_id", "id"),
    words("data_id", "dataSourceIdentifier"),
    words("headline", "headline", needed=True),
    words("summary", "description"),
    instant("published_at_utc", "published", needed=True),
    words("link", "links", "web", "href"),
)
PRICE = {
    "row_number": pl.Int64(), "book": pl.String(), "market": pl.String(), "selection": pl.String(),
    "line": pl.Float64(), "own_line": pl.Float64(), "american": pl.Float64(), "said": pl.String(),
    "is_home_favourite": pl.Boolean(),
}  # fmt: skip
"""Columns of prices. `row_number`: the game's. `line`: the home side's, or the total; `own_line`: as the side says."""


@dataclass(frozen=True)
class Board:
    """A day's games, the prices of those that have not begun, and what of both cannot be read."""

    games: pl.DataFrame
    prices: pl.DataFrame
    refused_games: list[Refused]
    refused_prices: list[Refused]


def read_scoreboard(body: bytes) -> Board:
    """One row a game, one row a price; raises PayloadMalformed where there is no list of games."""
    events = _listed(SCOREBOARD, body)
    games, refused = table([_event(event) for event in events], _OF_EVENT)
    open_games = set(games.filter(pl.col("phase") == "pre")["row_number"])
    prices: list[dict[str, Any]] = []
    refused_prices: list[Refused] = []
    for place, event in enumerate(events, start=1):
        if place in open_games:
            for odds in listed(_first(event, "competitions"), "odds"):
                found = [] if not isinstance(odds, dict) else list(_prices(place, odds))
                prices += found
                if not found and odds is not None:
                    said = "An entry of prices has none of the fields that hold them."
                    refused_prices.append(Refused(place, "no_prices", said, odds))
    return Board(games, pl.DataFrame(prices, schema=PRICE), refused, refused_prices)


def read_injuries(body: bytes) -> tuple[pl.DataFrame, list[Refused]]:
    """One row an injured player; raises PayloadMalformed where there is no list of clubs."""
    found = [injury for club in _listed(INJURIES, body) for injury in _injuries(club)]
    return table(found, _OF_INJURY)


def read_news(body: bytes) -> tuple[pl.DataFrame, pl.DataFrame, list[Refused]]:
    """Articles, one row each, and whom they name: row_number, `team_name` or `player_name`; raises PayloadMalformed."""
    articles = _listed(NEWS, body)
    found, refused = table(articles, _OF_ARTICLE)
    named = [
        (place, *_named(category))
        for place, article in enumerate(articles, start=1)
        for category in listed(article, "categories")
    ]
    schema = {"row_number": pl.Int64(), "team_name": pl.String(), "player_name": pl.String()}
    return found, pl.DataFrame(named, schema=schema, orient="row"), refused


def verdict(endpoint: str, body: bytes) -> str | None:
    """What a body that came with status 200 is, where it is no answer: `http_error`, `malformed`; else None."""
    try:
        if _is_error(document(body)):
            return HTTP_ERROR
        _listed(endpoint, body)
    except PayloadMalformed:
        return MALFORMED
    return None


def _is_error(found: object) -> bool:
    return isinstance(found, dict) and "code" in found and "message" in found


def _listed(endpoint: str, body: bytes) -> list[Any]:
    found = fields(document(body), "an answer")
    if _is_error(found):
        raise PayloadMalformed(f"The vendor answered with an error: {str(found['message'])[:200]}", _WAY_OUT)
    return items(found.get(_LISTS[endpoint]), _LISTS[endpoint])


def _first(item: object, name: str) -> object:
    return next(iter(listed(item, name)), None)


def _event(event: object) -> object:
    competition = _first(event, "competitions")
    sides = {at(side, "homeAway"): side for side in listed(competition, "competitors") if isinstance(side, dict)}
    return {"event": event, "competition": competition, **{side: sides.get(side) for side in _SIDES}}


def _injuries(club: object) -> Iterator[object]:
    """The reports of one club, each with the club's name; what is no club, or has no list, is one item without them."""
    reports = at(club, "injuries")
    if not isinstance(reports, list):
        yield {"team": at(club, "displayName"), "club": club}
        return
    for injury in reports:
        yield {"team": at(club, "displayName"), "injury": injury, "player_number": _player_number(injury)}


def _player_number(injury: object) -> object:
    athlete = at(injury, "athlete")
    if (number := at(athlete, "id")) is not None:
        return number
    links = [str(at(link, "href")) for link in listed(athlete, "links")]
    return next((found[1] for link in links if (found := _PLAYER_NUMBER.search(link))), None)


def _named(category: object) -> tuple[str | None, str | None]:
    said = at(category, "description") or at(category, str(at(category, "type")), "description")
    name = said if isinstance(said, str) else None
    kind = at(category, "type")
    return (name if kind == "team" else None), (name if kind == "athlete" else None)


def _prices(place: int, odds: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The prices of one book on one game, from the newer nested fields or else from the older flat ones."""
    book = at(odds, "provider", "name")
    favourite = at(odds, "homeTeamOdds", "favorite")
    shared = {
        "row_number": place,
        "book": book if isinstance(book, str) else None,
        "is_home_favourite": favourite if isinstance(favourite, bool) else None,
    }
    for market, selection, line, own_line, price in (*_winner(odds), *_spread(odds), *_total(odds)):
        if price is None or str(price).strip().upper() in _WITHOUT_PRICE:
            continue
        yield shared | {
            "market": market,
            "selection": selection,
            "line": line,
            "own_line": own_line,
            "american": _number(price),
            "said": str(price)[:20],
        }


_Price = tuple[str, str, float | None, float | None, object]


def _winner(odds: dict[str, Any]) -> Iterator[_Price]:
    for side in _SIDES:
        price = at(odds, "moneyline", side, "close", "odds")
        yield "moneyline", side, None, None, price if price is not None else at(odds, f"{side}TeamOdds", "moneyLine")


def _spread(odds: dict[str, Any]) -> Iterator[_Price]:
    home = _number(at(odds, "pointSpread", "home", "close", "line"))
    line = home if home is not None else _number(at(odds, "spread"))
    for side in _SIDES:
        price = at(odds, "pointSpread", side, "close", "odds")
        own = _number(at(odds, "pointSpread", side, "close", "line"))
        yield "spread", side, line, own, price if price is not None else at(odds, f"{side}TeamOdds", "spreadOdds")


def _total(odds: dict[str, Any]) -> Iterator[_Price]:
    for selection in ("over", "under"):
        said = at(odds, "total", selection, "close", "line")
        own = _number(said.lstrip("ouOU") if isinstance(said, str) else said)
        price = at(odds, "total", selection, "close", "odds")
        line = own if own is not None else _number(at(odds, "overUnder"))
        yield "totals", selection, line, own, price if price is not None else at(odds, f"{selection}Odds")


def _number(value: object) -> float | None:
    said = value.strip().upper() if isinstance(value, str) else None
    return _EVEN[said] if said in _EVEN else number_in_text(value)
