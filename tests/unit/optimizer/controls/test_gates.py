"""Gates: what stops a whole decision, and from when on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.settings import Staking
from optimizer.controls import Decision, Standing, gates
from optimizer.policy import Jurisdiction, default, jurisdictions
from tests.unit.optimizer.controls.offers import AS_OF, at
from tests.unit.optimizer.policy.bettors import policy

CLOSED = jurisdictions()["DE"].model_copy(update={"name": "Nowhere", "open": False})
LOST = {"day": 500, "week": 900, "month": 2000}


def decided(
    name: str, standing: Standing, place: Jurisdiction | None = None, kyc: bool = True, **limits: Any
) -> Decision:
    """What one gate of a policy with these limits decides."""
    bettor = policy(limits, kyc_verified=kyc)
    return {gate.name: gate for gate in gates(bettor, bettor.limits, place)}[name].decide(standing)


def test_the_default_policy_stops_nothing_whatever_the_standing() -> None:
    bettor = default(Staking())
    for standing in (at(), at(1), at(10**9), at(50_000, lost_minor=LOST, staked_minor=LOST, open_minor=10_000)):
        assert all(gate.decide(standing).allowed for gate in gates(bettor, bettor.limits, None))


@pytest.mark.parametrize(
    ("gate", "limit"), [("self_exclusion", "self_excluded_until_utc"), ("cool_off", "cool_off_until_utc")]
)
def test_a_stop_runs_until_its_moment_and_no_longer(gate: str, limit: str) -> None:
    assert not decided(gate, at(), **{limit: AS_OF + timedelta(microseconds=1)}).allowed
    assert decided(gate, at(), **{limit: AS_OF}).allowed
    assert "runs until 2026-03-05T12:00:00Z" in decided(gate, at(), **{limit: AS_OF + timedelta(days=1)}).detail


@pytest.mark.parametrize(("bankroll", "limits", "allowed"), [
    (90_001, {"stop_loss": 100.0}, True), (90_000, {"stop_loss": 100.0}, False),
    (80_001, {"stop_loss_share": 0.2}, True), (80_000, {"stop_loss_share": 0.2}, False),
    (85_000, {"stop_loss": 500.0, "stop_loss_share": 0.15}, False), (120_000, {"stop_loss": 0.01}, True),
])  # fmt: skip
def test_the_stop_loss_acts_at_its_distance_below_the_opening(
    bankroll: int, limits: dict[str, float], allowed: bool
) -> None:
    assert decided("stop_loss", at(bankroll), **limits).allowed == allowed


@pytest.mark.parametrize(("bankroll", "limits", "allowed"), [
    (109_999, {"take_profit": 100.0}, True), (110_000, {"take_profit": 100.0}, False),
    (150_000, {"take_profit": 900.0, "take_profit_share": 0.5}, False), (50_000, {"take_profit_share": 0.1}, True),
])  # fmt: skip
def test_the_take_profit_acts_at_its_distance_above_the_opening(
    bankroll: int, limits: dict[str, float], allowed: bool
) -> None:
    assert decided("take_profit", at(bankroll), **limits).allowed == allowed


@pytest.mark.parametrize(("period", "lost"), LOST.items())
def test_a_loss_limit_acts_from_the_cent_at_which_it_is_reached(period: str, lost: int) -> None:
    name, standing = f"loss_{period}", at(lost_minor=LOST)
    assert decided(name, standing, **{name: (lost + 1) / 100}).allowed
    reached = decided(name, standing, **{name: lost / 100})
    assert (reached.allowed, reached.value, reached.threshold) == (False, lost, lost)
    assert not decided(name, at(), **{name: 0.0}).allowed


def test_where_betting_is_closed_nothing_goes_on() -> None:
    assert not decided("jurisdiction_closed", at(), CLOSED).allowed
    assert decided("jurisdiction_closed", at(), jurisdictions()["DE"]).allowed


def test_an_unverified_identity_stops_a_decision_only_where_a_place_asks_for_it() -> None:
    assert not decided("kyc", at(), jurisdictions()["US-NJ"], kyc=False).allowed
    assert "age of 21" in decided("kyc", at(), jurisdictions()["US-NJ"], kyc=False).detail
    assert decided("kyc", at(), jurisdictions()["US-NJ"]).allowed
    assert decided("kyc", at(), None, kyc=False).allowed
