"""What the exchange is asked for. All values are invented."""

from __future__ import annotations

from datetime import datetime, timedelta

import orjson
import polars as pl

from sources.betfair import plan
from sources.betfair.source import Betfair
from tests.unit.sources.betfair.vendor import KICKOFF, LEAGUES, NOW, known, told


def test_the_catalogue_is_asked_of_leagues_with_coming_matches() -> None:
    planned = Betfair("football").plan(LEAGUES["football"], NOW, known())
    assert [(one.endpoint, one.competition_id) for one in planned] == [("catalogue", "E0")]
    asked = orjson.loads(planned[0].body or b"")
    assert asked["method"] == "SportsAPING/v1.0/listMarketCatalogue"
    assert asked["params"]["filter"]["competitionIds"] == ["7001"]
    assert asked["params"]["maxResults"] <= plan.CATALOGUE_MARKETS
    assert Betfair("football").plan(LEAGUES["football"], NOW + timedelta(days=9), known()) == []


def test_books_are_asked_for_known_markets_and_closing_ones_first() -> None:
    planned = Betfair("football").plan(LEAGUES["football"], NOW, told())
    assert [(one.endpoint, one.is_closing) for one in planned] == [("catalogue", False), ("book", False)]
    assert orjson.loads(planned[1].body or b"")["params"]["marketIds"] == ["1.1"]
    soon = Betfair("football").plan(LEAGUES["football"], KICKOFF - timedelta(minutes=30), told())
    assert [(one.endpoint, one.is_closing) for one in soon] == [("book", True), ("catalogue", False)]


def test_a_question_never_passes_the_vendors_weight_and_has_an_address_of_its_own() -> None:
    here = told()
    one = here.frames["exchange_markets"].head(1)
    many = pl.concat([one.with_columns(pl.lit(f"1.{number}").alias("market_id")) for number in range(100)])
    books = [
        request
        for request in Betfair("football").plan(LEAGUES["football"], NOW, known(markets=many))
        if request.endpoint == "book"
    ]
    sizes = [len(orjson.loads(request.body or b"")["params"]["marketIds"]) for request in books]
    assert sizes == [40, 40, 20]
    assert max(sizes) * 5 <= 200
    assert len({request.url for request in books}) == 3
    assert all(request.url.split("#")[0] == plan.ADDRESS for request in books)


def test_a_plan_is_the_same_all_day_for_the_catalogue() -> None:
    def asked(at: datetime) -> bytes | None:
        return Betfair("football").plan(LEAGUES["football"], at, known())[0].body

    assert asked(NOW) == asked(NOW + timedelta(hours=5))


def test_secrets_are_named_and_never_in_an_address() -> None:
    assert {one.name for one in plan.TERMS.credentials} == {"X-Application", "X-Authentication"}
