"""The Odds API, version 4: sports, events, odds, odds of one event, scores, and all of it as of an earlier moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sandbox.vendors.base import SANDBOX_KEY, STATUS, Answer, Ask, Budget, Refusal, Route, Shape, Vendor
from sandbox.vendors.odds_events import SPORTS, Event, events
from sandbox.vendors.odds_markets import ALTERNATES, PROPS, REGIONS, bookmakers
from sandbox.vendors.writing import instant_of, zulu

MONTHLY_CREDITS = 500
SNAPSHOT_EVERY = timedelta(minutes=5)
EVENT_MARKETS = {"h2h", "h2h_lay", "spreads", "totals", *ALTERNATES, *PROPS}
SPORT_MARKETS = {"h2h", "h2h_lay", "spreads", "totals", "outrights"}

_DETAILS = "https://the-odds-api.com/liveapi/guides/v4/api-error-codes.html#"
_ERRORS: Mapping[Refusal, tuple[int, str, str]] = {
    "unauthorized": (401, "INVALID_KEY", "API key is not valid. Get an API key at https://the-odds-api.com"),
    "forbidden": (403, "DEACTIVATED_KEY", "API key is deactivated"),
    "quota": (401, "OUT_OF_USAGE_CREDITS", "Usage quota has been reached. See usage plans at https://the-odds-api.com"),
    "rate": (429, "EXCEEDED_FREQ_LIMIT", "Requests are too frequent. Please throttle requests"),
    "error_body": (200, "OUT_OF_USAGE_CREDITS", "Usage quota has been reached"),
}


def refuse(refusal: Refusal) -> Answer:
    """The vendor's error body."""
    if refusal not in _ERRORS:
        return Answer(
            {"message": "Internal server error" if refusal == "server" else "Not found"}, status=STATUS[refusal]
        )
    status, code, message = _ERRORS[refusal]
    return _error(status, code, message)


def _error(status: int, code: str, message: str) -> Answer:
    return Answer({"message": message, "error_code": code, "details_url": _DETAILS + code.lower()}, status=status)


def sports(ask: Ask) -> Answer:
    """Every sport that is covered."""
    return Answer([{"key": key, **sport.told()} for key, sport in SPORTS.items()])


def odds(ask: Ask) -> Answer:
    """Odds of every coming event of a sport; an event that no chosen bookmaker prices is left out."""
    fault = _fault(ask, SPORT_MARKETS)
    return fault or Answer(_priced(ask, events(ask.view, ask.place["sport"])))


def event_odds(ask: Ask) -> Answer:
    """Odds of one event, with alternate lines and player props."""
    fault = _fault(ask, EVENT_MARKETS)
    if fault:
        return fault
    found = _event(ask)
    if found is None:
        return _error(404, "EVENT_NOT_FOUND", "Event not found")
    return Answer(_with_bookmakers(ask, found))


def listed(ask: Ask) -> Answer:
    """Coming events without odds."""
    fault = _fault(ask, None)
    return fault or Answer([event.told(ask.query.get("dateFormat")) for event in _wanted(ask)])


def scores(ask: Ask) -> Answer:
    """Coming and running events, and those that ended in the last `daysFrom` days."""
    fault = _fault(ask, None)
    if fault:
        return fault
    since = ask.now - timedelta(days=int(ask.query.get("daysFrom") or 0))
    told = [event.scored(ask.now) for event in events(ask.view, ask.place["sport"], all_of_them=True)]
    return Answer([score for score in told if not score["completed"] or score["commence_time"] >= zulu(since)])


def historical(ask: Ask) -> Answer:
    """A snapshot of one of the other endpoints, at or before `date`."""
    try:
        date = instant_of(ask.query["date"])
    except (KeyError, ValueError):
        return _error(422, "INVALID_HISTORICAL_TIMESTAMP", "Missing or invalid date parameter")
    at = min(date, ask.now)
    taken = at - timedelta(seconds=at.timestamp() % SNAPSHOT_EVERY.total_seconds())
    view = ask.view.worlds.at(taken)
    then = replace(ask, now=taken, view=view)
    inner = event_odds(then) if "event" in ask.place else listed(then) if ask.path.endswith("/events") else odds(then)
    if inner.status != 200:
        return inner
    following = taken + SNAPSHOT_EVERY
    wrapped = {
        "timestamp": zulu(taken),
        "previous_timestamp": zulu(taken - SNAPSHOT_EVERY),
        "next_timestamp": zulu(following) if following <= ask.now else None,
        "data": inner.document,
    }
    return Answer(wrapped)


def _fault(ask: Ask, markets: set[str] | None) -> Answer | None:
    if ask.place["sport"] not in SPORTS:
        return _error(404, "UNKNOWN_SPORT", "Unknown sport")
    unknown = set(_markets(ask)) - (markets if markets is not None else set(_markets(ask)))
    if unknown:
        return _error(422, "INVALID_MARKET", f"Invalid markets: {','.join(sorted(unknown))}")
    if markets is not None and not (ask.query.get("regions") or ask.query.get("bookmakers")):
        return _error(422, "MISSING_REGION", "Missing or invalid regions parameter")
    return None


def _markets(ask: Ask) -> list[str]:
    return [market for market in ask.query.get("markets", "h2h").split(",") if market]


def _books(ask: Ask) -> set[str]:
    named = {book for book in ask.query.get("bookmakers", "").split(",") if book}
    regions = [region for region in ask.query.get("regions", "").split(",") if region]
    return named or {book for region in regions for book in REGIONS.get(region, ())}


def _wanted(ask: Ask) -> list[Event]:
    """Coming events, those of `eventIds` and between `commenceTimeFrom` and `commenceTimeTo` where these are given."""
    ids = {event for event in ask.query.get("eventIds", "").split(",") if event}
    first, last = ask.query.get("commenceTimeFrom", ""), ask.query.get("commenceTimeTo", "9999")
    found = events(ask.view, ask.place["sport"])
    return [e for e in found if (not ids or e.id in ids) and first <= zulu(e.starts_at_utc) <= last]


def _event(ask: Ask) -> Event | None:
    found = events(ask.view, ask.place["sport"], all_of_them=True)
    return next((event for event in found if event.id == ask.place["event"]), None)


def _priced(ask: Ask, found: list[Event]) -> list[dict[str, Any]]:
    wanted = {event.id for event in _wanted(ask)}
    told = [_with_bookmakers(ask, event) for event in found if event.id in wanted]
    return [event for event in told if event["bookmakers"]]


def _with_bookmakers(ask: Ask, event: Event) -> dict[str, Any]:
    american = ask.query.get("oddsFormat") == "american"
    books = bookmakers(ask.view, event, _markets(ask), _books(ask), american, ask.query.get("dateFormat"))
    return {**event.told(ask.query.get("dateFormat")), "bookmakers": books}


def _cost(ask: Ask) -> int:
    """Markets times regions; ten bookmakers count as a region."""
    named = [book for book in ask.query.get("bookmakers", "").split(",") if book]
    regions = -(-len(named) // 10) if named else len([r for r in ask.query.get("regions", "").split(",") if r])
    return max(1, regions) * len(_markets(ask))


def _headers(used: int, left: int, cost: int) -> Mapping[str, str]:
    return {"x-requests-remaining": str(left), "x-requests-used": str(used), "x-requests-last": str(cost)}


_PRICES = ("price",)
_STAMPS = ("last_update",)
_SIDES = (("home_team", "away_team"),)
_ODDS = Shape((), _PRICES, _STAMPS, _SIDES, ("commence_time", "commence_at"))
_EVENT_ODDS = replace(_ODDS, rows=("bookmakers",))
_HISTORICAL = replace(_ODDS, rows=("data",), stamps=("last_update", "timestamp"))
_HISTORICAL_EVENT = replace(_HISTORICAL, rows=("data", "bookmakers"))
_SCORES = replace(_ODDS, prices=())

VENDOR = Vendor(
    name="the_odds_api",
    hosts=("api.the-odds-api.com",),
    routes=(
        Route("sports", "/v4/sports", sports, Shape((), renamed=("key", "sport")), cost=0),
        Route("odds", "/v4/sports/{sport}/odds", odds, _ODDS, cost=_cost),
        Route("events", "/v4/sports/{sport}/events", listed, replace(_ODDS, prices=()), cost=0),
        Route("event_odds", "/v4/sports/{sport}/events/{event}/odds", event_odds, _EVENT_ODDS, cost=_cost),
        Route("scores", "/v4/sports/{sport}/scores", scores, _SCORES, cost=lambda ask: 1 + ("daysFrom" in ask.query)),
        Route("historical_odds", "/v4/historical/sports/{sport}/odds", historical, _HISTORICAL,
              cost=lambda ask: 10 * _cost(ask)),
        Route("historical_events", "/v4/historical/sports/{sport}/events", historical,
              replace(_HISTORICAL, prices=()), cost=1),
        Route("historical_event_odds", "/v4/historical/sports/{sport}/events/{event}/odds", historical,
              _HISTORICAL_EVENT, cost=lambda ask: 10 * _cost(ask)),
    ),
    admitted=lambda ask: ask.query.get("apiKey") == SANDBOX_KEY,
    refuse=refuse,
    budgets={"*": Budget(MONTHLY_CREDITS, "month", _headers)},
)  # fmt: skip
