"""The chain of the ledger: it balances, notices what was done to it, and the same history twice adds nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lake.conform import require
from lake.contracts.model import contract
from optimizer.ledger import GENESIS, balances, chained, entry_hash, faults, transactions
from tests.unit.optimizer.policies import UTC_TIME

OPENED = datetime(2024, 5, 1, 16, tzinfo=UTC)
EMPTY = contract("gold.desk.ledger").empty()
DEPOSIT = 100_000
FIRST_HASH = "54e6cbb2aae2e7aaee363ade4fa6e52ccdfe5887b626dccea20b3fccb451e0e4"
History = list[tuple[int, int | None, int]]
"""Tickets as (stake, what came back or None while open, hours after opening)."""


def wanted(history: History) -> pl.DataFrame:
    """The entries that a history asks for."""
    at = [OPENED + timedelta(hours=hours) for _, _, hours in history]
    tickets = pl.DataFrame(
        [(f"t{n:02d}", at[n], "EUR", stake) for n, (stake, _, _) in enumerate(history)],
        schema={"ticket_id": pl.String, "as_of_utc": UTC_TIME, "currency": pl.String, "stake_minor": pl.Int64},
        orient="row",
    )
    settled = pl.DataFrame(
        [
            (f"t{n:02d}", "EUR", stake, back, back - stake, at[n] + timedelta(hours=26))
            for n, (stake, back, _) in enumerate(history)
            if back is not None
        ],
        schema={
            "ticket_id": pl.String, "currency": pl.String, "stake_minor": pl.Int64, "return_minor": pl.Int64,
            "profit_minor": pl.Int64, "known_at_utc": UTC_TIME,
        }, orient="row",
    )  # fmt: skip
    return transactions(tickets, settled, DEPOSIT, "EUR", OPENED)


def booked(history: History, standing: pl.DataFrame = EMPTY) -> pl.DataFrame:
    """The ledger after a history."""
    fresh = chained(standing, wanted(history)).select(EMPTY.columns)
    return pl.concat([standing, fresh])


LEDGER = booked([(500, 1100, 0), (300, 0, 1), (200, 200, 2), (700, None, 30)])


def test_a_history_gives_the_balances_worked_out_by_hand() -> None:
    cash = DEPOSIT - 500 - 300 - 200 - 700 + 1100 + 0 + 200
    assert balances(LEDGER) == {"owner": -DEPOSIT, "cash": cash, "at_risk": 700, "result": -300}
    assert list(faults(LEDGER)) == []
    assert len(LEDGER) == 2 + 4 * 2 + 3 * 3
    assert LEDGER["previous_hash"][0] == GENESIS
    assert len(require(LEDGER, contract("gold.desk.ledger"))) == len(LEDGER)


def test_entries_stand_in_the_order_in_which_they_became_known_and_the_deposit_is_first() -> None:
    assert LEDGER["known_at_utc"].is_sorted()
    assert LEDGER["kind"][:4].to_list() == ["deposit", "deposit", "stake", "stake"]
    assert LEDGER["sequence"].to_list() == list(range(len(LEDGER)))


def test_writing_the_same_history_twice_adds_nothing() -> None:
    again = booked([(500, 1100, 0), (300, 0, 1), (200, 200, 2), (700, None, 30)], LEDGER)
    assert again.equals(LEDGER)


TICKET = st.tuples(st.integers(1, 5000), st.one_of(st.none(), st.integers(0, 40_000)), st.integers(0, 60))


@settings(max_examples=60, deadline=None)
@given(history=st.lists(TICKET, max_size=12), cut=st.integers(0, 12))
def test_any_history_booked_at_once_or_in_parts_balances_to_the_same_cent(history: History, cut: int) -> None:
    at_once = booked(history)
    early = [(stake, None, hours) for stake, _, hours in history[:cut]]
    parts = booked(history, booked(history[:cut], booked(early)))
    for ledger in (at_once, parts):
        assert list(faults(ledger)) == []
        assert sum(balances(ledger).values()) == 0
    assert balances(parts) == balances(at_once)
    assert set(parts["entry_id"]) == set(at_once["entry_id"])
    cash = DEPOSIT - sum(stake for stake, _, _ in history) + sum(back or 0 for _, back, _ in history)
    assert balances(at_once)["cash"] == cash


CHANGES = {
    "entry_id": pl.lit("forged"), "transaction_id": pl.lit("forged"), "kind": pl.lit("deposit"),
    "ticket_id": pl.lit("t99"), "account": pl.lit("owner"), "amount_minor": pl.col("amount_minor") + 1,
    "currency": pl.lit("USD"), "known_at_utc": pl.col("known_at_utc") + timedelta(seconds=1),
    "previous_hash": pl.lit(GENESIS), "entry_hash": pl.lit("f" * 64), "sequence": pl.col("sequence") + 100,
    "bettor_id": pl.lit("ann"), "bookmaker": pl.lit("bet365"), "rate": pl.lit("1.1"),
}  # fmt: skip


@pytest.mark.parametrize("column", sorted(set(EMPTY.columns)))
def test_one_changed_field_of_one_entry_is_noticed(column: str) -> None:
    place = pl.col("sequence") == 7
    forged = LEDGER.with_columns(pl.when(place).then(CHANGES[column]).otherwise(pl.col(column)).alias(column))
    assert not forged.equals(LEDGER)
    assert list(faults(forged)) != []


@pytest.mark.parametrize("place", range(len(LEDGER) - 1))
def test_an_entry_taken_out_of_the_middle_is_noticed_even_if_the_rest_is_renumbered(place: int) -> None:
    cut = LEDGER.filter(pl.col("sequence") != place)
    assert f"Entry {place} is missing." in list(faults(cut))
    renumbered = cut.with_columns(pl.int_range(pl.len(), dtype=pl.Int64).alias("sequence"))
    assert any("was changed" in fault for fault in faults(renumbered))


def test_two_entries_that_changed_places_are_noticed() -> None:
    swapped = LEDGER.with_columns(
        pl.when(pl.col("sequence") == 4).then(5).when(pl.col("sequence") == 5).then(4).otherwise(pl.col("sequence"))
        .alias("sequence")
    )  # fmt: skip
    assert any("was changed" in fault for fault in faults(swapped))


def test_the_order_in_which_rows_are_read_back_does_not_matter() -> None:
    assert list(faults(LEDGER.reverse())) == []
    assert list(faults(EMPTY)) == []


def test_a_ledger_cut_off_inside_a_transaction_does_not_balance() -> None:
    assert any("is off by" in fault for fault in faults(LEDGER.head(len(LEDGER) - 1)))


def test_a_chain_that_was_forged_anew_still_has_to_balance() -> None:
    wrong = wanted([(500, 1100, 0)]).with_columns(
        pl.when(pl.col("account") == "result").then(-599).otherwise(pl.col("amount_minor")).alias("amount_minor")
    )
    assert list(faults(chained(EMPTY, wrong))) == ["Transaction settlement:t00 is off by 1 EUR."]


def test_a_change_of_less_than_a_second_is_noticed() -> None:
    late = pl.when(pl.col("sequence") == 7).then(pl.col("known_at_utc") + timedelta(microseconds=999_999))
    forged = LEDGER.with_columns(late.otherwise(pl.col("known_at_utc")).alias("known_at_utc"))
    assert list(faults(forged)) != []


def test_an_end_that_was_cut_off_between_two_transactions_is_found_by_a_seal_noted_elsewhere() -> None:
    seal = (LEDGER["sequence"][-1], LEDGER["entry_hash"][-1])
    whole = LEDGER.head(2)
    assert list(faults(whole)) == []
    assert list(faults(LEDGER, seal)) == []
    assert [fault for fault in faults(whole, seal) if "sealed" in fault]
    anew = booked([(501, 1100, 0), (300, 0, 1), (200, 200, 2), (700, None, 30)])
    assert [fault for fault in faults(anew, seal) if "sealed" in fault]


def test_entries_from_before_there_were_bettors_keep_their_ids_and_hashes() -> None:
    old = LEDGER.drop("bettor_id", "bookmaker", "rate")
    assert list(faults(old)) == []
    assert old["entry_id"][:4].to_list() == ["deposit:opening:cash", "deposit:opening:owner", "stake:t00:at_risk",
                                             "stake:t00:cash"]  # fmt: skip
    assert entry_hash(old.row(0, named=True), GENESIS) == FIRST_HASH


def test_a_correction_leaves_the_settlement_its_opposite_and_the_new_one() -> None:
    tickets = pl.DataFrame(
        [("t1", OPENED, "EUR", 500)],
        schema={"ticket_id": pl.String, "as_of_utc": UTC_TIME, "currency": pl.String, "stake_minor": pl.Int64},
        orient="row",
    )
    settled = pl.DataFrame(
        [("t1", "EUR", 500, 1100, OPENED + timedelta(hours=1)), ("t1", "EUR", 500, 0, OPENED + timedelta(hours=9))],
        schema={"ticket_id": pl.String, "currency": pl.String, "stake_minor": pl.Int64, "return_minor": pl.Int64,
                "known_at_utc": UTC_TIME}, orient="row",
    )  # fmt: skip
    early = transactions(tickets, settled.head(1), DEPOSIT, "EUR", OPENED)
    late = transactions(tickets, settled, DEPOSIT, "EUR", OPENED)
    ledger = pl.concat([EMPTY, chained(EMPTY, early).select(EMPTY.columns)])
    ledger = pl.concat([ledger, chained(ledger, late).select(EMPTY.columns)])
    assert list(faults(ledger)) == []
    assert balances(ledger) == {"owner": -DEPOSIT, "cash": DEPOSIT - 500, "at_risk": 0, "result": 500}
    by_kind = ledger.filter(pl.col("account") == "cash").select("kind", "amount_minor").rows()
    assert by_kind[2:] == [("settlement", 1100), ("reversal", -1100), ("settlement", 0)]
