"""Rules on offers, and the review that asks them all: verdicts, rows for the audit, warnings."""

from __future__ import annotations

import math
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.settings import Staking
from optimizer.controls import Review, gates, offer_rules, review
from optimizer.controls.review import of_rooms
from optimizer.policy import Jurisdiction, Preferences, default, jurisdictions
from optimizer.policy.jurisdictions import Books
from optimizer.policy.schema import Switches
from tests.unit.optimizer.controls.offers import GOOD, at, offers
from tests.unit.optimizer.policy.bettors import policy

PLACE = jurisdictions()["DE"].model_copy(
    update={
        "name": "Nowhere",
        "markets_not_allowed": ["totals"],
        "books": Books(licensed=["bet365"], not_licensed=["bwin"]),
    }
)
LIMITS: dict[str, Any] = {
    "minimum_edge": 0.05, "maximum_price_odds_dec": 5.0, "maximum_price_age_minutes": 60.0,
    "maximum_price_move_share": 0.1,
}  # fmt: skip
BETTOR = policy(
    LIMITS, kyc_verified=True, preferences=Preferences(
        leagues=Switches(never=("E1",)), markets=Switches(only=("1x2", "totals")), books=Switches(never=("coral",))
    ),
)  # fmt: skip


def asked(*changes: dict[str, Any], place: Jurisdiction | None = PLACE, **standing: Any) -> Review:
    """The review of offers that are good but for these changes."""
    chosen, rules = gates(BETTOR, BETTOR.limits, place), offer_rules(BETTOR, BETTOR.limits, place)
    return review(offers(*changes), chosen, rules, at(**standing), "d1", "invented")


@pytest.mark.parametrize(("rule", "change", "still_good"), [
    ("below_minimum_edge", {"edge": 0.0499}, {"edge": 0.05}),
    ("above_maximum_price", {"price_odds_dec": 5.01}, {"price_odds_dec": 5.0}),
    ("stale_price", {"price_age_minutes": 60.1}, {"price_age_minutes": 60.0}),
    ("price_moved", {"previous_price_odds_dec": 1.95}, {"previous_price_odds_dec": 2.1}),
    ("price_moved", {"previous_price_odds_dec": 2.6}, {"previous_price_odds_dec": math.nan}),
    ("limit_changed", {"stake_limit": 50.0, "previous_stake_limit": 90.0}, {"stake_limit": 50.0}),
    ("league_off", {"competition_id": "E1"}, {"competition_id": "E2"}),
    ("market_off", {"market": "correct_score"}, {}),
    ("book_off", {"bookmaker": "coral"}, {"bookmaker": "ladbrokes"}),
    ("market_not_allowed", {"market": "totals", "line": 2.5}, {}),
    ("book_not_licensed", {"bookmaker": "bwin"}, {"bookmaker": "betfred"}),
])  # fmt: skip
def test_each_rule_refuses_what_breaks_it_and_nothing_at_its_edge(
    rule: str, change: dict[str, Any], still_good: dict[str, Any]
) -> None:
    found = asked(change, still_good)
    assert found.offers["verdict"].to_list() == [rule, "accepted"]
    refused = found.audit.filter(pl.col("subject_kind") == "offer")
    assert refused["rule"].to_list() == [rule]
    assert not refused["allowed"].any()


@pytest.mark.parametrize("column", ["edge", "price_odds_dec", "price_age_minutes"])
@pytest.mark.parametrize("value", [None, math.nan])
def test_an_offer_that_cannot_be_judged_is_refused(column: str, value: float | None) -> None:
    assert asked({}, {column: value}).offers["verdict"].to_list()[1] != "accepted"


@pytest.mark.parametrize("column", ["bookmaker", "market", "competition_id"])
def test_an_offer_without_a_name_is_refused(column: str) -> None:
    assert asked({}, {column: None}).offers["verdict"].to_list()[1] != "accepted"


def test_a_closed_gate_refuses_every_offer_and_is_the_verdict_of_all() -> None:
    bettor = policy(LIMITS | {"stop_loss": 100.0})
    chosen = gates(bettor, bettor.limits, PLACE)
    found = review(offers({}, {"edge": -1.0}), chosen, offer_rules(bettor, bettor.limits, PLACE), at(50_000), "d1", "x")
    assert found.offers["verdict"].to_list() == ["kyc", "kyc"]
    stopped = found.audit.filter((pl.col("subject_kind") == "decision") & ~pl.col("allowed"))
    assert stopped["rule"].to_list() == ["kyc", "stop_loss"]


def test_every_rule_is_in_the_audit_once_and_every_refusal_of_an_offer_too() -> None:
    found = asked({}, {"edge": 0.0, "price_odds_dec": 9.0}, {"bookmaker": "coral"})
    rules = offer_rules(BETTOR, BETTOR.limits, PLACE)
    counts = found.audit.filter(pl.col("subject_kind") == "offers")
    assert counts["rule"].to_list() == [rule.name for rule in rules]
    kinds = dict(found.audit.group_by("subject_kind").len().iter_rows())
    assert kinds == {"decision": len(gates(BETTOR, BETTOR.limits, PLACE)), "offers": len(rules), "offer": 3}
    long_shot = found.audit.filter((pl.col("rule") == "above_maximum_price") & (pl.col("subject_kind") == "offer"))
    assert long_shot.select("subject", "value", "threshold").row(0) == ("m1/1x2/home/-/bet365", 9.0, 5.0)


def test_a_book_of_unknown_licence_is_warned_of_and_not_refused() -> None:
    found = asked({"bookmaker": "ladbrokes"}, {"bookmaker": "betfred"}, {})
    assert found.offers["verdict"].to_list() == ["accepted"] * 3
    assert found.warnings == ("Whether these books hold a licence in Nowhere is unverified: betfred, ladbrokes.",)
    assert asked({"bookmaker": "ladbrokes"}, place=None).warnings == ()


def test_no_offers_are_reviewed_like_any_others() -> None:
    found = review(
        offers({}).clear(),
        gates(BETTOR, BETTOR.limits, PLACE),
        offer_rules(BETTOR, BETTOR.limits, PLACE),
        at(),
        "d1",
        "x",
    )
    assert found.offers["verdict"].to_list() == []
    assert found.audit["allowed"].all()


def test_rooms_for_stakes_are_told_to_the_audit() -> None:
    limits = policy({"stake_day": 5.0, "loss_day": 1.0, "drawdown_tiers": ((0.1, 0.5),)}).limits
    found = of_rooms(at(80_000, open_minor=100), limits, "d1", "invented")
    assert found.select("rule", "allowed", "value", "threshold").rows() == [
        ("drawdown_tiers", True, 0.5, None), ("stake_day", True, 500.0, 500.0), ("loss_day", False, 0.0, 100.0),
    ]  # fmt: skip


OFFER = st.tuples(st.floats(-0.2, 0.4), st.floats(1.01, 12), st.floats(0, 3000))


@settings(max_examples=40, deadline=None)
@given(st.lists(OFFER, min_size=1, max_size=8))
def test_the_default_policy_refuses_what_the_settings_refuse_and_nothing_else(found: list[tuple[float, ...]]) -> None:
    staking, names = Staking(), ("edge", "price_odds_dec", "price_age_minutes")
    bettor, asked_for = default(staking), offers(*(dict(zip(names, values, strict=True)) for values in found))
    rules = offer_rules(bettor, bettor.limits, None)
    ours = review(asked_for, gates(bettor, bettor.limits, None), rules, at(1), "d1", "x").offers["verdict"]
    for (edge, odds, age), verdict in zip(found, ours, strict=True):
        good = edge >= staking.minimum_edge and odds <= staking.maximum_price_odds_dec
        assert (verdict == "accepted") == (good and age <= staking.maximum_price_age_minutes)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.fixed_dictionaries({
    "edge": st.sampled_from([None, math.nan, -1.0, 0.04, 0.05, 1.0]),
    "price_odds_dec": st.sampled_from([None, 2.0, 5.0, 6.0]),
    "bookmaker": st.sampled_from([None, "bet365", "bwin", "coral"]), "competition_id": st.sampled_from(["E0", "E1"]),
    "previous_price_odds_dec": st.sampled_from([None, math.nan, 1.0, 2.0]),
}), min_size=1, max_size=6))  # fmt: skip
def test_no_offer_is_accepted_that_a_rule_asked_one_by_one_refuses(changes: list[dict[str, Any]]) -> None:
    """The slow oracle: plain Python, one offer at a time."""
    for change, verdict in zip(changes, asked(*changes).offers["verdict"], strict=True):
        offer = GOOD | change
        edge, odds, before = offer["edge"], offer["price_odds_dec"], offer["previous_price_odds_dec"]
        judged = edge is not None and not math.isnan(edge) and edge >= 0.05 and odds is not None and odds <= 5
        still = odds is None or before is None or math.isnan(before) or abs(odds / before - 1) <= 0.1
        named = offer["bookmaker"] == "bet365" and offer["competition_id"] == "E0"
        assert (verdict == "accepted") == (judged and still and named)
