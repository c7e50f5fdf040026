"""The Betfair exchange's JSON-RPC: markets and their books. The stream's messages stand in `betfair_stream`."""

from __future__ import annotations

import json
from typing import Any

from sandbox.vendors.base import SANDBOX_KEY, Answer, Ask, Refusal, Route, Shape, Vendor
from sandbox.vendors.betfair_markets import TYPES, Market, Runner, is_open, markets
from sandbox.vendors.writing import to_millisecond

SESSION = "sandbox-session"
PREFIX = "SportsAPING/v1.0/"
COMPETITION_IDS = {"E0": "10932509", "E1": "7129730", "SP1": "117", "D1": "59"}
COMPETITION_NAMES = {"E0": "English Premier League", "E1": "English Championship", "SP1": "Spanish La Liga",
                     "D1": "German Bundesliga"}  # fmt: skip
Row = dict[str, Any]

_CODES = {
    "unauthorized": ("ANGX-0003", "INVALID_SESSION_INFORMATION"),
    "forbidden": ("ANGX-0007", "INVALID_APP_KEY"),
    "quota": ("ANGX-0008", "TOO_MUCH_DATA"),
    "rate": ("ANGX-0010", "TOO_MANY_REQUESTS"),
    "error_body": ("ANGX-0010", "TOO_MANY_REQUESTS"),
    "server": ("ANGX-0006", "UNEXPECTED_ERROR"),
    "not_found": ("DSC-0021", "NO_SUCH_OPERATION"),
}


def refuse(refusal: Refusal) -> Answer:
    """JSON-RPC tells errors with status 200."""
    return Answer(_error(refusal, 1))


def _error(refusal: Refusal, number: Any) -> Row:
    message, code = _CODES[refusal]
    exception = {"requestUUID": "sandbox-0001", "errorCode": code, "errorDetails": ""}
    data = {"APINGException": exception, "exceptionname": "APINGException"}
    return {"jsonrpc": "2.0", "error": {"code": -32099, "message": message, "data": data}, "id": number}


def call(ask: Ask) -> Answer:
    """One call, or a list of calls in one request."""
    try:
        said = json.loads(ask.body)
    except ValueError:
        return Answer({"jsonrpc": "2.0", "error": {"code": -32700, "message": "DSC-0008"}, "id": None})
    return Answer([_called(ask, one) for one in said] if isinstance(said, list) else _called(ask, said))


def _called(ask: Ask, said: Row) -> Row:
    words = {"listMarketCatalogue": _catalogue, "listMarketBook": _books, "listEventTypes": _event_types}
    method = str(said.get("method", "")).removeprefix(PREFIX)
    if method not in words:
        return _error("not_found", said.get("id"))
    return {"jsonrpc": "2.0", "result": words[method](ask, said.get("params") or {}), "id": said.get("id", 1)}


def _event_types(ask: Ask, params: Row) -> list[Row]:
    return [{"eventType": {"id": "1", "name": "Soccer"}, "marketCount": len(markets(ask.view))}]


def _catalogue(ask: Ask, params: Row) -> list[Row]:
    wanted = params.get("filter") or {}
    shown = set(params.get("marketProjection") or ())
    found = [market for market in markets(ask.view) if is_open(market, ask.now) and _is_wanted(market, wanted)]
    return [_listed(market, shown) for market in found[: int(params.get("maxResults", 100))]]


def _is_wanted(market: Market, wanted: Row) -> bool:
    times = wanted.get("marketStartTime") or {}
    tests = {
        "marketIds": market.id,
        "eventIds": market.event["id"],
        "eventTypeIds": "1",
        "marketTypeCodes": TYPES[market.kind][0],
        "competitionIds": COMPETITION_IDS[market.match["division"]],
        "marketCountries": market.event["countryCode"],
    }
    within = times.get("from", "") <= market.starts_at <= times.get("to", "9999")
    return within and all(value in wanted[name] for name, value in tests.items() if wanted.get(name))


def _listed(market: Market, shown: set[str]) -> Row:
    code = market.match["division"]
    parts: Row = {
        "MARKET_START_TIME": {"marketStartTime": market.starts_at},
        "MARKET_DESCRIPTION": {"description": _description(market)},
        "RUNNER_DESCRIPTION": {"runners": [_described(runner) for runner in market.runners]},
        "RUNNER_METADATA": {"runners": [_described(runner) for runner in market.runners]},
        "EVENT_TYPE": {"eventType": {"id": "1", "name": "Soccer"}},
        "COMPETITION": {"competition": {"id": COMPETITION_IDS[code], "name": COMPETITION_NAMES[code]}},
        "EVENT": {"event": market.event},
    }
    told: Row = {"marketId": market.id, "marketName": TYPES[market.kind][1], "totalMatched": round(market.traded, 2)}
    for name, part in parts.items():
        told |= part if name in shown else {}
    return told


def _description(market: Market) -> Row:
    return {
        "priceLadderDescription": {"type": "CLASSIC"}, "persistenceEnabled": True, "bspMarket": False,
        "marketTime": market.starts_at, "suspendTime": market.starts_at, "bettingType": "ODDS",
        "turnInPlayEnabled": True, "marketType": TYPES[market.kind][0], "regulator": "MALTA LOTTERIES AND GAMBLING",
        "marketBaseRate": 5.0, "discountAllowed": True, "wallet": "UK wallet", "rules": "", "rulesHasDate": True,
    }  # fmt: skip


def _described(runner: Runner) -> Row:
    return {
        "selectionId": runner.id,
        "runnerName": runner.name,
        "handicap": 0.0,
        "sortPriority": runner.order,
        "metadata": {"runnerId": str(runner.id)},
    }


def _books(ask: Ask, params: Row) -> list[Row]:
    found = {market.id: market for market in markets(ask.view)}
    return [_book(ask, found[market]) for market in params.get("marketIds") or () if market in found]


def _book(ask: Ask, market: Market) -> Row:
    runners = [_runner(runner) for runner in market.runners]
    available = sum(size for runner in market.runners for _, size in (*runner.backs, *runner.lays))
    return {
        "marketId": market.id, "isMarketDataDelayed": False, "status": "OPEN" if is_open(market, ask.now) else "CLOSED",
        "betDelay": 0, "bspReconciled": False, "complete": True, "inplay": False, "numberOfWinners": 1,
        "numberOfRunners": len(runners), "numberOfActiveRunners": len(runners),
        "lastMatchTime": to_millisecond(ask.now),
        "totalMatched": round(market.traded, 2), "totalAvailable": round(available, 2), "crossMatching": True,
        "runnersVoidable": False, "version": 6_000_000_000 + market.match["match_key"], "runners": runners,
    }  # fmt: skip


def _runner(runner: Runner) -> Row:
    prices = {name: [{"price": price, "size": size} for price, size in ladder] for name, ladder in
              (("availableToBack", runner.backs), ("availableToLay", runner.lays))}  # fmt: skip
    return {
        "selectionId": runner.id, "handicap": 0.0, "status": "ACTIVE", "lastPriceTraded": runner.last,
        "totalMatched": round(runner.traded, 2), "ex": prices | {"tradedVolume": []},
    }  # fmt: skip


def _has_session(ask: Ask) -> bool:
    return ask.headers.get("x-application") == SANDBOX_KEY and ask.headers.get("x-authentication") == SESSION


_SHAPE = Shape(("result",), ("price", "lastPriceTraded"), ("lastMatchTime",), (), ("selectionId", "runnerId"))
VENDOR = Vendor(
    name="betfair",
    hosts=("api.betfair.com",),
    routes=(Route("json_rpc", "/exchange/betting/json-rpc/v1", call, _SHAPE),),
    admitted=_has_session,
    refuse=refuse,
)
