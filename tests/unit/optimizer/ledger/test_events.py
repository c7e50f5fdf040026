"""Each event by itself: what it moves, what it is called, and what it refuses to be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import polars as pl
import pytest

from lake.contracts.model import contract
from optimizer.ledger import Account, FundsMissing, LedgerContradicted, Slot, balances, entries, house, post, statement
from optimizer.ledger import events as told
from optimizer.ledger.events import Event, Posting

EMPTY = contract("gold.desk.ledger").empty()
AT = datetime(2024, 5, 1, tzinfo=UTC)
HERE, THERE = Account("ann", "bet365", "EUR"), Account("ann", "pinnacle", "EUR")
POUNDS = Account("ann", "pinnacle", "GBP")


def ledger(*events: Event) -> pl.DataFrame:
    return post(EMPTY, entries(events)).select(EMPTY.columns)


def moved(event: Event) -> list[tuple[str, str, int]]:
    return [(str(one.account), one.slot.value, one.minor) for one in event.postings]


def test_a_change_of_currency_sums_to_zero_in_both_and_records_its_rate() -> None:
    event = told.exchange(THERE, POUNDS, 1001, Decimal("0.8550"), AT, "x1")
    assert [minor for _, _, minor in moved(event)] == [-1001, 1001, -856, 856]
    rows = entries([event])
    assert set(rows["rate"]) == {"0.8550"}
    assert rows["entry_id"].n_unique() == 4
    assert rows.group_by("currency").agg(pl.col("amount_minor").sum())["amount_minor"].to_list() == [0, 0]


def test_half_a_unit_bought_goes_to_the_even_one() -> None:
    bought = [told.exchange(THERE, POUNDS, minor, Decimal("0.5"), AT, "x").postings[3].minor for minor in (1001, 1003)]
    assert bought == [500, 502]


def test_two_equal_deposits_are_two_by_their_references_and_one_told_twice_is_one() -> None:
    first, second = (told.deposit(HERE, 100, AT, name) for name in ("monday", "tuesday"))
    assert balances(ledger(first, first, second))["cash"] == 200


def test_a_partly_taken_order_returns_the_rest_to_cash_and_a_refused_one_all() -> None:
    later = AT + timedelta(seconds=1)
    story = [
        told.deposit(HERE, 1000, AT, "d"), told.reservation(HERE, "P1", "t1", 600, AT),
        told.acceptance(HERE, "P1", "t1", 600, 250, AT), told.reservation(HERE, "P2", "t2", 750, later),
        told.rejection(HERE, "P2", "t2", 750, later),
    ]  # fmt: skip
    assert balances(ledger(*story)) == {"owner": -1000, "cash": 750, "reserved": 0, "at_risk": 250}


def test_orders_of_one_moment_must_all_be_covered_whatever_is_taken_of_them() -> None:
    story = [
        told.deposit(HERE, 1000, AT, "d"), told.reservation(HERE, "P1", "t1", 600, AT),
        told.acceptance(HERE, "P1", "t1", 600, 250, AT), told.reservation(HERE, "P2", "t2", 750, AT),
    ]  # fmt: skip
    with pytest.raises(FundsMissing, match="takes 350 minor units more"):
        ledger(*story)


def test_money_that_is_not_there_is_not_spent_and_the_sentence_says_whose_it_was() -> None:
    deposit = told.deposit(HERE, 1000, AT, "d")
    later = AT + timedelta(hours=1)
    spending = [
        told.withdrawal(HERE, 1001, later, "w"), told.transfer(HERE, THERE, 1001, later, "t"),
        told.reservation(HERE, "P1", "t1", 1001, later),
        told.exchange(HERE, Account("ann", "bet365", "GBP"), 1001, Decimal(1), later, "x"),
    ]  # fmt: skip
    for event in spending:
        with pytest.raises(FundsMissing, match=r"takes 1 minor units more .* account of ann at bet365 in EUR"):
            ledger(deposit, event)
    enough = told.withdrawal(HERE, 1000, AT, "w")
    assert balances(ledger(enough, deposit))["cash"] == 0


def test_money_at_one_book_pays_for_nothing_at_another() -> None:
    with pytest.raises(FundsMissing, match="ann at pinnacle"):
        ledger(told.deposit(HERE, 1000, AT, "d"), told.withdrawal(THERE, 1, AT, "w"))


def test_a_transaction_that_a_crash_cut_in_two_is_completed_though_the_cash_is_gone_by_then() -> None:
    story = [told.deposit(HERE, 100, AT, "d"), told.reservation(HERE, "P1", "t1", 100, AT)]
    torn = ledger(*story).head(3)
    assert torn["account"][2] == "cash"
    rest = post(torn, entries(story))
    assert rest.select("account", "amount_minor").rows() == [("reserved", 100)]


def test_a_settlement_told_anew_with_other_amounts_is_refused() -> None:
    story = [told.deposit(HERE, 100, AT, "d"), told.settlement(HERE, "t1", 1, 50, 95, AT)]
    standing = ledger(*story)
    assert post(standing, entries(story)).is_empty()
    with pytest.raises(LedgerContradicted, match=r"settlement:t1:cash is booked with 95 and is now told with 0"):
        post(standing, entries([told.settlement(HERE, "t1", 1, 50, 0, AT)]))


def test_amounts_in_two_currencies_are_never_added() -> None:
    both = ledger(told.deposit(HERE, 100, AT, "d"), told.deposit(POUNDS, 100, AT, "d"))
    with pytest.raises(ValueError, match="EUR and GBP cannot be added"):
        balances(both)
    cash = statement(both).filter(pl.col("account") == "cash")
    assert cash.select("bookmaker", "currency", "balance_minor").rows() == [
        ("bet365", "EUR", 100), ("pinnacle", "GBP", 100),
    ]  # fmt: skip


def test_a_void_is_called_so() -> None:
    assert told.settlement(HERE, "t1", 1, 50, 50, AT, void=True).kind == "void"
    assert told.settlement(HERE, "t1", 1, 50, 50, AT).kind == "settlement"


WRONG: dict[str, Callable[[], object]] = {
    "no amount to move": lambda: told.deposit(HERE, 0, AT, "d"),
    "-5 is no amount": lambda: told.withdrawal(HERE, -5, AT, "w"),
    "is none": lambda: told.transfer(HERE, HERE, 5, AT, "t"),
    "in GBP is none": lambda: told.transfer(HERE, POUNDS, 5, AT, "t"),
    "exchanged into ann at pinnacle in EUR": lambda: told.exchange(HERE, THERE, 5, Decimal(1), AT, "x"),
    "at NaN": lambda: told.exchange(HERE, POUNDS, 5, Decimal("nan"), AT, "x"),
    "0 is no amount": lambda: told.exchange(HERE, POUNDS, 5, Decimal("0.01"), AT, "x"),
    "6 cannot be taken": lambda: told.acceptance(HERE, "P", "t", 5, 6, AT),
    "is no bet": lambda: told.settlement(HERE, "t", 1, 5, -1, AT),
    "does not sum to zero": lambda: Event("x", "deposit", (Posting(HERE, Slot.CASH, 1),), AT),
    "without a zone": lambda: told.deposit(HERE, 5, AT.replace(tzinfo=None), "d"),
    "both a bettor and a bookmaker": lambda: Account("ann", None, "EUR"),
    "not a currency code": lambda: house("euro"),
}


@pytest.mark.parametrize("said", WRONG)
def test_what_is_no_event_cannot_be_made(said: str) -> None:
    with pytest.raises(ValueError, match=said):
        WRONG[said]()
