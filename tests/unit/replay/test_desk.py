"""What a person does with money, on an invented lake: every step is booked once, and no money twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from core.errors import TicketUnknown
from core.settings import Settings
from lake.storage import Lake
from optimizer.ledger import statement
from optimizer.ledger.accounts import FundsMissing, LedgerContradicted
from optimizer.own_bets import COLUMNS
from optimizer.placement import Paper, PlacementRefused
from replay import booking
from replay.desk import Desk
from replay.issue import record
from tests.gold import gold
from tests.unit.replay.lakes import AS_OF, decided_lake, filled, made, over, priced
from tests.unit.replay.seasons import LEAD

AFTER = AS_OF + LEAD + timedelta(hours=4)


def book(lake: Lake, own: Settings) -> None:
    """Append to the ledger what it lacks, as a run does."""
    fresh = booking.book(lake, own)
    if len(fresh):
        lake.table(gold("ledger")).append(fresh, commit_id=f"entries-{fresh['entry_hash'][-1]}")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Half an hour after a decision of three tickets, taken on paper and booked."""
    lake, own = decided_lake(tmp_path)
    lake.table(gold("placements")).merge(booking.place(lake, own, Paper(), AS_OF))
    book(lake, own)
    return Desk(lake, own, AS_OF + timedelta(minutes=30))


def ticket(desk: Desk, match: str) -> dict[str, Any]:
    """The single on a match."""
    legs = desk.table("ticket_legs").read(pl.col("match_id") == match).select("ticket_id", "bookmaker")
    return desk.table("tickets").read().join(legs, on="ticket_id").row(0, named=True)


def money(desk: Desk, bookmaker: str | None, slot: str = "cash", currency: str = "EUR") -> int:
    """Balance of a slot at a book in minor units; of the paper account for no book."""
    own = (
        pl.col("bookmaker").eq_missing(pl.lit(bookmaker))
        & (pl.col("account") == slot)
        & (pl.col("currency") == currency)
    )
    return int(statement(desk.table("ledger").read()).filter(own)["balance_minor"].sum())


def settle(desk: Desk) -> pl.DataFrame:
    """Settle and book all that is known four hours after kick-off."""
    desk.table("settlements").merge(booking.settle(desk.lake, AFTER))
    book(desk.lake, desk.settings)
    return desk.table("settlements").read()


def test_every_issued_ticket_is_taken_on_paper_once(desk: Desk) -> None:
    assert money(desk, None, "at_risk") == 6_000
    assert money(desk, None) == 100_000 - 6_000
    assert desk.table("placements").read()["venue"].to_list() == ["paper"] * 3
    assert booking.place(desk.lake, desk.settings, Paper(), AS_OF).is_empty()
    assert booking.book(desk.lake, desk.settings).is_empty()


def test_a_ticket_from_before_tickets_had_a_price_is_taken_at_that_of_its_legs(desk: Desk) -> None:
    tickets, placements = desk.table("tickets"), desk.table("placements")
    expected = placements.read().select("ticket_id", "price_odds_dec").sort("ticket_id")
    tickets.replace(tickets.read().with_columns(pl.lit(None, pl.Float64).alias("price_odds_dec")))
    placements.replace(placements.read().clear())
    found = booking.place(desk.lake, desk.settings, Paper(), AS_OF)
    assert found.select("ticket_id", "price_odds_dec").sort("ticket_id").equals(expected)


def test_a_deposit_is_booked_and_told_twice_it_is_booked_once(desk: Desk) -> None:
    assert [desk.pay("deposit", "50.00", "bet365", "card 1").is_new for _ in range(2)] == [True, False]
    assert money(desk, "bet365") == 5_000
    with pytest.raises(LedgerContradicted, match=r"booked with -?5000 .* told with -?7000"):
        desk.pay("deposit", "70.00", "bet365", "card 1")
    desk.pay("deposit", "50.00", "bet365", "card 2")
    assert (money(desk, "bet365"), money(desk, "bet365", "owner")) == (10_000, -10_000)


def test_a_withdrawal_of_more_than_there_is_is_refused_and_books_nothing(desk: Desk) -> None:
    desk.pay("deposit", "50.00", "bet365", "card 1")
    before = desk.table("ledger").read()
    for bookmaker, amount in (("bet365", "50.01"), ("bwin", "0.01")):
        with pytest.raises(FundsMissing):
            desk.pay("withdraw", amount, bookmaker, "out 1")
    assert desk.table("ledger").read().equals(before)
    desk.pay("withdraw", "50.00", "bet365", "out 1")
    assert money(desk, "bet365") == 0


@pytest.mark.parametrize("amount", ["0", "-5"])
def test_an_amount_that_is_none_is_refused(desk: Desk, amount: str) -> None:
    with pytest.raises(ValueError, match="no amount to move"):
        desk.pay("deposit", amount, "bet365", "card 1")


def test_a_ticket_placed_by_hand_is_released_on_paper_and_stands_at_its_book(desk: Desk) -> None:
    one = ticket(desk, "a")
    desk.pay("deposit", "100.00", "bet365", "card 1")
    recorded = desk.place(one["ticket_id"], "2.35", "25.00", None)
    assert (recorded.is_new, recorded.placement.bookmaker, recorded.placement.taken_minor) == (True, "bet365", 2_500)
    assert (money(desk, "bet365"), money(desk, "bet365", "at_risk")) == (7_500, 2_500)
    assert money(desk, None, "at_risk") == 6_000 - one["stake_minor"]
    taken = record(desk.lake).known(desk.as_of)
    own = taken.tickets.filter(ticket_id=one["ticket_id"]).row(0, named=True)
    assert (own["stake_minor"], own["price_odds_dec"]) == (2_500, 2.35)


def test_placing_again_in_the_same_words_changes_nothing_and_in_others_is_refused(desk: Desk) -> None:
    name = ticket(desk, "a")["ticket_id"]
    desk.pay("deposit", "100.00", "bet365", "card 1")
    desk.place(name, "2.35", "25.00", None)
    before = desk.table("ledger").read()
    assert not desk.place(name, "2.35", "25.00", None).is_new
    with pytest.raises(PlacementRefused, match="placed already"):
        desk.place(name, "2.40", "25.00", None)
    assert desk.table("ledger").read().equals(before)
    assert desk.table("placements").read(pl.col("venue") == "manual").height == 1


def test_a_ticket_is_not_placed_without_cash_after_kick_off_or_if_nobody_knows_it(desk: Desk) -> None:
    name = ticket(desk, "a")["ticket_id"]
    desk.pay("deposit", "24.99", "bet365", "card 1")
    with pytest.raises(PlacementRefused, match=r"more than the .*24\.99"):
        desk.place(name, "2.35", "25.00", None)
    with pytest.raises(TicketUnknown):
        desk.place("T-none", "2.35", "5.00", None)
    late = replace(desk, as_of=AS_OF + LEAD)
    with pytest.raises(PlacementRefused, match="kicked off"):
        late.place(name, "2.35", "20.00", None)
    assert late.place(name, "2.35", "20.00", None, after_kick_off=True).is_new


def test_a_price_too_short_or_a_stake_too_large_is_recorded_with_a_warning(desk: Desk) -> None:
    desk.pay("deposit", "100.00", "bet365", "card 1")
    found = desk.place(ticket(desk, "a")["ticket_id"], "1.90", "90.00", None)
    assert found.is_new
    assert [("below" in said, "above" in said) for said in found.warnings] == [(True, False), (False, True)]


def test_a_ticket_is_settled_at_the_price_and_stake_really_taken(desk: Desk) -> None:
    """Match a is won at 2.35 with 25.00 at bet365; b is lost and c is won on paper."""
    desk.pay("deposit", "100.00", "bet365", "card 1")
    desk.place(ticket(desk, "a")["ticket_id"], "2.35", "25.00", None)
    over(desk.lake, ("a", 1, 0), ("b", 1, 0), ("c", 2, 0))
    found = settle(desk)
    profit = dict(found.select("match_id", "profit_minor").rows())
    stakes = {match: ticket(desk, match)["stake_minor"] for match in ("b", "c")}
    assert profit == {"a": 3_375, "b": -stakes["b"], "c": round(stakes["c"] * 1.9)}
    assert (money(desk, "bet365"), money(desk, "bet365", "at_risk")) == (10_000 + 3_375, 0)
    assert money(desk, None) == 100_000 + profit["b"] + profit["c"]
    assert (
        booking.settle(desk.lake, AFTER)
        .select("ticket_id", "profit_minor")
        .sort("ticket_id")
        .equals(found.select("ticket_id", "profit_minor").sort("ticket_id"))
    )
    with pytest.raises(PlacementRefused, match="is settled"):
        desk.place(ticket(desk, "b")["ticket_id"], "2.2", "5.00", None, after_kick_off=True)


def test_before_its_result_is_known_nothing_is_settled(desk: Desk) -> None:
    over(desk.lake, ("a", 1, 0), ("b", 1, 0), ("c", 2, 0))
    assert booking.settle(desk.lake, AS_OF + LEAD).is_empty()


def test_settlements_are_told_to_the_outside_once(desk: Desk) -> None:
    over(desk.lake, ("a", 1, 0), ("b", 1, 0), ("c", 2, 0))
    settle(desk)
    fresh = booking.publish(desk.lake)
    assert len(fresh) == 3
    desk.table("outbox").append(fresh, commit_id="told")
    assert booking.publish(desk.lake).is_empty()


def test_money_is_changed_at_a_rate_that_is_kept(desk: Desk) -> None:
    desk.pay("deposit", "100.00", "bet365", "card 1")
    for _ in range(2):
        desk.exchange("40.00", "bet365", "GBP", "0.853", "fx 1")
    assert (money(desk, "bet365"), money(desk, "bet365", currency="GBP")) == (6_000, 3_412)
    with pytest.raises(FundsMissing):
        desk.exchange("60.01", "bet365", "GBP", "0.853", "fx 2")
    with pytest.raises(ValueError, match="cannot be exchanged"):
        desk.exchange("1.00", "bet365", "EUR", "1", "fx 3")


def test_own_bets_are_imported_once(desk: Desk) -> None:
    clubs = [{"team_id": club, "team_name": club.title()} for club in ("arsenal", "chelsea")]
    desk.lake.table(gold("dim_teams")).merge(filled(gold("dim_teams"), clubs))
    row = ["R1", "2024-02-11T12:00:00Z", "bet365", "2024-02-11", "Arsenal", "Chelsea", "1x2", "home", "", "1.95",
           "20.00", "EUR"]  # fmt: skip
    text = "\n".join([",".join(COLUMNS), ",".join(row)])
    first, second = desk.import_bets(text), desk.import_bets(text)
    assert (len(first.bets), len(second.bets), second.known_before) == (1, 0, 1)
    assert desk.table("own_bets").read().select("bettor_id", "stake_minor").rows() == [("ann", 2_000)]


def test_open_singles_have_a_suggestion_each_at_the_newest_prices(desk: Desk) -> None:
    desk.lake.table(gold("fct_match_prices")).merge(
        filled(gold("fct_match_prices"), [priced("a", "bwin", 1.5, 5.0, 8.0, hours=-0.2)])
    )
    found = desk.hedges()
    assert set(found["ticket_id"]) == {ticket(desk, match)["ticket_id"] for match in ("a", "b", "c")}
    over(desk.lake, ("a", 1, 0), ("b", 1, 0), ("c", 2, 0))
    settle(desk)
    assert replace(desk, as_of=AFTER).hedges().is_empty(), "what is settled needs no hedge"
    assert len(desk.hedges()) == 3, "it was not settled yet when it was asked"


def test_nothing_is_suggested_of_a_bet_on_a_player(desk: Desk) -> None:
    legs = desk.table("ticket_legs")
    one = (
        legs.read().head(1).with_columns(pl.lit("somebody").alias("player_id"), pl.lit("player_points").alias("market"))
    )
    legs.merge(one)
    assert set(desk.hedges()["ticket_id"]) == set(legs.read()["ticket_id"]) - set(one["ticket_id"])


def test_the_paper_account_opens_with_the_bankroll_and_currency_of_the_policy(tmp_path: Path) -> None:
    """DEFECT: it opened with those of the settings, though tickets were staked and named by the policy's."""
    lake, own = decided_lake(tmp_path)
    path = tmp_path / "bob.yaml"
    path.write_text("bettor_id: bob\ncurrency: GBP\nstaking: {bankroll: 500}\n", encoding="utf-8")
    lake.table(gold("tickets")).replace(
        lake.table(gold("tickets")).read().with_columns(pl.lit("GBP").alias("currency"))
    )
    book(lake, own.model_copy(update={"policy": path}))
    entries = lake.table(gold("ledger")).read()
    assert entries["currency"].unique().to_list() == ["GBP"]
    assert entries.filter((pl.col("kind") == "deposit") & (pl.col("account") == "cash"))["amount_minor"].to_list() == [
        50_000
    ]


def test_before_any_ticket_nothing_is_booked(tmp_path: Path) -> None:
    assert booking.book(made(tmp_path), Settings()).is_empty()
