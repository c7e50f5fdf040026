"""Attribution: the parts of a ticket's profit, by hand, and that nothing is lost between them."""

from __future__ import annotations

import polars as pl
import pytest

from optimizer.performance.attribution import attribution, totals
from tests.unit.optimizer.performance.history import settled, ticket

TICKETS = pl.DataFrame([ticket("closed", edge=0.1), ticket("open", edge=0.05), ticket("void")])
SETTLED = pl.DataFrame(
    [settled("closed", 120), settled("open", -200, stake=200), settled("void", 0) | {"outcome": "void"}]
)
VALUES = pl.DataFrame({"ticket_id": ["closed", "open"], "clv": [0.04, None]})
PARTS = attribution(TICKETS, SETTLED, VALUES)


def test_a_profit_is_our_edge_what_the_close_thought_of_it_and_luck() -> None:
    row = PARTS.row(0, named=True)
    assert (row["edge_minor"], row["movement_minor"], row["luck_minor"]) == pytest.approx((10, -6, 116))


def test_without_a_close_there_is_no_movement_and_luck_is_against_our_own_expectation() -> None:
    row = PARTS.row(1, named=True)
    assert (row["edge_minor"], row["movement_minor"], row["luck_minor"]) == (10, None, -210)


def test_a_ticket_that_no_value_is_told_of_counts_as_one_without_a_close() -> None:
    assert attribution(TICKETS, SETTLED, VALUES.clear()).row(0, named=True)["movement_minor"] is None


def test_voids_and_unsettled_tickets_have_no_part() -> None:
    assert PARTS["ticket_id"].to_list() == ["closed", "open"]
    assert attribution(TICKETS, SETTLED.head(1), VALUES)["ticket_id"].to_list() == ["closed"]


def test_the_sums_name_what_each_luck_is_measured_against_and_add_up_to_the_profit() -> None:
    found = totals(PARTS)
    assert (found["closed_tickets"], found["open_tickets"], found["profit_minor"]) == (1, 1, -80)
    assert sum(value for name, value in found.items() if "_minor" in name and name != "profit_minor") == pytest.approx(
        -80
    )
    assert found["luck_minor_without_close"] == -210
