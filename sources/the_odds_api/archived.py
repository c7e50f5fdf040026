"""What an archive holds of this vendor: answers whose events' numbers nobody can name any more, found by address."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from urllib.parse import urlsplit

from lake.competitions import Competition
from sources.base import Request
from sources.the_odds_api.plan import ROOT, SOURCE
from sources.the_odds_api.reading import (
    EVENT_ODDS,
    EVENTS,
    HISTORICAL_EVENT_ODDS,
    HISTORICAL_ODDS,
    ODDS,
    SCORES,
)

_HOST = urlsplit(ROOT).hostname
_PATH = re.compile(r"/v4/(?P<past>historical/)?sports/(?P<key>\w+)/(?P<event>events/\w+/)?(?P<what>odds|events|scores)")
_ENDPOINTS = {
    (False, False, "odds"): ODDS,
    (False, True, "odds"): EVENT_ODDS,
    (False, False, "events"): EVENTS,
    (False, False, "scores"): SCORES,
    (True, False, "odds"): HISTORICAL_ODDS,
    (True, True, "odds"): HISTORICAL_EVENT_ODDS,
}


def requests(sport: str, urls: Iterable[str], leagues: Mapping[str, Competition], as_of: datetime) -> list[Request]:
    """Requests for those of the addresses that are this vendor's and tell of one of these leagues, in their order.

    They want what was captured up to `as_of`: of later events nobody may know the match yet.
    """
    by_key = {league.vendors[SOURCE]["sport_key"]: league for league in leagues.values() if SOURCE in league.vendors}
    found = ((url, _PATH.fullmatch(urlsplit(url).path)) for url in urls if urlsplit(url).hostname == _HOST)
    return [
        Request(SOURCE, _ENDPOINTS[kind], url, by_key[path["key"]].id, sport=sport, cost=0, until=as_of)
        for url, path in found
        if path and path["key"] in by_key and (kind := _kind(path)) in _ENDPOINTS
    ]


def _kind(path: re.Match[str]) -> tuple[bool, bool, str]:
    return path["past"] is not None, path["event"] is not None, path["what"]
