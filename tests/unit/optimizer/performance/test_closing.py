"""Closing-line value: worked out by hand, against a named benchmark, or a reason why there is none."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import polars as pl
import pytest

from core.market.devig import devig
from core.market.sports import SPORTS
from lake.conform import require
from lake.contracts.model import contract
from optimizer.performance.closing import benchmark_counts, closing_line_value, ticket_values
from tests.unit.optimizer.performance.history import (
    LATER,
    handicap_close,
    handicap_prices,
    leg,
    legs,
    match_close,
    match_prices,
    total_close,
    total_prices,
)
from tests.unit.optimizer.policies import AS_OF, KICKOFF

NO_TOTALS, NO_HANDICAPS = total_prices(), handicap_prices()


def valued(
    rows: pl.DataFrame,
    one: pl.DataFrame | None = None,
    totals: pl.DataFrame = NO_TOTALS,
    handicaps: pl.DataFrame = NO_HANDICAPS,
    as_of: Any = LATER,
) -> pl.DataFrame:
    """Values that keep their contract."""
    frames = (match_prices() if one is None else one, totals, handicaps)
    found = closing_line_value(rows, dict(zip(SPORTS["football"].quoted, frames, strict=True)), as_of)
    return require(found, contract("gold.desk.closing_line_value"))


def test_the_value_is_what_the_close_without_margin_expects_of_the_price_taken() -> None:
    row = valued(legs(leg()), match_prices(match_close())).row(0, named=True)
    prob = devig([[2.0, 3.6, 4.0]])[0, 0]
    assert row["close_prob"] == pytest.approx(prob)
    assert row["close_fair_odds_dec"] == pytest.approx(1 / prob)
    assert row["clv"] == pytest.approx(2.2 * prob - 1)
    assert (row["benchmark"], row["reason"], row["known_at_utc"]) == ("pinnacle", None, KICKOFF)


def test_the_close_of_a_book_without_margin_is_taken_at_its_word() -> None:
    row = valued(legs(leg(selection="away")), match_prices(match_close(home=2.0, draw=4.0, away=4.0))).row(
        0, named=True
    )
    assert row["clv"] == pytest.approx(2.2 / 4 - 1)


@pytest.mark.parametrize(
    ("books", "asked"),
    [
        (["market_average", "betfair_exchange", "pinnacle", "bet365"], "pinnacle"),
        (["market_average", "bet365", "betfair_exchange"], "betfair_exchange"),
        (["market_maximum", "bet365", "market_average"], "market_average"),
    ],
)
def test_pinnacle_is_asked_first_then_the_exchange_then_the_average(books: list[str], asked: str) -> None:
    quotes = [match_close(book, home=1.8 + place / 10) for place, book in enumerate(books)]
    row = valued(legs(leg()), match_prices(*quotes)).row(0, named=True)
    expected = devig([[1.8 + books.index(asked) / 10, 3.6, 4.0]])[0, 0]
    assert (row["benchmark"], row["close_prob"]) == (asked, pytest.approx(expected))


def test_of_two_closes_of_a_book_the_first_told_counts_and_none_told_later_than_the_moment() -> None:
    first = match_close(home=2.0)
    late = match_close(home=1.5, known_at_utc=KICKOFF + timedelta(hours=5))
    exchange = match_close("betfair_exchange", home=1.7, known_at_utc=LATER + timedelta(seconds=1))
    both = valued(legs(leg()), match_prices(late, first, exchange))
    assert both.equals(valued(legs(leg()), match_prices(first)))
    unknown = valued(legs(leg()), match_prices(first), as_of=KICKOFF - timedelta(seconds=1)).row(0, named=True)
    assert (unknown["clv"], unknown["reason"], unknown["known_at_utc"]) == (None, "not_closed_yet", AS_OF)


def test_opening_and_observed_prices_are_no_close() -> None:
    others = (match_close(quote_kind=kind) for kind in ("opening", "observed"))
    assert valued(legs(leg()), match_prices(*others))["reason"].to_list() == ["no_close"]


@pytest.mark.parametrize(
    ("changes", "one", "totals", "reason"),
    [
        ({}, [], [], "no_close"),
        ({}, [match_close(match="m2")], [], "no_close"),
        ({}, [match_close("bet365")], [], "no_benchmark"),
        ({}, [match_close("market_maximum")], [], "aggregate_only"),
        ({}, [match_close("market_maximum"), match_close("bwin")], [], "no_benchmark"),
        ({"market": "both_to_score", "selection": "yes"}, [match_close()], [], "market_not_quoted"),
        ({"market": "totals", "selection": "over", "line": 2.5}, [], [total_close(2.75)], "line_not_quoted"),
        ({"market": "totals", "selection": "over", "line": 2.5}, [match_close()], [], "no_close"),
        ({"event_at_utc": LATER + timedelta(seconds=1)}, [], [], "not_closed_yet"),
        ({"event_at_utc": LATER}, [], [], "no_close"),
    ],
)  # fmt: skip
def test_a_leg_without_value_says_why(
    changes: dict[str, Any], one: list[dict[str, Any]], totals: list[dict[str, Any]], reason: str
) -> None:
    row = valued(legs(leg(**changes)), match_prices(*one), total_prices(*totals)).row(0, named=True)
    assert [row[name] for name in ("benchmark", "close_prob", "close_fair_odds_dec", "clv")] == [None] * 4
    assert row["reason"] == reason


def test_a_close_known_by_its_date_only_makes_no_value_but_a_timed_one_beside_it_does() -> None:
    dated = match_prices(match_close()).with_columns(known_at_basis=pl.lit("date_only"))
    assert valued(legs(leg()), dated)["reason"].to_list() == ["date_only"]
    timed = match_prices(match_close("market_average")).with_columns(known_at_basis=pl.lit("rule"))
    assert valued(legs(leg()), pl.concat([dated, timed]))["benchmark"].to_list() == ["market_average"]


def test_the_same_line_must_close_and_the_next_benchmark_that_has_it_answers() -> None:
    rows = legs(leg(market="totals", selection="under", line=2.5))
    quotes = total_prices(total_close(2.25), total_close(2.5, 1.8, 2.1, "market_average"))
    row = valued(rows, totals=quotes).row(0, named=True)
    assert (row["benchmark"], row["reason"]) == ("market_average", None)
    assert row["clv"] == pytest.approx(2.2 * devig([[1.8, 2.1]])[0, 1] - 1)


def test_at_a_line_where_stakes_come_back_only_the_rest_is_beaten() -> None:
    """Our grid gives a push of 0.2, 0.4 to win and 0.4 to lose; the close moved to 0.55 of what is settled."""
    rows = legs(leg(market="asian_handicap", line=-1.0, prob=0.4, fair_odds_dec=2.0))
    quotes = handicap_prices(handicap_close(-1.0, 1 / 0.55, 1 / 0.45))
    row = valued(rows, handicaps=quotes).row(0, named=True)
    assert row["close_prob"] == pytest.approx(0.8 * 0.55)
    assert row["clv"] == pytest.approx(0.44 * 2.2 + 0.2 - 1)


def test_both_sides_of_a_handicap_are_found_at_the_line_of_the_home_side() -> None:
    rows = legs(*(leg(side, market="asian_handicap", selection=side, line=-0.5) for side in ("home", "away")))
    found = valued(rows, handicaps=handicap_prices(handicap_close(-0.5), handicap_close(0.5, 1.2, 4.0)))
    assert dict(zip(found["ticket_id"], found["close_prob"], strict=True)) == pytest.approx(
        dict(zip(("home", "away"), devig([[1.9, 2.0]])[0], strict=True))
    )


def test_a_ticket_multiplies_its_legs_and_needs_a_close_for_each() -> None:
    rows = legs(leg("two"), leg("two", 1, "m2"), leg("half"), leg("half", 1, "m3"), leg("one"))
    quotes = match_prices(match_close(), match_close("market_average", match="m2"))
    found = {row["ticket_id"]: row for row in ticket_values(valued(rows, quotes)).iter_rows(named=True)}
    single = 2.2 * devig([[2.0, 3.6, 4.0]])[0, 0] - 1
    assert found["two"]["clv"] == pytest.approx((1 + single) ** 2 - 1)
    assert (found["two"]["legs"], found["two"]["benchmark"], found["two"]["reason"]) == (2, "several", None)
    assert (found["half"]["clv"], found["half"]["benchmark"], found["half"]["reason"]) == (None, None, "no_close")
    assert (found["one"]["clv"], found["one"]["benchmark"]) == (pytest.approx(single), "pinnacle")


def test_a_system_divides_its_stake_over_its_lines() -> None:
    """Two singles and their double: a third of the stake on each."""
    rows = legs(leg("system"), leg("system", 1, "m2"), leg("double"), leg("double", 1, "m2"))
    values = valued(rows, match_prices(match_close(), match_close(match="m2", home=1.7)))
    tickets = pl.DataFrame({"ticket_id": ["system", "double"], "lines": ["[[0],[1],[0,1]]", None]})
    first, second = values.filter(pl.col("ticket_id") == "system")["clv"]
    double = (1 + first) * (1 + second) - 1
    found = dict(ticket_values(values, tickets).select("ticket_id", "clv").iter_rows())
    assert found == pytest.approx({"system": (first + second + double) / 3, "double": double})


def test_two_legs_in_one_match_have_no_joint_close() -> None:
    rows = legs(leg(), leg(place=1, market="totals", selection="over", line=2.5))
    found = ticket_values(valued(rows, match_prices(match_close()), total_prices(total_close(2.5)))).row(0, named=True)
    assert (found["clv"], found["benchmark"], found["reason"]) == (None, None, "same_match")


def test_benchmarks_and_reasons_are_counted() -> None:
    rows = legs(leg("a"), leg("b"), leg("c", match="m2"))
    assert benchmark_counts(valued(rows, match_prices(match_close()))) == {"pinnacle": 2, "no_close": 1}


def test_no_legs_have_no_values() -> None:
    nothing = valued(legs(), match_prices(match_close()))
    assert nothing.is_empty()
    assert ticket_values(nothing).is_empty()
