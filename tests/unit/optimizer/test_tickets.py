"""Tickets: the same decision gives the same ids, one single per match, and everything that explains them."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest

from core.settings import Staking
from lake.conform import require
from lake.contracts.model import contract
from optimizer.stakes import NOTHING_OPEN, Exposure, log_growth
from optimizer.tickets import build, exposure
from tests.unit.optimizer.policies import AS_OF, KICKOFF, UTC_TIME, bet, bets, policy

BANKROLL = 100_000


def built(
    *rows: dict[str, object],
    staking: Staking | None = None,
    decision: str = "decision",
    standing: Exposure = NOTHING_OPEN,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    return build(bets(*rows), BANKROLL, staking or policy(kelly_fraction=0.25), standing, AS_OF, decision)


def test_the_same_decision_gives_the_same_tickets_and_another_decision_other_ids() -> None:
    rows = bet("m1"), bet("m2", "away", 0.4, 2.9)
    (first, legs), (second, again) = built(*rows), built(*rows)
    assert first.equals(second)
    assert legs.equals(again)
    assert not set(first["ticket_id"]) & set(built(*rows, decision="another")[0]["ticket_id"])


@pytest.mark.parametrize("change", [{"match": "m9"}, {"selection": "away"}, {"bookmaker": "bwin"}])
def test_an_id_names_the_match_the_selection_and_the_book(change: dict[str, str]) -> None:
    (one,), (other,) = (built(bet(**kind))[0]["ticket_id"] for kind in ({}, change))
    assert one != other


def test_an_id_does_not_depend_on_the_other_tickets_or_on_the_stake() -> None:
    alone = built(bet("m1"))[0]["ticket_id"][0]
    staking = policy(kelly_fraction=0.01)
    among = built(bet("m2", odds=2.6), bet("m1"), staking=staking)[0]
    assert alone in among["ticket_id"].to_list()
    assert alone.startswith("T20240510-")


def test_a_match_gets_one_single_on_its_best_selection() -> None:
    tickets, legs = built(bet("m1", "away", 0.4, 3.0), bet("m1", "home", 0.5, 2.2), bet("m2"))
    assert legs.select("match_id", "selection").rows() == [("m1", "away"), ("m2", "home")]
    assert tickets["kind"].unique().to_list() == ["single"]
    assert tickets["ticket_id"].to_list() == legs["ticket_id"].to_list()


def test_only_accepted_bets_become_tickets_and_a_stake_of_nothing_is_no_ticket() -> None:
    refused = bet("m1", verdict="stale_price"), bet("m1", "draw", 0.3, 3.5)
    assert built(*refused)[1]["selection"].to_list() == ["draw"]
    coarse = policy(kelly_fraction=0.25, stake_increment=900)
    assert built(bet("m1"), staking=coarse)[0].is_empty()
    tickets, legs = built()
    assert tickets.is_empty()
    assert legs.is_empty()


def test_a_ticket_says_what_it_is_worth_down_to_which_price_and_until_when() -> None:
    staking = policy(kelly_fraction=0.25, minimum_edge=0.02, maximum_ticket_share=0.01)
    ticket = built(bet("m1", prob=0.5, odds=2.5), staking=staking)[0].row(0, named=True)
    assert ticket["stake_minor"] == 1_000
    assert ticket["binding_limit"] == "ticket"
    assert ticket["minimum_price_odds_dec"] == pytest.approx(1.02 / 0.5)
    assert ticket["valid_until_at_utc"] == KICKOFF
    assert ticket["expected_log_growth"] == pytest.approx(log_growth(0.5, 2.5, 0.01))
    assert ticket["expected_log_growth"] > 0


def test_tickets_and_legs_keep_their_contracts() -> None:
    tickets, legs = built(bet("m1"), bet("m2", "draw", 0.3, 3.6))
    assert len(require(tickets, contract("gold.football.tickets"))) == 2
    assert len(require(legs, contract("gold.football.ticket_legs"))) == 2


def test_the_order_in_which_the_table_happens_to_give_the_bets_does_not_matter() -> None:
    """DEFECT: `build` trusts the order of its rows, but gold value_bets is read back in the order of its partitions."""
    rows = [bet("m1", "home", 0.5, 2.1), bet("m1", "away", 0.4, 3.2), bet("m2", odds=2.6), bet("m3", odds=2.3)]
    staking = policy(kelly_fraction=0.25, maximum_tickets=2)
    by_edge = sorted(rows, key=lambda row: -row["edge"])
    best, shuffled = (built(*listed, staking=staking)[1] for listed in (by_edge, by_edge[::-1]))
    assert set(shuffled["ticket_id"]) == set(best["ticket_id"])


def test_a_bankroll_that_is_lost_gives_no_ticket_instead_of_an_error() -> None:
    """DEFECT: a bankroll of exactly 0 divides by zero while the growth of a stake of 0 is worked out."""
    tickets, _ = build(bets(bet("m1")), 0, policy(), NOTHING_OPEN, AS_OF, "decision")
    assert tickets.is_empty()


def _issued(*rows: tuple[str, int, timedelta]) -> pl.DataFrame:
    schema = {"ticket_id": pl.String, "stake_minor": pl.Int64, "as_of_utc": UTC_TIME}
    return pl.DataFrame([(name, stake, AS_OF - ago) for name, stake, ago in rows], schema=schema, orient="row")


def _legs(**where: tuple[str, str]) -> pl.DataFrame:
    rows = [(ticket, *place) for ticket, place in where.items()]
    return pl.DataFrame(rows, schema=["ticket_id", "match_id", "competition_id"], orient="row")


def test_exposure_is_what_stands_open_and_the_day_counts_settled_tickets_too() -> None:
    issued = _issued(
        ("open", 500, timedelta(days=3)), ("today", 300, timedelta(hours=2)), ("won", 200, timedelta(hours=5)),
        ("old", 900, timedelta(days=5)), ("later", 7_000, timedelta(hours=-1)),
    )  # fmt: skip
    legs = _legs(open=("m1", "E0"), today=("m1", "E0"), won=("m2", "E0"), old=("m3", "D1"), later=("m4", "E0"))
    settled = pl.DataFrame({"ticket_id": ["won", "old"]})
    found = exposure(issued, legs, settled, AS_OF)
    assert found == Exposure(500, {"m1": 800}, {"E0": 800})


def test_before_the_first_ticket_nothing_is_open() -> None:
    none = _issued()
    assert exposure(none, _legs(x=("m", "E0")), none.select("ticket_id"), AS_OF) == NOTHING_OPEN


def test_a_second_decision_of_the_day_bets_only_what_the_first_left_of_the_day() -> None:
    staking = policy(maximum_day_share=0.05, maximum_ticket_share=0.04)
    first, legs = built(bet("m1", odds=3.0), staking=staking)
    standing = exposure(first, legs, first.select("ticket_id").clear(), AS_OF)
    second, _ = built(bet("m2", odds=3.0), staking=staking, standing=standing, decision="evening")
    assert (first["stake_minor"][0], second["stake_minor"][0]) == (4_000, 1_000)
    assert second["binding_limit"][0] == "day"
