"""What to ask the exchange for: the markets of coming matches, then the best offers on those that silver knows.

Every question is posted to one address. Behind `#`, which is never sent, the address says what is asked, so that
bronze and the cache tell one question from another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson
import polars as pl

from core.errors import PayloadMalformed
from lake.competitions import Competition
from sources import outcomes
from sources.base import Request
from sources.betfair.markets import EVENT_TYPES, MARKET_TYPES
from sources.betfair.reading import BOOK, CATALOGUE, STREAM, is_error, results
from sources.known import Known
from sources.terms import FIXTURES_LIVE, ODDS_LIVE, Credential, Terms

SOURCE = "betfair"
ADDRESS = "https://api.betfair.com/exchange/betting/json-rpc/v1"
HORIZON = timedelta(days=3)
CLOSING = timedelta(minutes=75)
GOAL_LINES = ("OVER_UNDER_05", "OVER_UNDER_15", "OVER_UNDER_25", "OVER_UNDER_35", "OVER_UNDER_45")
_PROJECTION = (
    "COMPETITION", "EVENT", "EVENT_TYPE", "MARKET_DESCRIPTION", "MARKET_START_TIME", "RUNNER_DESCRIPTION",
)  # fmt: skip
CATALOGUE_MARKETS, BOOK_MARKETS = 200, 40
"""At most 200 points a question: a described market of the catalogue is one, best offers on a market are five."""


def verdict(endpoint: str, body: bytes) -> str | None:
    """What a body that came with status 200 is, where it is no answer."""
    if endpoint == STREAM:
        return None
    try:
        if is_error(body):
            return outcomes.HTTP_ERROR
        results(body)
    except PayloadMalformed:
        return outcomes.MALFORMED
    return None


TERMS = Terms(
    SOURCE,
    hosts=("api.betfair.com",),
    lives={CATALOGUE: FIXTURES_LIVE, BOOK: ODDS_LIVE, STREAM: timedelta(0)},
    spacing_seconds=0.2,
    credentials=(
        Credential("betfair_app", "header", "X-Application"),
        Credential("betfair_session", "header", "X-Authentication"),
    ),
    headers={"Accept": "application/json"},
    verdict=verdict,
)


def plan(sport: str, leagues: Mapping[str, Competition], as_of: datetime, known: Known) -> Sequence[Request]:
    """Books of matches about to begin, then catalogues, then books of all matches of the next three days."""
    ours = {league.id: league for league in leagues.values() if SOURCE in league.vendors}
    coming = known.matches.filter(
        pl.col("event_at_utc").is_between(as_of, as_of + HORIZON)
        & pl.col("state").is_in(["scheduled", "moved"])
        & pl.col("competition_id").is_in(list(ours))
    )
    wanted = [ours[league] for league in sorted(coming["competition_id"].unique())]
    markets = _markets(known, ours, as_of)
    soon = pl.col("event_at_utc") <= as_of + CLOSING
    return [
        *_books(sport, markets.filter(soon), is_closing=True),
        *(_catalogue(sport, league, as_of) for league in wanted),
        *_books(sport, markets.filter(~soon), is_closing=False),
    ]


def _markets(known: Known, leagues: Mapping[str, Competition], as_of: datetime) -> pl.DataFrame:
    """Markets of coming matches that silver knows, the earliest match first."""
    found = known.frames.get("exchange_markets", pl.DataFrame())
    if found.is_empty():
        return pl.DataFrame(schema={"market_id": pl.String(), "event_at_utc": pl.Datetime("us", "UTC")})
    coming = found.filter(
        (pl.col("source") == SOURCE)
        & pl.col("event_at_utc").is_between(as_of, as_of + HORIZON)
        & pl.col("competition_id").is_in(list(leagues))
    )
    return coming.group_by("market_id").agg(pl.col("event_at_utc").max()).sort("event_at_utc", "market_id")


def _catalogue(sport: str, league: Competition, as_of: datetime) -> Request:
    """The markets of one competition; from the beginning of the day, so that a day asks one question."""
    day = as_of.replace(hour=0, minute=0, second=0, microsecond=0)
    until = day + HORIZON + timedelta(days=1)
    competition = str(league.vendors[SOURCE]["competition"])
    goals = GOAL_LINES if sport == "football" else ()
    asked = {
        "filter": {
            "competitionIds": [competition],
            "eventTypeIds": [EVENT_TYPES[sport]],
            "marketStartTime": {"from": f"{day:%Y-%m-%dT%H:%M:%SZ}", "to": f"{until:%Y-%m-%dT%H:%M:%SZ}"},
            "marketTypeCodes": [*MARKET_TYPES[sport], *goals],
        },
        "marketProjection": _PROJECTION,
        "maxResults": CATALOGUE_MARKETS,
        "sort": "FIRST_TO_START",
    }  # fmt: skip
    what = f"competition={competition}&from={day:%Y-%m-%d}&sport={sport}"
    return _request(CATALOGUE, "listMarketCatalogue", asked, what, sport, league.id)


def _books(sport: str, markets: pl.DataFrame, is_closing: bool) -> list[Request]:
    ids = markets["market_id"].to_list()
    parts = [ids[start : start + BOOK_MARKETS] for start in range(0, len(ids), BOOK_MARKETS)]
    return [_book(sport, part, is_closing) for part in parts]


def _book(sport: str, market_ids: Sequence[str], is_closing: bool) -> Request:
    asked = {"marketIds": list(market_ids), "priceProjection": {"priceData": ["EX_BEST_OFFERS"], "virtualise": True}}
    return _request(BOOK, "listMarketBook", asked, f"markets={','.join(market_ids)}", sport, None, is_closing)


def _request(
    endpoint: str, method: str, asked: Mapping[str, Any], what: str, sport: str, league: str | None,
    is_closing: bool = False,
) -> Request:  # fmt: skip
    call = {"jsonrpc": "2.0", "method": f"SportsAPING/v1.0/{method}", "params": asked, "id": 1}
    body = orjson.dumps(call, option=orjson.OPT_SORT_KEYS)
    return Request(
        SOURCE, endpoint, f"{ADDRESS}#{method}?{what}", league, sport=sport, is_closing=is_closing, body=body
    )
