"""Offers: what a book quotes at one moment, and what is left of it after commission."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from pydantic import ValidationError

from core.market.devig import devig
from optimizer.prices.offers import Terms, book_terms
from tests.unit.optimizer.policies import AS_OF, price, prices
from tests.unit.optimizer.prices.quotes import HANDICAP, TOTALS, lined, offered

EXCHANGE = {"betfair_exchange": Terms(commission_share=0.05, stake_limit=500.0, source="invented")}


def test_three_tables_become_one_row_a_selection_line_and_book() -> None:
    found = offered(
        prices(price("bwin", 2.0, 3.5, 4.0)), lined(TOTALS, ("bwin", 2.5, 1.9, 2.0)),
        lined(HANDICAP, ("bwin", -0.25, 2.1, 1.8)),
    )  # fmt: skip
    assert found.select("market", "selection", "line", "price_odds_dec").rows() == [
        ("1x2", "home", None, 2.0), ("1x2", "draw", None, 3.5), ("1x2", "away", None, 4.0),
        ("totals", "over", 2.5, 1.9), ("totals", "under", 2.5, 2.0),
        ("asian_handicap", "home", -0.25, 2.1), ("asian_handicap", "away", -0.25, 1.8),
    ]  # fmt: skip


def test_an_exchange_keeps_its_commission_of_the_winnings_and_a_book_nothing() -> None:
    found = offered(prices(price("betfair_exchange", 3.0), price("bwin", 2.1)), terms=EXCHANGE)
    home = found.filter(selection="home").select("bookmaker", "price_odds_dec", "net_odds_dec", "stake_limit")
    assert home.rows() == [("betfair_exchange", 3.0, pytest.approx(2.9), 500.0), ("bwin", 2.1, 2.1, None)]


def test_the_latest_quote_counts_with_the_one_before_it_and_what_comes_later_does_not_exist() -> None:
    quoted = prices(
        price("bwin", 2.0, minutes_old=90), price("bwin", 2.3, minutes_old=30), price("bwin", 9.0, minutes_old=-1),
        price("bet365", 2.1, minutes_old=30),
    )  # fmt: skip
    home = offered(quoted).filter(selection="home").sort("bookmaker")
    assert home.select("bookmaker", "price_odds_dec", "previous_price_odds_dec").rows() == [
        ("bet365", 2.1, None), ("bwin", 2.3, 2.0),
    ]  # fmt: skip
    assert home["price_known_at_utc"].max() < AS_OF


def test_a_line_that_the_book_left_is_no_offer_any_more() -> None:
    moved = lined(TOTALS, ("bwin", 2.5, 1.9, 2.0, 60), ("bwin", 2.75, 2.0, 1.9, 10), ("bet365", 2.5, 1.8, 2.0, 60))
    found = offered(prices(), moved).filter(selection="over").sort("bookmaker")
    assert found.select("bookmaker", "line").rows() == [("bet365", 2.5), ("bwin", 2.75)]


def test_lines_quoted_at_the_same_moment_all_stand_each_with_its_own_quote_before() -> None:
    several = lined(
        TOTALS, ("bwin", 2.5, 1.9, 2.0, 60), ("bwin", 2.5, 1.8, 2.1, 10), ("bwin", 3.5, 3.0, 1.4, 10),
    )  # fmt: skip
    over = offered(prices(), several).filter(selection="over").sort("line")
    assert over.select("line", "price_odds_dec", "previous_price_odds_dec").rows() == [
        (2.5, 1.8, 1.9),
        (3.5, 3.0, None),
    ]


def test_a_books_probabilities_are_its_prices_without_the_margin() -> None:
    found = offered(prices(price("bwin", 2.0, 3.5, 4.0)))
    assert found["book_prob"].to_list() == pytest.approx(devig([2.0, 3.5, 4.0])[0].tolist())


def test_without_any_price_there_are_no_offers() -> None:
    assert offered(prices()).is_empty()


def test_the_terms_that_ship_name_a_source_and_the_commission_of_the_exchange() -> None:
    terms = book_terms()
    assert 0.02 <= terms["betfair_exchange"].commission_share <= 0.05
    assert all(term.source for term in terms.values())


def test_terms_out_of_range_and_unknown_terms_are_refused(tmp_path: Path) -> None:
    for text in ("commission_share: 1.5", "comission_share: 0.02", "stake_limit: -1"):
        (tmp_path / "terms.yaml").write_text(f"book:\n  {text}\n  source: invented\n", encoding="utf-8")
        with pytest.raises(ValidationError):
            book_terms(tmp_path / "terms.yaml")


def test_a_file_of_terms_without_a_book_is_no_terms(tmp_path: Path) -> None:
    (tmp_path / "terms.yaml").write_text("# nothing\n", encoding="utf-8")
    assert book_terms(tmp_path / "terms.yaml") == {}
    assert offered(prices(price("bwin", 2.0)))["commission_share"].unique().to_list() == [0.0]
    assert offered(prices(price("bwin", 2.0))).schema["liquidity"] == pl.Float64
