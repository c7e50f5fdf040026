"""What is asked for, within the vendor's credits. All values are invented."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import polars as pl

from lake.competitions import competitions
from lake.contracts.model import contract
from sources.base import Request
from sources.known import MATCH, Known
from sources.the_odds_api import plan
from sources.the_odds_api.source import TheOddsApi
from tests.unit.sources.the_odds_api.vendor import match

NOW = datetime(2024, 3, 1, 12, tzinfo=UTC)


def _planned(sport: str, known: Known, as_of: datetime = NOW) -> Sequence[Request]:
    return TheOddsApi(sport).plan(competitions(sport), as_of, known)


def _football(*starts: tuple[str, datetime]) -> Known:
    rows = [
        match(kickoff=start) | {"competition_id": league, "match_id": f"{league} {start}"} for league, start in starts
    ]
    return Known("football", pl.DataFrame(rows, schema=MATCH))


def test_fixtures_cost_nothing_and_are_asked_of_every_league() -> None:
    planned = _planned("football", _football())
    assert {request.endpoint for request in planned} == {"events"}
    assert sum(request.cost for request in planned) == 0
    assert len(planned) == sum("the_odds_api" in league.vendors for league in competitions("football").values())


def test_a_days_prices_stay_within_the_days_credits_and_prefer_the_first_tier() -> None:
    later = NOW + timedelta(days=1)
    leagues = ("E1", "E0", "SP1", "D1", "I1", "E3")
    odds = [r for r in _planned("football", _football(*[(one, later) for one in leagues])) if r.endpoint == "odds"]
    assert sum(request.cost for request in odds) <= plan.DAILY_CREDITS["football"]
    assert [request.competition_id for request in odds] == ["D1", "E0", "I1"]
    assert not any(request.is_closing for request in odds)


def test_a_month_of_days_leaves_the_reserve_untouched() -> None:
    spent = 31 * sum(plan.DAILY_CREDITS.values())
    assert spent <= plan.MONTHLY_CREDITS * (1 - plan.CLOSING_SHARE)


def test_closing_prices_are_asked_for_just_before_kick_off_only() -> None:
    known = _football(("E0", NOW + timedelta(minutes=70)), ("D1", NOW + timedelta(minutes=80)))
    closing = [request for request in _planned("football", known) if request.is_closing]
    assert [(request.competition_id, request.cost) for request in closing] == [("E0", 1)]
    over = _football(("E0", NOW - timedelta(minutes=1)))
    assert not [request for request in _planned("football", over) if request.is_closing]


def test_addresses_are_canonical_and_carry_no_key() -> None:
    url = next(r.url for r in _planned("football", _football(("E0", NOW + timedelta(days=1)))) if r.endpoint == "odds")
    assert url == f"{plan.ROOT}/soccer_epl/odds?markets=h2h,totals&oddsFormat=decimal&regions=eu"


def test_props_are_of_the_days_games_that_have_not_begun() -> None:
    tip = datetime(2024, 3, 2, 0, 30, tzinfo=UTC)
    matches = pl.DataFrame([match(kickoff=tip) | {"competition_id": "NBA"}], schema=MATCH)
    known = Known("basketball", matches, {"vendor_matches": _games({"late": tip, "early": NOW + timedelta(hours=1)})})
    props = [request for request in _planned("basketball", known) if request.endpoint == "event_odds"]
    assert [request.url for request in props] == [
        f"{plan.ROOT}/basketball_nba/events/early/odds?markets=player_points,player_rebounds&oddsFormat=decimal&regions=us"
    ]
    afterwards = _planned("basketball", known, NOW + timedelta(hours=2))
    assert not [request for request in afterwards if request.endpoint == "event_odds"]


def test_a_plan_is_the_same_twice() -> None:
    known = _football(("E0", NOW + timedelta(days=1)), ("D1", NOW + timedelta(minutes=30)))
    assert _planned("football", known) == _planned("football", known)


def test_prices_of_the_morning_stand_for_the_day_but_not_before_kick_off() -> None:
    source, url = TheOddsApi("football"), f"{plan.ROOT}/soccer_epl/odds"
    routine, closing = Request(plan.SOURCE, "odds", url), Request(plan.SOURCE, "odds", url, is_closing=True)
    assert source.is_fresh(routine, NOW, NOW + timedelta(hours=10))
    assert not source.is_fresh(closing, NOW, NOW + timedelta(hours=1))
    assert source.is_fresh(Request(plan.SOURCE, "historical_odds", url), NOW, NOW + timedelta(days=900))


def _games(starts: dict[str, datetime]) -> pl.DataFrame:
    rows = [
        {"source": plan.SOURCE, "vendor_match_id": event, "event_at_utc": start, "state": "scheduled"}
        for event, start in starts.items()
    ]
    listed = pl.DataFrame(rows).with_columns(competition_id=pl.lit("NBA"))
    return pl.concat([contract("silver.basketball.vendor_matches").empty(), listed], how="diagonal_relaxed")
