"""Tickets, placements and settlements as money: paper and real accounts, every answer of a venue."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from lake.contracts.model import contract
from optimizer.ledger import Account, entries, events, faults, history, post, statement, transactions

EMPTY = contract("gold.desk.ledger").empty()
AT = datetime(2024, 5, 1, 16, tzinfo=UTC)
ANN = Account("ann", "bet365", "EUR")
TICKET = pl.DataFrame({"ticket_id": ["t1"], "as_of_utc": [AT], "currency": ["EUR"], "stake_minor": [1000]})


def placement(status: str, taken: int, venue: str = "manual") -> pl.DataFrame:
    """One invented placement of the ticket, an hour after it was issued."""
    row: dict[str, Any] = {
        "placement_id": "P1", "ticket_id": "t1", "bettor_id": "ann", "bookmaker": "bet365", "venue": venue,
        "status": status, "requested_minor": 2000, "taken_minor": taken, "price_odds_dec": 1.95 if taken else None,
        "currency": "EUR", "reason": None, "reference": "r", "known_at_utc": AT + timedelta(hours=1),
    }  # fmt: skip
    return pl.DataFrame([row], schema=contract("gold.desk.placements").schema)


def settlement(returned: int, stake: int, hours: int = 30) -> pl.DataFrame:
    """One invented settlement of the ticket."""
    row = ("t1", "EUR", stake, returned, "won" if returned > stake else "void", AT + timedelta(hours=hours))
    names = ["ticket_id", "currency", "stake_minor", "return_minor", "outcome", "known_at_utc"]
    return pl.DataFrame([row], schema=names, orient="row")


NOTHING = settlement(0, 1000).clear()


def booked(settled: pl.DataFrame, placed: pl.DataFrame) -> dict[tuple[str | None, str], int]:
    """Balances by bookmaker (None for paper) and slot, of a house that opened with 5000 and a bettor with 3000."""
    first = post(EMPTY, entries([events.deposit(ANN, 3000, AT, "d")])).select(EMPTY.columns)
    wanted = transactions(TICKET, settled, 5000, "EUR", AT, placed)
    ledger = pl.concat([first, post(first, wanted).select(EMPTY.columns)])
    assert list(faults(ledger)) == []
    return {
        (row["bookmaker"], row["account"]): row["balance_minor"]
        for row in statement(ledger).iter_rows(named=True) if row["account"] not in ("owner", "result")
    }  # fmt: skip


def test_a_ticket_without_a_placement_is_on_paper_and_one_on_paper_is_the_same() -> None:
    wanted = {(None, "cash"): 4000, (None, "at_risk"): 1000, ("bet365", "cash"): 3000}
    assert booked(NOTHING, placement("accepted", 2000).clear()) == wanted
    assert booked(NOTHING, placement("accepted", 2000, "paper")) == wanted


def test_a_placement_by_hand_withdraws_the_one_on_paper_and_settles_in_its_own_account() -> None:
    placed = placement("accepted", 2000)
    open_now = {(None, "cash"): 5000, (None, "at_risk"): 0, ("bet365", "cash"): 1000, ("bet365", "reserved"): 0,
                ("bet365", "at_risk"): 2000}  # fmt: skip
    assert booked(NOTHING, placed) == open_now
    over = booked(settlement(3900, 2000), placed)
    assert over == open_now | {("bet365", "cash"): 4900, ("bet365", "at_risk"): 0}


@pytest.mark.parametrize(
    ("status", "taken", "cash", "reserved", "at_risk", "paper"),
    [
        ("partly_accepted", 700, 2300, 0, 700, 0), ("rejected", 0, 3000, 0, 0, 1000),
        ("timed_out", 0, 1000, 2000, 0, 1000), ("unknown", 0, 1000, 2000, 0, 1000),
    ],
)  # fmt: skip
def test_each_answer_of_a_venue_leaves_the_money_where_it_belongs(
    status: str, taken: int, cash: int, reserved: int, at_risk: int, paper: int
) -> None:
    found = booked(NOTHING, placement(status, taken, "simulated_exchange"))
    assert (found["bet365", "cash"], found["bet365", "reserved"]) == (cash, reserved)
    assert found.get(("bet365", "at_risk"), 0) == at_risk
    assert found[None, "at_risk"] == paper


def test_an_order_that_timed_out_is_resolved_by_its_later_answer_without_a_second_reservation() -> None:
    deposit = events.deposit(ANN, 3000, AT, "d")
    early = [deposit, *history(TICKET, NOTHING, placement("timed_out", 0, "simulated_exchange"))]
    late = [deposit, *history(TICKET, NOTHING, placement("accepted", 2000, "simulated_exchange"))]
    first = post(EMPTY, entries(early)).select(EMPTY.columns)
    assert post(first, entries(late))["transaction_id"].unique().sort().to_list() == [
        "acceptance:P1", "release:paper:t1",
    ]  # fmt: skip


def test_versions_of_a_settlement_are_booked_in_the_order_known_with_their_reversals() -> None:
    both = pl.concat([settlement(0, 1000, 50), settlement(1900, 1000, 30)])
    names = [event.transaction_id for event in history(TICKET, both)]
    assert names == ["stake:t1", "settlement:t1", "reversal:t1", "settlement:t1:v2"]
    assert [event.kind for event in history(TICKET, settlement(1000, 1000))] == ["stake", "void"]
