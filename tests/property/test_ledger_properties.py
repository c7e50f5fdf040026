"""Whatever happens to money, in whatever order, and wherever a crash cuts the writing off: the ledger balances.

The oracle is a clerk with a dictionary who knows nothing of entries, chains or frames. All stories are invented.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lake.conform import require
from lake.contracts.model import contract
from optimizer.ledger import Account, FundsMissing, Slot, cash_minor, entries, faults, post, statement
from optimizer.ledger import events as told
from optimizer.ledger.events import Event

LEDGER = contract("gold.desk.ledger")
OPENED = datetime(2024, 5, 1, tzinfo=UTC)
ACCOUNTS = tuple(Account("ann", book, money) for book in ("bet365", "pinnacle") for money in ("EUR", "GBP"))
Cell = tuple[Account, Slot]
Step = tuple[str, int, int, int]
"""What to do, with which account, which open bet, and how much."""

STEPS = st.tuples(
    st.sampled_from(
        ["deposit", "deposit", "withdrawal", "transfer", "exchange", "order", "order", "order", "take", "take",
         "refuse", "settle", "settle", "correct"]
    ),
    st.integers(0, len(ACCOUNTS) - 1), st.integers(0, 9), st.integers(1, 5_000),
)  # fmt: skip


@dataclass
class Clerk:
    """Balances by hand, and the events that say the same."""

    cells: Counter[Cell] = field(default_factory=Counter)
    events: list[Event] = field(default_factory=list)
    orders: dict[str, tuple[Account, int]] = field(default_factory=dict)
    open: dict[str, tuple[Account, int]] = field(default_factory=dict)
    settled: dict[str, tuple[Account, int, int, int]] = field(default_factory=dict)
    corrected: set[Account] = field(default_factory=set)
    refused: Event | None = None
    now: datetime = OPENED

    def does(self, step: Step) -> bool:
        """Takes one step; False where the clerk refuses it for want of cash."""
        what, place, bet, minor = step
        self.now += timedelta(minutes=1)
        before = Counter(self.cells)
        event = getattr(self, f"_{what}")(ACCOUNTS[place], f"n{len(self.events)}", bet, minor)
        for one in event:
            if one.kind in ("withdrawal", "transfer", "exchange", "reservation") and self._overdrawn(before):
                self.cells = before
                self.orders.pop(f"n{len(self.events)}", None)
                self.refused = one
                return False
        self.events += event
        return True

    def _overdrawn(self, before: Counter[Cell]) -> bool:
        return any(
            slot is Slot.CASH and minor < 0 and minor < before[account, slot]
            for (account, slot), minor in self.cells.items()
        )

    def _move(self, account: Account, minor: int, source: Slot, target: Slot) -> None:
        self.cells[account, source] -= minor
        self.cells[account, target] += minor

    def _deposit(self, account: Account, name: str, _bet: int, minor: int) -> list[Event]:
        self._move(account, minor, Slot.OWNER, Slot.CASH)
        return [told.deposit(account, minor, self.now, name)]

    def _withdrawal(self, account: Account, name: str, _bet: int, minor: int) -> list[Event]:
        self._move(account, minor, Slot.CASH, Slot.OWNER)
        return [told.withdrawal(account, minor, self.now, name)]

    def _transfer(self, account: Account, name: str, _bet: int, minor: int) -> list[Event]:
        other = next(one for one in ACCOUNTS if one.currency == account.currency and one != account)
        self.cells[account, Slot.CASH] -= minor
        self.cells[other, Slot.CASH] += minor
        return [told.transfer(account, other, minor, self.now, name)]

    def _exchange(self, account: Account, name: str, bet: int, minor: int) -> list[Event]:
        other = next(one for one in ACCOUNTS if one.bookmaker == account.bookmaker and one != account)
        rate = Decimal(8 + bet) / 10
        bought = int((minor * rate).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))
        self._move(account, minor, Slot.CASH, Slot.EXCHANGE)
        self._move(other, bought, Slot.EXCHANGE, Slot.CASH)
        return [told.exchange(account, other, minor, rate, self.now, name)] if bought else []

    def _order(self, account: Account, name: str, _bet: int, minor: int) -> list[Event]:
        self._move(account, minor, Slot.CASH, Slot.RESERVED)
        self.orders[name] = (account, minor)
        return [told.reservation(account, name, name, minor, self.now)]

    def _take(self, _account: Account, _name: str, bet: int, minor: int) -> list[Event]:
        if not self.orders:
            return []
        name = sorted(self.orders)[bet % len(self.orders)]
        account, asked = self.orders.pop(name)
        taken = 1 + minor % asked
        self._move(account, taken, Slot.RESERVED, Slot.AT_RISK)
        self._move(account, asked - taken, Slot.RESERVED, Slot.CASH)
        self.open[name] = (account, taken)
        return [told.acceptance(account, name, name, asked, taken, self.now)]

    def _refuse(self, _account: Account, _name: str, bet: int, _minor: int) -> list[Event]:
        if not self.orders:
            return []
        name = sorted(self.orders)[bet % len(self.orders)]
        account, asked = self.orders.pop(name)
        self._move(account, asked, Slot.RESERVED, Slot.CASH)
        return [told.rejection(account, name, name, asked, self.now)]

    def _settle(self, _account: Account, _name: str, bet: int, minor: int) -> list[Event]:
        if not self.open:
            return []
        name = sorted(self.open)[bet % len(self.open)]
        account, stake = self.open.pop(name)
        returned = (0, stake, stake + minor)[bet % 3]
        self._pay(account, stake, returned)
        self.settled[name] = (account, stake, returned, 1)
        return [told.settlement(account, name, 1, stake, returned, self.now, void=returned == stake)]

    def _correct(self, _account: Account, _name: str, bet: int, minor: int) -> list[Event]:
        if not self.settled:
            return []
        name = sorted(self.settled)[bet % len(self.settled)]
        account, stake, before, version = self.settled[name]
        returned = minor % (2 * stake)
        self._pay(account, -stake, -before)
        self._pay(account, stake, returned)
        self.settled[name] = (account, stake, returned, version + 1)
        self.corrected.add(account)
        undone = told.reversal(account, name, version, stake, before, self.now)
        return [undone, told.settlement(account, name, version + 1, stake, returned, self.now)]

    def _pay(self, account: Account, stake: int, returned: int) -> None:
        self.cells[account, Slot.AT_RISK] -= stake
        self.cells[account, Slot.CASH] += returned
        self.cells[account, Slot.RESULT] += stake - returned


def booked(ledger: pl.DataFrame, events: list[Event], cut: int | None = None) -> pl.DataFrame:
    """The ledger with these events, or with as much as a crash let through."""
    fresh = post(ledger, entries(events)).select(ledger.columns)
    return pl.concat([ledger, fresh if cut is None else fresh.head(cut)])


def told_by(steps: list[Step]) -> Clerk:
    clerk = Clerk()
    for step in steps:
        clerk.does(step)
    return clerk


def balance(ledger: pl.DataFrame) -> dict[Cell, int]:
    """Every balance that is not zero."""
    return {
        (Account(row["bettor_id"], row["bookmaker"], row["currency"]), Slot(row["account"])): row["balance_minor"]
        for row in statement(ledger).iter_rows(named=True) if row["balance_minor"]
    }  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(steps=st.lists(STEPS, max_size=40), cuts=st.lists(st.tuples(st.integers(0, 40), st.integers(0, 12)), max_size=5))
def test_any_story_booked_through_any_crashes_gives_the_clerks_balances(
    steps: list[Step], cuts: list[tuple[int, int]]
) -> None:
    clerk, ledger = told_by(steps), LEDGER.empty()
    for upto, cut in cuts:
        ledger = booked(ledger, clerk.events[:upto], cut)
    ledger = booked(ledger, clerk.events)
    assert list(faults(ledger)) == []
    assert balance(ledger) == {cell: minor for cell, minor in clerk.cells.items() if minor}
    assert booked(ledger, clerk.events).equals(ledger)
    assert len(require(ledger, LEDGER)) == len(ledger)
    assert set(ledger["entry_id"]) == set(booked(LEDGER.empty(), clerk.events)["entry_id"])


@settings(max_examples=60, deadline=None)
@given(steps=st.lists(STEPS, max_size=40))
def test_no_cash_is_negative_but_where_a_correction_took_it_back_and_what_is_open_is_at_risk(steps: list[Step]) -> None:
    clerk = told_by(steps)
    ledger = booked(LEDGER.empty(), clerk.events)
    for account in ACCOUNTS:
        assert cash_minor(ledger, account) >= 0 or account in clerk.corrected
        for slot, bets in ((Slot.AT_RISK, clerk.open), (Slot.RESERVED, clerk.orders)):
            stakes = sum(minor for holder, minor in bets.values() if holder == account)
            assert balance(ledger).get((account, slot), 0) == stakes


@settings(max_examples=60, deadline=None)
@given(steps=st.lists(STEPS, max_size=25))
def test_what_the_clerk_refuses_the_ledger_refuses_too(steps: list[Step]) -> None:
    clerk = Clerk()
    for step in steps:
        if not clerk.does(step):
            ledger = booked(LEDGER.empty(), clerk.events)
            with pytest.raises(FundsMissing, match=r"more than there are in the account of ann at"):
                post(ledger, entries([*clerk.events, *([clerk.refused] if clerk.refused else [])]))


@settings(max_examples=60, deadline=None)
@given(steps=st.lists(STEPS, min_size=4, max_size=25), place=st.integers(0, 10**6), how=st.integers(0, 2))
def test_any_flip_any_deletion_and_any_exchange_of_places_is_found(steps: list[Step], place: int, how: int) -> None:
    clerk = told_by([("deposit", 0, 0, 5_000), ("deposit", 1, 0, 1), *steps])
    ledger = booked(LEDGER.empty(), clerk.events)
    seal, at = (len(ledger) - 1, str(ledger["entry_hash"][-1])), place % len(ledger)
    here, other = pl.col("sequence") == at, (at + 1) % len(ledger)
    renamed = pl.col("sequence").replace({at: other, other: at})
    forged = (
        ledger.with_columns(pl.when(here).then(pl.col("amount_minor") + 1).otherwise(pl.col("amount_minor"))),
        ledger.filter(~here).with_columns(pl.int_range(pl.len(), dtype=pl.Int64).alias("sequence")),
        ledger.with_columns(renamed),
    )[how]
    assert list(faults(ledger, seal)) == []
    assert list(faults(forged, seal)) != []


def test_a_settlement_told_twice_is_one_and_a_reversed_one_leaves_a_pair() -> None:
    clerk = told_by([("deposit", 0, 0, 5_000), ("order", 0, 0, 1_000), ("take", 0, 0, 999), ("settle", 0, 0, 500)])
    ledger = booked(LEDGER.empty(), [*clerk.events, clerk.events[-1]])
    assert ledger.filter(pl.col("kind") == "settlement").height == 3
    clerk.does(("correct", 0, 0, 700))
    ledger = booked(ledger, clerk.events)
    moved = ledger.filter(pl.col("ticket_id") == "n1").group_by("kind", "account").agg(pl.col("amount_minor"))
    pair = {(kind, slot): amounts for kind, slot, amounts in moved.iter_rows() if kind in ("settlement", "reversal")}
    for slot in ("at_risk", "cash", "result"):
        assert pair["reversal", slot] == [-pair["settlement", slot][0]]
        assert len(pair["settlement", slot]) == 2
