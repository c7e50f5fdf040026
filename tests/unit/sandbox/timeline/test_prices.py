"""Football prices: they go through the published openings and closings, drift, and jump with the news."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from sandbox.books import BOOKS, Quotes
from sandbox.timeline.exchange import ladder
from sandbox.timeline.totals import over_probabilities
from sandbox.universe import Universe
from sandbox.world import SANDBOX_NOW, World

SIDES = {"home": 0, "draw": 1, "away": 2}
NUMBER = {book.code: number for number, book in enumerate(BOOKS)}


def published(universe: Universe, world: World, prices: pl.DataFrame) -> pl.DataFrame:
    """Prices on 1X2 with the row of the published world that they belong to."""
    rows = world.matches.with_row_index("row").filter(start_year=2026).select("row", "home", "away")
    keys = universe.football.matches.select("match_key", "home", "away").join(rows, on=["home", "away"])
    return prices.filter(market="1x2").join(keys, on="match_key")


def test_at_the_present_the_prices_are_those_of_the_fixtures_file(
    universe: Universe, world: World, quotes: Quotes
) -> None:
    rows = published(universe, world, universe.prices(SANDBOX_NOW))
    assert rows["match_key"].n_unique() == 41
    for book, row, selection, price in rows.select("book", "row", "selection", "price").iter_rows():
        assert price == quotes.opening.outcomes[NUMBER[book], row, SIDES[selection]]


def test_the_last_prices_are_the_published_closings(universe: Universe, world: World, quotes: Quotes) -> None:
    played = universe.fixtures(SANDBOX_NOW).filter(status="finished").sort("kickoff_at_utc").tail(3)
    for key, kickoff in played.select("match_key", "kickoff_at_utc").iter_rows():
        last = universe.prices(kickoff - timedelta(seconds=1)).filter(match_key=key)
        rows = published(universe, world, last)
        assert rows.height >= 40
        for book, row, selection, price in rows.select("book", "row", "selection", "price").iter_rows():
            assert price == quotes.closing.outcomes[NUMBER[book], row, SIDES[selection]]


def test_prices_drift(universe: Universe) -> None:
    early, late = (
        universe.prices(SANDBOX_NOW + timedelta(hours=hours)).filter(market="1x2", selection="home")
        for hours in (-48, 0)
    )
    both = early.join(late, on=["match_key", "book"])
    moves = (both["price"] / both["price_right"]).log().abs()
    assert both.height > 500
    assert moves.median() > 0.004
    assert moves.max() < 0.5


@pytest.mark.parametrize("hours", [-60, 0, 500, 2000])
def test_the_overround_is_that_of_a_book(universe: Universe, hours: int) -> None:
    prices = universe.prices(SANDBOX_NOW + timedelta(hours=hours), alternates=True)
    one = prices.group_by("match_key", "book", "market", "line", "is_main").agg(pl.col("price").pow(-1).sum())
    main = one.filter("is_main")["price"]
    assert main.min() >= 1.01
    assert main.max() <= 1.12
    assert one["price"].min() > 1.0


def test_a_market_has_every_selection_once_and_one_main_line(universe: Universe) -> None:
    prices = universe.prices(SANDBOX_NOW, alternates=True)
    assert not prices.select("match_key", "book", "market", "selection", "line").is_duplicated().any()
    mains = prices.filter("is_main").group_by("match_key", "book", "market").agg(pl.col("line").n_unique())
    assert (mains["line"] == 1).all()
    halves = prices.filter(market="totals", selection="over", line=2.5).group_by("match_key", "book").len()
    assert halves.height == prices.select("match_key", "book").unique().height


def test_the_prices_of_a_team_rise_when_it_loses_a_key_player(universe: Universe) -> None:
    believed = universe.football.effects[0]
    kickoffs = universe.football.states.filter(status="finished").select("match_key", "kickoff_at_utc")
    within = believed.join(kickoffs, on="match_key").filter(
        pl.col("kickoff_at_utc") - pl.col("known_at_utc") < timedelta(days=5),
        pl.col("kickoff_at_utc") - pl.col("known_at_utc") > timedelta(hours=6),
    )
    step = within.sort("home").row(0, named=True)
    assert step["home"] < -0.05
    before, after = (
        universe.prices(step["known_at_utc"] + delay).filter(
            match_key=step["match_key"], market="1x2", selection="home"
        )
        for delay in (-timedelta(minutes=1), timedelta(minutes=125))
    )
    assert after["price"].mean() > 1.015 * before["price"].mean()
    assert before["quoted_at_utc"].max() < step["known_at_utc"]


def test_a_quarter_line_lies_between_its_halves() -> None:
    totals = np.zeros((1, 21))
    totals[0, [1, 2, 3]] = 0.3, 0.4, 0.3
    over = over_probabilities(totals)[0]
    lines = {2.0: 0.3 / 0.6, 2.25: 0.3 / (0.3 + 0.3 + 0.2), 2.5: 0.3}
    for line, expected in lines.items():
        assert over[round(4 * line) - 2] == pytest.approx(expected)


def test_the_exchange_offers_prices_of_its_ladder_and_no_arbitrage(universe: Universe) -> None:
    book = universe.exchange(SANDBOX_NOW)
    allowed = set(ladder().tolist())
    for column in ("back_prices", "lay_prices"):
        assert set(book[column].explode()) <= allowed
    assert (book["back_prices"].list.first() < book["lay_prices"].list.first()).all()
    best = book.filter(market="1x2").group_by("match_key").agg(pl.col("back_prices").list.first().pow(-1).sum())
    assert (best["back_prices"] > 0.99).all()


def test_volume_on_the_exchange_only_grows(universe: Universe) -> None:
    key = ["match_key", "market", "selection"]
    early, late = (universe.exchange(SANDBOX_NOW + timedelta(hours=hours)) for hours in (0, 1))
    both = early.join(late, on=key)
    assert both.height > 150
    assert (both["traded_volume_right"] > both["traded_volume"]).all()
