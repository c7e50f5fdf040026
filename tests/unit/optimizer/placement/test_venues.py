"""Venues: what is taken, what is refused and why, and that nothing is ever taken twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lake.conform import require
from lake.contracts.model import contract
from optimizer.placement import Behaviour, Offer, Paper, Placement, SimulatedExchange, Status, Venue, frame
from optimizer.placement.venue import answer
from tests.unit.optimizer.placement.tables import UNTIL, order
from tests.unit.optimizer.policies import AS_OF

LATER = AS_OF + timedelta(minutes=30)
LADDER = {"t1": [Offer(1.95, 500), Offer(2.1, 300), Offer(1.8, 9_000)]}
CALM = Behaviour(latency_seconds=0.0)


def exchange(behaviour: Behaviour = CALM, seed: int = 7) -> SimulatedExchange:
    return SimulatedExchange(LADDER, seed, behaviour)


def test_paper_takes_everything_at_the_price_seen_and_nothing_once_it_is_too_late() -> None:
    placed = Paper().place(order(), AS_OF)
    assert (placed.status, placed.taken_minor, placed.price_odds_dec) == (Status.ACCEPTED, 1000, 2.0)
    assert Paper().place(order(), AS_OF) == placed == Paper().ask(order(), AS_OF)
    late = Paper().place(order(), UNTIL + timedelta(microseconds=1))
    assert (late.status, late.reason) == (Status.REJECTED, "expired")


def test_the_best_prices_are_taken_first_and_the_price_is_weighted_by_stake() -> None:
    placed = exchange().place(order(stake=600), AS_OF)
    assert (placed.status, placed.taken_minor) == (Status.ACCEPTED, 600)
    assert placed.price_odds_dec == pytest.approx((300 * 2.1 + 300 * 1.95) / 600, abs=1e-12)


def test_only_what_is_there_at_an_acceptable_price_is_taken() -> None:
    market = exchange()
    placed = market.place(order(stake=1000), AS_OF)
    assert (placed.status, placed.taken_minor, placed.reason) == (
        Status.PARTLY_ACCEPTED, 800, "not_enough_at_this_price",
    )  # fmt: skip
    assert market.available_minor("t1") == 9_000
    again = market.place(order(stake=1000, bettor_id="bob"), AS_OF)
    assert (again.status, again.reason) == (Status.REJECTED, "price_moved")


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (Behaviour(0.0, suspended_share=1.0), "market_suspended"), (Behaviour(0.0, moved_share=1.0), "price_moved"),
        (Behaviour(0.0, limit_minor=999), "limit"), (Behaviour(latency_seconds=1e9), "expired"),
    ],
)  # fmt: skip
def test_an_order_is_refused_for_each_reason_there_is(behaviour: Behaviour, reason: str) -> None:
    market = exchange(behaviour)
    placed = market.place(order(), AS_OF)
    assert (placed.status, placed.taken_minor, placed.reason) == (Status.REJECTED, 0, reason)
    assert market.available_minor("t1") == 9_800


def test_a_market_that_nobody_offers_takes_nothing() -> None:
    assert exchange().place(order(ticket="t9"), AS_OF).reason == "price_moved"


def test_an_order_that_timed_out_is_asked_for_and_was_taken_once() -> None:
    market = exchange(Behaviour(0.0, timeout_share=1.0, lost_share=0.0))
    first = market.place(order(stake=500), AS_OF)
    assert (first.status, first.taken_minor, first.reason) == (Status.TIMED_OUT, 0, "no_answer")
    assert not first.status.is_final
    found = market.ask(order(stake=500), LATER)
    assert (found.status, found.taken_minor) == (Status.ACCEPTED, 500)
    assert market.place(order(stake=500), LATER) == found
    assert market.place(order(stake=500, price=2.1, lowest=1.8, valid_until_at_utc=LATER), LATER) == found
    assert market.available_minor("t1") == 9_300


def test_a_further_order_says_that_it_is_one() -> None:
    market = exchange()
    assert market.place(order(stake=100), AS_OF).taken_minor == 100
    assert market.place(order(stake=100), AS_OF).taken_minor == 100
    assert market.available_minor("t1") == 9_700
    assert market.place(order(stake=100, attempt=2), AS_OF).taken_minor == 100
    assert market.available_minor("t1") == 9_600


def test_an_order_that_was_lost_on_the_way_turns_out_never_to_have_arrived() -> None:
    market = exchange(Behaviour(0.0, timeout_share=1.0, lost_share=1.0))
    assert market.place(order(), AS_OF).status is Status.TIMED_OUT
    found = market.ask(order(), LATER)
    assert (found.status, found.reason) == (Status.REJECTED, "never_arrived")
    assert market.available_minor("t1") == 9_800


def test_an_order_that_is_under_way_or_was_never_sent_is_unknown() -> None:
    market = exchange(Behaviour(latency_seconds=60.0))
    assert market.ask(order(), AS_OF).status is Status.UNKNOWN
    placed = market.place(order(), AS_OF)
    assert placed.known_at_utc > AS_OF
    assert market.ask(order(), AS_OF).status is Status.UNKNOWN
    assert market.ask(order(), LATER) == placed


def test_the_same_seed_treats_an_order_alike_whatever_else_is_sent() -> None:
    wild = Behaviour(1.0, 0.3, 0.3, 0.3)
    orders = [order(stake=stake, ticket=f"t{stake}") for stake in range(1, 60)]
    offers = {one.ticket_id: [Offer(2.0, 10_000)] for one in orders}
    forwards, backwards, other = (SimulatedExchange(offers, seed, wild) for seed in (1, 1, 2))
    there = {one.order_id: forwards.place(one, AS_OF) for one in orders}
    back = {one.order_id: backwards.place(one, AS_OF) for one in reversed(orders)}
    assert there == back
    assert there != {one.order_id: other.place(one, AS_OF) for one in orders}
    assert {placed.status for placed in there.values()} >= {Status.ACCEPTED, Status.REJECTED, Status.TIMED_OUT}


@settings(max_examples=50, deadline=None)
@given(
    stakes=st.lists(st.integers(1, 2_000), min_size=1, max_size=12), seed=st.integers(0, 99),
    share=st.sampled_from([0.0, 0.4, 1.0]), repeats=st.integers(1, 3),
)  # fmt: skip
def test_however_often_orders_are_sent_what_is_gone_is_what_was_taken(
    stakes: list[int], seed: int, share: float, repeats: int
) -> None:
    market = exchange(Behaviour(0.5, share / 2, 0.0, share), seed)
    orders = [order(stake=stake, bettor_id=f"b{n}") for n, stake in enumerate(stakes)]
    for _ in range(repeats):
        for one in orders:
            market.place(one, AS_OF)
    final = [market.ask(one, UNTIL) for one in orders]
    assert all(placed.status.is_final for placed in final)
    assert 9_800 - market.available_minor("t1") == sum(placed.taken_minor for placed in final)
    assert all(placed.price_odds_dec is None or placed.price_odds_dec >= 1.9 for placed in final)
    assert len(require(frame(final), contract("gold.desk.placements"))) == len(stakes)


def test_both_venues_are_venues() -> None:
    venues: list[Venue] = [Paper(), exchange()]
    assert [venue.name for venue in venues] == ["paper", "simulated_exchange"]


@pytest.mark.parametrize("change", [{"stake": 0}, {"lowest": 2.5}, {"lowest": 1.0}])
def test_what_is_no_order_cannot_be_sent(change: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="is no order"):
        order(**change)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("status", "taken", "price"),
    [
        (Status.ACCEPTED, 999, 2.0), (Status.PARTLY_ACCEPTED, 1000, 2.0), (Status.PARTLY_ACCEPTED, 0, None),
        (Status.REJECTED, 1, 2.0), (Status.TIMED_OUT, 1, 2.0), (Status.ACCEPTED, 1000, None),
        (Status.ACCEPTED, 1000, 1.0), (Status.REJECTED, 0, 2.0),
    ],
)  # fmt: skip
def test_an_answer_that_contradicts_itself_cannot_be_given(status: Status, taken: int, price: float | None) -> None:
    with pytest.raises(ValueError, match=r"taken"):
        answer(order(), "paper", status, AS_OF, taken_minor=taken, price_odds_dec=price)


@pytest.mark.parametrize("wrong", [{"timeout_share": 1.1}, {"latency_seconds": -1.0}, {"moved_share": -0.1}])
def test_a_behaviour_that_cannot_be_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="is no behaviour"):
        Behaviour(**wrong)  # type: ignore[arg-type]


def test_an_offer_below_evens_of_nothing_is_none() -> None:
    with pytest.raises(ValueError, match="is no offer"):
        Offer(1.0, 100)


def test_a_placement_row_keeps_its_contract() -> None:
    placed: list[Placement] = [Paper().place(order(), AS_OF), exchange().place(order(ticket="t9"), AS_OF)]
    assert len(require(frame(placed), contract("gold.desk.placements"))) == 2
    assert frame([]).is_empty()
