"""Value bets: whose price counts, what the edge is, and which rule speaks first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.settings import Staking
from lake.contracts.model import contract
from optimizer.controls import offer_rules, review, standing
from optimizer.policy import default
from optimizer.prices import edges
from optimizer.prices.edges import minimum_price
from optimizer.prices.offers import Terms
from tests.unit.optimizer import policies
from tests.unit.optimizer.policies import AS_OF, policy, price, prices
from tests.unit.optimizer.prices.quotes import HANDICAP, TOTALS, lined, offered


def fair(
    *rows: tuple[str, str, float], line: float | None = None, push: float | None = None, **of: Any
) -> pl.DataFrame:
    """Fair odds of (match, selection, probability) on one line."""
    return policies.fair(*rows, **of).with_columns(
        pl.lit(line, pl.Float64).alias("line"),
        pl.lit(push, pl.Float64).alias("push_share"),
        pl.lit("football").alias("sport"),
    )


def value_bets(asked: pl.DataFrame, quoted: pl.DataFrame, staking: Staking, as_of: Any = AS_OF) -> pl.DataFrame:
    """Value bets on 1X2 prices, judged by the rules of a bettor without a policy file."""
    bets = edges.value_bets(asked, offered(quoted), staking, as_of)
    bettor = default(staking)
    rules = offer_rules(bettor, bettor.limits, None)
    return review(bets, (), rules, standing(TICKETS, SETTLED, as_of, 1, "UTC"), "decision", "ann").offers


TICKETS = contract("gold.desk.tickets").empty()
SETTLED = contract("gold.desk.settlements").empty()
HOME = fair(("m1", "home", 0.5))


def test_maxima_averages_and_books_that_the_policy_does_not_name_are_nobodys_price() -> None:
    quoted = prices(
        price("market_max", 9.0), price("market_average", 8.0), price("some_unnamed_book", 7.0),
        price("betfair_exchange", 6.0), price("bet365", 2.1), price("bwin", 2.2),
    )  # fmt: skip
    found = value_bets(HOME, quoted, policy(), AS_OF)
    assert found.select("bookmaker", "price_odds_dec").rows() == [("bwin", 2.2)]


def test_an_aggregate_stays_nobodys_price_even_if_the_policy_names_it() -> None:
    quoted = prices(price("market_max", 9.0))
    assert value_bets(HOME, quoted, policy(bookmakers=("market_max",)), AS_OF).is_empty()


def test_a_price_seen_after_the_decision_does_not_exist_and_one_seen_at_it_does() -> None:
    quoted = prices(price("bwin", 3.0, minutes_old=-0.001), price("bet365", 2.2, minutes_old=0))
    assert value_bets(HOME, quoted, policy(), AS_OF)["bookmaker"].to_list() == ["bet365"]


def test_offers_made_later_than_the_decision_do_not_exist_for_it() -> None:
    later = offered(prices(price("bwin", 3.0, minutes_old=-5), price("bet365", 2.2)), as_of=AS_OF + timedelta(hours=1))
    assert edges.value_bets(HOME, later, policy(), AS_OF)["bookmaker"].to_list() == ["bet365"]


def test_of_two_equal_prices_the_same_book_is_always_named() -> None:
    quoted = prices(price("bwin", 2.2), price("bet365", 2.2), price("ladbrokes", 2.2))
    for listed in (quoted, quoted.reverse()):
        assert value_bets(HOME, listed, policy(), AS_OF)["bookmaker"].to_list() == ["bet365"]


def test_every_selection_takes_its_own_best_book_and_its_edge_is_the_expected_profit() -> None:
    asked = fair(("m1", "home", 0.5), ("m1", "draw", 0.3), ("m1", "away", 0.2))
    quoted = prices(price("bwin", 1.9, 3.6, 4.0), price("bet365", 2.1, 3.2, 4.5))
    found = value_bets(asked, quoted, policy(), AS_OF)
    chosen = {row["selection"]: (row["bookmaker"], row["edge"]) for row in found.iter_rows(named=True)}
    assert chosen["home"] == ("bet365", pytest.approx(0.5 * 2.1 - 1))
    assert chosen["draw"] == ("bwin", pytest.approx(0.3 * 3.6 - 1))
    assert chosen["away"] == ("bet365", pytest.approx(0.2 * 4.5 - 1))
    assert found["edge"].is_sorted(descending=True)


@pytest.mark.parametrize(
    ("prob", "odds", "minutes_old", "verdict"),
    [
        (0.5, 2.2, 60, "accepted"),
        (0.5, 2.05, 60, "below_minimum_edge"),
        (0.3, 4.5, 60, "above_maximum_price"),
        (0.5, 2.2, 121, "stale_price"),
        (0.3, 4.5, 121, "above_maximum_price"),
        (0.1, 4.5, 121, "below_minimum_edge"),
        (0.3, 4.0, 120, "accepted"),
    ],
)
def test_the_verdict_is_the_first_rule_that_refused(prob: float, odds: float, minutes_old: float, verdict: str) -> None:
    strict = policy(minimum_edge=0.05, maximum_price_odds_dec=4.0, maximum_price_age_minutes=120)
    quoted = prices(price("bet365", odds, minutes_old=minutes_old))
    found = value_bets(fair(("m1", "home", prob)), quoted, strict, AS_OF)
    assert found["verdict"].to_list() == [verdict]
    assert found["price_age_minutes"].to_list() == [minutes_old]


@given(prob=st.floats(0.02, 0.98), minimum_edge=st.floats(0, 0.5))
def test_at_its_minimum_price_a_bet_is_just_worth_taking(prob: float, minimum_edge: float) -> None:
    lowest = pl.select(minimum_price(pl.lit(prob), policy(minimum_edge=minimum_edge))).item()
    assert prob * lowest - 1 == pytest.approx(minimum_edge, abs=1e-12)


def test_a_match_without_an_executable_price_is_no_candidate() -> None:
    assert value_bets(fair(("m2", "home", 0.5)), prices(price("bet365", 2.2)), policy(), AS_OF).is_empty()
    assert value_bets(HOME, prices(), policy(), AS_OF).is_empty()
    assert value_bets(HOME.clear(), prices(price("bet365", 2.2)), policy(), AS_OF).is_empty()


def test_a_fair_price_of_another_market_never_meets_a_match_result_price() -> None:
    handicap = fair(("m1", "home", 0.7), market="asian_handicap")
    assert value_bets(handicap, prices(price("bet365", 2.2)), policy(), AS_OF).is_empty()


def test_a_stale_price_does_not_hide_a_fresh_one_that_is_worth_taking() -> None:
    quoted = prices(price("bwin", 2.30, minutes_old=5000), price("bet365", 2.25, minutes_old=5))
    found = value_bets(HOME, quoted, policy(maximum_price_age_minutes=60), AS_OF)
    assert found.select("bookmaker", "verdict").rows() == [("bet365", "accepted")]


def test_totals_and_handicaps_meet_prices_of_their_own_line_only() -> None:
    over = lined(TOTALS, ("bwin", 2.5, 2.2, 1.7), ("bet365", 3.5, 4.0, 1.2))
    away = lined(HANDICAP, ("bwin", -0.5, 1.8, 2.1), ("bet365", -0.75, 1.9, 2.4))
    asked = pl.concat([
        fair(("m1", "over", 0.5), market="totals", line=2.5),
        fair(("m1", "away", 0.5), market="asian_handicap", line=-0.75),
        fair(("m1", "over", 0.9), market="totals", line=1.5),
    ])  # fmt: skip
    found = edges.value_bets(asked, offered(prices(), over, away), policy(), AS_OF)
    assert found.select("market", "line", "bookmaker", "price_odds_dec").rows() == [
        ("asian_handicap", -0.75, "bet365", 2.4), ("totals", 2.5, "bwin", 2.2),
    ]  # fmt: skip


def test_a_stake_that_comes_back_is_not_lost() -> None:
    """Over 2.0: 40% won, 25% returned, 35% lost."""
    asked = fair(("m1", "over", 0.40), market="totals", line=2.0, push=0.25)
    found = edges.value_bets(asked, offered(prices(), lined(TOTALS, ("bwin", 2.0, 2.0, 1.8))), policy(), AS_OF)
    assert found["edge"].to_list() == [pytest.approx(0.40 * 1.0 - 0.35)]


def test_the_best_price_is_the_best_after_commission() -> None:
    terms = {"betfair_exchange": Terms(commission_share=0.05, source="invented")}
    quoted = prices(price("betfair_exchange", 2.25), price("bwin", 2.2), price("bet365", 2.1))
    named = policy(bookmakers=("betfair_exchange", "bwin", "bet365"))
    found = edges.value_bets(HOME, offered(quoted, terms=terms), named, AS_OF)
    assert found.select("bookmaker", "books_count", "second_odds_dec").rows() == [("bwin", 3, pytest.approx(2.1875))]


def test_at_its_minimum_price_a_bet_with_a_push_at_an_exchange_is_just_worth_taking() -> None:
    asked = policy(minimum_edge=0.02)
    lowest = pl.select(minimum_price(pl.lit(0.4), asked, pl.lit(0.25), pl.lit(0.05))).item()
    assert 0.4 * (lowest - 1) * 0.95 - 0.35 == pytest.approx(0.02)


def test_a_price_far_beyond_all_other_books_is_taken_for_a_mistake() -> None:
    sane = [price(book, 2.0, 3.4, 4.2) for book in ("bwin", "ladbrokes", "pinnacle")]
    found = value_bets(HOME, prices(price("bet365", 4.2, 3.4, 2.0), *sane), policy())
    assert found.select("bookmaker", "verdict", "books_count").rows() == [("bet365", "outlier_price", 4)]
    assert 0.45 < found["consensus_prob"].item() < 0.5
    generous = value_bets(HOME, prices(price("bet365", 2.3, 3.4, 4.2), *sane), policy())
    assert generous["verdict"].to_list() == ["accepted"]


def test_two_other_books_are_no_consensus_to_call_a_price_a_mistake_by() -> None:
    others = [price(book, 2.0, 3.4, 4.2) for book in ("bwin", "ladbrokes")]
    aggregate = price("market_average", 2.0, 3.4, 4.2)
    found = value_bets(HOME, prices(price("bet365", 4.2, 3.4, 2.0), *others, aggregate), policy())
    assert found["verdict"].to_list() == ["accepted"]


def test_a_book_that_just_lengthened_its_price_knows_something() -> None:
    risen = prices(price("bwin", 2.0, minutes_old=60), price("bwin", 2.4, minutes_old=5))
    found = value_bets(HOME, risen, policy())
    assert found.select("previous_price_odds_dec", "verdict").rows() == [(2.0, "price_lengthened")]
    shortened = prices(price("bwin", 2.9, minutes_old=60), price("bwin", 2.4, minutes_old=5))
    assert value_bets(HOME, shortened, policy())["verdict"].to_list() == ["accepted"]


def test_the_rows_are_those_of_the_contract() -> None:
    found = value_bets(HOME, prices(price("bet365", 2.2)), policy())
    table = contract("gold.desk.value_bets")
    assert set(table.column_names) <= set(found.columns)
    assert found.select(table.column_names).schema == table.schema
