"""What a person says was taken: recorded once, refused where it cannot be, and settled as it was."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import polars as pl
import pytest

from core.errors import TicketUnknown
from optimizer.placement import Book, Paper, PlacementRefused, Recorded, by_hand, frame, taken
from tests.unit.optimizer.placement.tables import book, order, rows
from tests.unit.optimizer.policies import AS_OF, KICKOFF


def said(of: Book, price: str = "1.95", stake: str = "20", **other: Any) -> Recorded:
    """What `fairline place t1` would do."""
    usual: dict[str, Any] = {"ticket_id": "t1", "bettor_id": "ann", "as_of": AS_OF}
    return by_hand(of, price=price, stake=stake, **usual | other)


def test_what_was_taken_is_recorded_with_the_books_name_and_its_own_stake_and_price() -> None:
    recorded = said(book())
    placed = recorded.placement
    assert recorded.is_new
    assert (placed.venue, placed.bookmaker, placed.taken_minor, placed.price_odds_dec) == (
        "manual", "bet365", 2000, 1.95,
    )  # fmt: skip
    assert recorded.warnings == ("The stake is above the 10.00 EUR that was advised.",)
    assert said(book(), bookmaker="pinnacle", stake="10").placement.bookmaker == "pinnacle"


def test_the_same_words_again_change_nothing_and_others_are_refused() -> None:
    first = said(book())
    after = book(first.placement)
    again = said(after, as_of=AS_OF + timedelta(hours=1))
    assert not again.is_new
    assert again.placement.placement_id == first.placement.placement_id
    for other in ({"stake": "21"}, {"price": "1.96"}, {"bookmaker": "pinnacle"}):
        with pytest.raises(PlacementRefused, match=r"was placed already: 20\.00 EUR at 1\.95 with bet365"):
            said(after, **other)


def test_a_ticket_on_paper_can_be_placed_by_hand() -> None:
    assert said(book(Paper().place(order(), AS_OF))).is_new


def test_a_price_below_the_lowest_is_recorded_with_a_warning() -> None:
    assert said(book(), price="1.85", stake="10").warnings == (
        "1.85 is below 1.9, the lowest price at which this ticket was worth taking.",
    )
    assert said(book(), price="1.90", stake="10.00").warnings == ()


def test_after_the_kick_off_it_has_to_be_said() -> None:
    with pytest.raises(PlacementRefused, match="kicked off at 2024-05-11T14:00:00Z"):
        said(book(), as_of=KICKOFF)
    assert said(book(), as_of=KICKOFF, after_kick_off=True).is_new
    assert said(book(), as_of=KICKOFF - timedelta(microseconds=1)).is_new


def test_a_settled_or_unknown_ticket_is_refused() -> None:
    with pytest.raises(PlacementRefused, match="t1 is settled"):
        said(book(settled=True))
    with pytest.raises(TicketUnknown, match="No ticket is called t2"):
        said(book(), ticket_id="t2")


def test_a_stake_above_the_cash_is_refused_and_one_that_takes_it_all_is_not() -> None:
    with pytest.raises(PlacementRefused, match=r"20\.00 EUR is more than the 19\.99 EUR that ann has at bet365"):
        said(book(), cash_minor=1999)
    assert said(book(), cash_minor=2000).is_new


@pytest.mark.parametrize("price", ["1", "1.00", "0.5", "-2", "evens", "nan", "inf", ""])
def test_what_is_no_price_is_refused(price: str) -> None:
    with pytest.raises(PlacementRefused, match="A price of"):
        said(book(), price=price)


@pytest.mark.parametrize("stake", ["0", "-1", "1.005", "ten", "nan", "1e400", "0.001", "20,00"])
def test_what_is_no_stake_is_refused(stake: str) -> None:
    with pytest.raises(PlacementRefused, match="A stake of"):
        said(book(), stake=stake)


def test_tickets_are_taken_at_the_stake_price_and_book_of_their_placement_and_the_others_as_advised() -> None:
    of = book()
    alone = rows("tickets", {"ticket_id": "t2", "stake_minor": 700})
    legs = pl.concat([of.legs, rows("ticket_legs", {"ticket_id": "t2", "leg": 0, "bookmaker": "coral"})])
    placements = frame([said(of, bookmaker="pinnacle").placement, Paper().place(order(price=2.2), AS_OF)])
    tickets, priced = taken(pl.concat([of.tickets, alone]), legs, placements)
    assert tickets.select("ticket_id", "stake_minor").rows() == [("t1", 2000), ("t2", 700)]
    assert priced.select("bookmaker", "price_odds_dec").rows() == [("pinnacle", 1.95), ("coral", 2.0)]
    assert (tickets.schema, priced.schema) == (of.tickets.schema, of.legs.schema)


def test_the_price_of_several_legs_is_that_of_the_whole() -> None:
    of = book()
    legs = pl.concat([of.legs, of.legs.with_columns(leg=pl.lit(1, pl.Int64), bookmaker=pl.lit("bet365"))])
    tickets, priced = taken(of.tickets, legs, frame([said(of, price="3.8").placement]))
    assert tickets["price_odds_dec"].to_list() == [3.8]
    assert priced["price_odds_dec"].to_list() == [2.0, 2.0]
