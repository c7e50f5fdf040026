"""What to ask this vendor for, within 500 credits a month: fixtures cost nothing, then prices, closing prices apart.

Of a month's credits 30% are kept for closing prices; the rest is some eleven a day, shared by the sports. An answer of
the morning therefore stands for the day, except for matches about to begin.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import polars as pl

from lake.competitions import Competition
from sources.base import Request
from sources.known import Known
from sources.terms import FIXTURES_LIVE, ODDS_LIVE, STATISTICS_LIVE, Credential, Quota, Terms
from sources.the_odds_api.reading import (
    EVENT_ODDS,
    EVENTS,
    HISTORICAL,
    HISTORICAL_EVENT_ODDS,
    HISTORICAL_ODDS,
    ODDS,
    SCORES,
    verdict,
)  # fmt: skip

SOURCE = "the_odds_api"
ROOT = "https://api.the-odds-api.com/v4/sports"
MONTHLY_CREDITS, CLOSING_SHARE = 500, 0.3
HORIZON = timedelta(days=3)
DAY_BEGINS = timedelta(hours=10)
CLOSING = timedelta(minutes=75)
ROUTINE_LIVES = timedelta(hours=20)
CLOSING_LIVES = timedelta(minutes=45)
_FOREVER = timedelta(days=36_500)

DAILY_CREDITS = {"football": 6, "basketball": 5}
CLOSING_CREDITS = {"football": 3, "basketball": 1}
"""What a sport may spend on a day's routine prices, and on the closing prices of one run."""

REGIONS = {"football": "eu", "basketball": "us"}
MARKETS = {"football": ("h2h", "totals"), "basketball": ("h2h", "spreads", "totals")}
CLOSING_MARKETS = ("h2h",)
PROPS = {"basketball": ("player_points", "player_rebounds")}

TERMS = Terms(
    SOURCE,
    hosts=("api.the-odds-api.com",),
    lives={
        EVENTS: FIXTURES_LIVE,
        SCORES: STATISTICS_LIVE,
        ODDS: ODDS_LIVE,
        EVENT_ODDS: ODDS_LIVE,
        HISTORICAL_ODDS: _FOREVER,
        HISTORICAL_EVENT_ODDS: _FOREVER,
    },
    spacing_seconds=0.2,
    quota=Quota(
        MONTHLY_CREDITS,
        "month",
        closing_share=CLOSING_SHARE,
        remaining_header="x-requests-remaining",
        used_header="x-requests-used",
    ),
    credentials=(Credential("the_odds_api", "query", "apiKey"),),
    verdict=verdict,
)


def plan(sport: str, leagues: Mapping[str, Competition], as_of: datetime, known: Known) -> Sequence[Request]:
    """Requests of one sport at `as_of`: fixtures, closing prices, the day's prices, and props with what is left.

    Leagues without a known match in the next three days are asked for fixtures only.
    """
    ours = {league.id: league for league in leagues.values() if SOURCE in league.vendors}
    day = _day(as_of)
    closing = [_odds(sport, one, CLOSING_MARKETS, True) for one in _by_start(ours, known, as_of, as_of + CLOSING)]
    routine = [_odds(sport, one, MARKETS[sport]) for one in _by_start(ours, known, day, day + HORIZON)]
    prices = _within(DAILY_CREDITS[sport], routine)
    left = DAILY_CREDITS[sport] - sum(request.cost for request in prices)
    return [
        *(_events(sport, league) for league in ours.values()),
        *_within(CLOSING_CREDITS[sport], closing),
        *prices,
        *_props(sport, ours, known, as_of, left),
    ]


def _day(as_of: datetime) -> datetime:
    """The beginning of the day of betting, 10:00 UTC: an evening of the NBA is one day."""
    shifted = as_of - DAY_BEGINS
    return shifted.replace(hour=0, minute=0, second=0, microsecond=0) + DAY_BEGINS


def is_fresh(request: Request, captured_at: datetime, now: datetime) -> bool:
    """Whether an answer need not be asked for again: for ever if historical, a day's prices 20 hours, closing ones 45
    minutes, so that the last is taken well inside the hour before kick-off.
    """
    age = now - captured_at
    if request.endpoint in (ODDS, EVENT_ODDS):
        return age < (CLOSING_LIVES if request.is_closing else ROUTINE_LIVES)
    return request.endpoint in HISTORICAL or age < TERMS.life(request.endpoint)


def _by_start(leagues: Mapping[str, Competition], known: Known, after: datetime, until: datetime) -> list[Competition]:
    """Leagues with a match to be played between these moments: the higher tier first, then the earlier match."""
    soon = known.matches.filter(
        pl.col("event_at_utc").is_between(after, until, closed="right")
        & pl.col("state").is_in(["scheduled", "moved"])
        & pl.col("competition_id").is_in(list(leagues))
    )
    first = dict(soon.group_by("competition_id").agg(pl.col("event_at_utc").min()).iter_rows())
    ranked = sorted(first, key=lambda league: (leagues[league].tier, first[league], league))
    return [leagues[league] for league in ranked]


def _within(credits: int, requests: Sequence[Request]) -> list[Request]:
    """The requests that these credits pay for, in their order; a dear one does not bar a cheaper one behind it."""
    kept: list[Request] = []
    for request in requests:
        if request.cost <= credits:
            credits -= request.cost
            kept.append(request)
    return kept


def _events(sport: str, league: Competition) -> Request:
    return Request(SOURCE, EVENTS, f"{ROOT}/{_key(league)}/events", league.id, sport=sport, cost=0)


def _odds(sport: str, league: Competition, markets: Sequence[str], is_closing: bool = False) -> Request:
    url = f"{ROOT}/{_key(league)}/odds?{_query(sport, markets)}"
    return Request(SOURCE, ODDS, url, league.id, sport=sport, cost=len(markets), is_closing=is_closing)


def _props(
    sport: str, leagues: Mapping[str, Competition], known: Known, as_of: datetime, credits: int
) -> list[Request]:  # fmt: skip
    """Props of the first games of the day, as many as these credits pay for; those that have begun are not replaced."""
    if sport not in PROPS:
        return []
    day, number = _day(as_of), credits // len(PROPS[sport])
    games = known.vendor_matches.filter(
        (pl.col("source") == SOURCE)
        & pl.col("event_at_utc").is_between(day, day + timedelta(days=1))
        & pl.col("competition_id").is_in(list(leagues))
    ).unique("vendor_match_id")
    first = games.sort("event_at_utc", "vendor_match_id").head(number).filter(pl.col("event_at_utc") > as_of)
    wanted = first.select("competition_id", "vendor_match_id").iter_rows()
    return [_event_odds(sport, leagues[league], event) for league, event in wanted]


def _event_odds(sport: str, league: Competition, event: str) -> Request:
    url = f"{ROOT}/{_key(league)}/events/{event}/odds?{_query(sport, PROPS[sport])}"
    return Request(SOURCE, EVENT_ODDS, url, league.id, sport=sport, cost=len(PROPS[sport]))


def _query(sport: str, markets: Sequence[str]) -> str:
    return f"markets={','.join(markets)}&oddsFormat=decimal&regions={REGIONS[sport]}"


def _key(league: Competition) -> str:
    return league.vendors[SOURCE]["sport_key"]
