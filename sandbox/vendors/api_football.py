"""API-Football, version 3, at its own host and at RapidAPI's: errors come with status 200, odds in pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sandbox.vendors.api_football_matches import (
    CODES,
    fixture,
    injury,
    lineup,
    matches,
    standing,
    statistics,
)
from sandbox.vendors.api_football_odds import odds_of
from sandbox.vendors.base import SANDBOX_KEY, Answer, Ask, Budget, Refusal, Route, Shape, Vendor

OWN, RAPID = "v3.football.api-sports.io", "api-football-v1.p.rapidapi.com"
DAILY_REQUESTS, MONTHLY_REQUESTS = 100, 500
PAGE = 10
Rows = list[dict[str, Any]]

_ERRORS: Mapping[Refusal, dict[str, str]] = {
    "unauthorized": {"token": "Error/Missing application key. Go to https://www.api-football.com/documentation-v3 to learn how to get your API application key."},  # noqa: E501
    "forbidden": {"access": "Your account is suspended, check on https://dashboard.api-football.com."},
    "quota": {"requests": "You have reached the request limit for the day, Go to https://dashboard.api-football.com to upgrade your plan."},  # noqa: E501
    "rate": {"rateLimit": "Too many requests. Your rate limit is 10 requests per minute."},
    "error_body": {"requests": "You have reached the request limit for the day"},
    "not_found": {"endpoint": "This endpoint do not exist."},
    "server": {"bug": "This is on our side, please report us this bug on https://dashboard.api-football.com"},
}  # fmt: skip


def refuse(refusal: Refusal) -> Answer:
    """Errors come with status 200, an object of words in `errors` and nothing else."""
    told = {"get": "", "parameters": [], "errors": _ERRORS[refusal], "results": 0,
            "paging": {"current": 1, "total": 1}, "response": []}  # fmt: skip
    return Answer(told, status=200)


def refuse_at_rapid(refusal: Refusal) -> Answer:
    """RapidAPI refuses before the vendor is asked, with status codes."""
    words = {
        "unauthorized": (401, "Invalid API key. Go to https://docs.rapidapi.com/docs/keys for more info."),
        "forbidden": (403, "You are not subscribed to this API."),
        "quota": (429, "You have exceeded the MONTHLY quota for Requests on your current plan, BASIC."),
        "rate": (429, "Too many requests"),
        "not_found": (404, "Endpoint does not exist"),
        "server": (500, "Internal server error"),
    }
    if refusal == "error_body":
        return refuse(refusal)
    status, message = words[refusal]
    return Answer({"message": message}, status=status)


def _endpoint(find: Callable[[Ask], Rows], page: int | None = None) -> Callable[[Ask], Answer]:
    def answer(ask: Ask) -> Answer:
        rows = find(ask)
        total = max(1, -(-len(rows) // page)) if page else 1
        current = max(1, int(ask.query.get("page", 1)))
        shown = rows[(current - 1) * page : current * page] if page else rows
        return Answer(_wrapped(ask, shown, current, total))

    return answer


def _wrapped(ask: Ask, rows: Rows, current: int, total: int) -> dict[str, Any]:
    return {
        "get": ask.path.removeprefix("/v3").strip("/"),
        "parameters": dict(ask.query) or [],
        "errors": [],
        "results": len(rows),
        "paging": {"current": current, "total": total},
        "response": rows,
    }


def _fixtures(ask: Ask) -> Rows:
    return [fixture(ask.view, row) for row in matches(ask.view, ask.query)]


def _lineups(ask: Ask) -> Rows:
    return [told for row in matches(ask.view, _one(ask)) for told in lineup(ask.view, row)]


def _statistics(ask: Ask) -> Rows:
    return [told for row in matches(ask.view, _one(ask)) for told in statistics(ask.view, row)]


def _injuries(ask: Ask) -> Rows:
    return [told for row in matches(ask.view, ask.query) for told in injury(ask.view, row)]


def _odds(ask: Ask) -> Rows:
    found = (odds_of(ask.view, row, ask.query) for row in matches(ask.view, ask.query))
    return [told for told in found if told is not None]


def _standings(ask: Ask) -> Rows:
    code = CODES.get(ask.query.get("league", ""))
    return [standing(ask.view, code)] if code and ask.query.get("season") == "2026" else []


def _one(ask: Ask) -> Mapping[str, str]:
    """The parameter `fixture` alone: without it nothing is found."""
    return {"id": ask.query.get("fixture", "-1")}


def status(ask: Ask) -> Answer:
    """The account, which an asker may look at for nothing."""
    account = {"firstname": "Sandbox", "lastname": "Account", "email": "account@sandbox.example"}
    subscription = {"plan": "Free", "end": "2027-06-30T00:00:00+00:00", "active": True}
    told = {"account": account, "subscription": subscription, "requests": {"current": 0, "limit_day": DAILY_REQUESTS}}
    return Answer(_wrapped(ask, [], 1, 1) | {"results": 1, "response": told})


def _told(used: int, left: int, cost: int) -> Mapping[str, str]:
    return {
        "x-ratelimit-requests-limit": str(DAILY_REQUESTS),
        "x-ratelimit-requests-remaining": str(left),
        "x-ratelimit-limit": "10",
        "x-ratelimit-remaining": "9",
    }


def _told_by_rapid(used: int, left: int, cost: int) -> Mapping[str, str]:
    return {"x-ratelimit-requests-limit": str(MONTHLY_REQUESTS), "x-ratelimit-requests-remaining": str(left)}


_SIDES = (("home", "away"),)
_FIXTURES = Shape(("response",), (), (), _SIDES, ("fixture", "match"))
_STANDINGS = Shape(("response",), (), ("update",), (), ("all", "total"))
_ODDS = Shape(("response",), ("odd",), ("update",), (), ("odd", "price"))


def _routes(prefix: str) -> tuple[Route, ...]:
    found: tuple[tuple[str, str, Callable[[Ask], Answer], Shape], ...] = (
        ("fixtures", "fixtures", _endpoint(_fixtures), _FIXTURES),
        ("lineups", "fixtures/lineups", _endpoint(_lineups), replace(_FIXTURES, renamed=("startXI", "startingXI"))),
        ("statistics", "fixtures/statistics", _endpoint(_statistics),
         replace(_FIXTURES, renamed=("statistics", "stats"))),
        ("injuries", "injuries", _endpoint(_injuries), replace(_FIXTURES, renamed=("player", "person"))),
        ("odds", "odds", _endpoint(_odds, PAGE), _ODDS),
        ("standings", "standings", _endpoint(_standings), _STANDINGS),
    )  # fmt: skip
    routes = (Route(name, f"{prefix}/{path}", answer, shape) for name, path, answer, shape in found)
    return (*routes, Route("status", f"{prefix}/status", status, cost=0))


VENDOR = Vendor(
    name="api_football",
    hosts=(OWN,),
    routes=_routes(""),
    admitted=lambda ask: ask.headers.get("x-apisports-key") == SANDBOX_KEY,
    refuse=refuse,
    budgets={OWN: Budget(DAILY_REQUESTS, "day", _told)},
)
RAPID_VENDOR = Vendor(
    name="api_football_rapidapi",
    hosts=(RAPID,),
    routes=_routes("/v3"),
    admitted=lambda ask: (
        ask.headers.get("x-rapidapi-key") == SANDBOX_KEY and ask.headers.get("x-rapidapi-host", RAPID) == RAPID
    ),
    refuse=refuse_at_rapid,
    budgets={RAPID: Budget(MONTHLY_REQUESTS, "month", _told_by_rapid)},
)
