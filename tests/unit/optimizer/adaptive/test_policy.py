"""The adaptive policy: never outside its bounds, refuses states that cannot be, and shadows without acting."""

from __future__ import annotations

from datetime import timedelta
from math import exp, inf, nan
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.adaptive import shadow
from optimizer.adaptive.policy import FEATURES, NOTHING_KNOWN, Bounds, Policy, State
from optimizer.adaptive.shadow import ShadowFraction, shadow_fraction, state_at
from optimizer.adaptive.signals import recent_clv
from tests.unit.optimizer.performance.history import LATER, settled

STATES = st.builds(
    State, drawdown_share=st.floats(0, 1), clv_t=st.floats(-100, 100), clv_evidence_share=st.floats(0, 1),
    edge_uncertainty=st.floats(0, 1e6), open_bets=st.integers(0, 10**6),
)  # fmt: skip
WEIGHTS = st.tuples(*[st.floats(-1e3, 1e3)] * (FEATURES + 1))


@given(WEIGHTS, STATES)
@settings(deadline=None)
def test_no_state_and_no_weights_lead_outside_the_bounds(weights: tuple[float, ...], state: State) -> None:
    assert 0.1 <= Policy(weights, Bounds(0.1, 0.3)).fraction(state) <= 0.3


@given(STATES, st.floats(0.06, 0.49))
@settings(deadline=None)
def test_a_fixed_policy_asks_for_its_fraction_in_every_state(state: State, fraction: float) -> None:
    assert Policy.fixed(fraction, Bounds(0.05, 0.5)).fraction(state) == pytest.approx(fraction)


def test_a_fraction_worked_out_by_hand() -> None:
    policy = Policy((0.1, -0.2, 0.3, 0.4, -0.5, 0.6), Bounds(0.1, 0.5))
    state = State(drawdown_share=0.2, clv_t=9.0, clv_evidence_share=0.5, edge_uncertainty=0.8, open_bets=5)
    score = 0.1 - 0.2 * 2 + 0.3 * 4 + 0.4 * 0.5 - 0.5 * 0.8 + 0.6 * 0.5
    assert policy.fraction(state) == pytest.approx(0.1 + 0.4 / (1 + exp(-score)))


@pytest.mark.parametrize(
    "change",
    [
        {"drawdown_share": -0.1}, {"drawdown_share": 1.1}, {"drawdown_share": nan}, {"clv_t": inf},
        {"clv_evidence_share": 2.0}, {"edge_uncertainty": -1.0}, {"open_bets": -1},
    ],
)  # fmt: skip
def test_a_state_that_cannot_be_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="state"):
        State(**(NOTHING_KNOWN.__dict__ | change))


@pytest.mark.parametrize("bounds", [(0.5, 0.5), (0.6, 0.5), (-0.1, 0.5), (0.1, 1.1), (nan, 0.5)])
def test_bounds_that_bound_nothing_are_refused(bounds: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="bounded between"):
        Bounds(*bounds)


@pytest.mark.parametrize("weights", [(0.0,) * FEATURES, (nan,) * (FEATURES + 1)])
def test_weights_that_are_no_policy_are_refused(weights: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="finite weights"):
        Policy(weights)


@given(st.lists(st.none() | st.floats(-1, 1), max_size=60))
@settings(deadline=None)
def test_the_recent_value_is_the_clerks_who_weighs_every_bet(values: list[float | None]) -> None:
    told = np.array([v for v in values if v is not None])
    weights = 0.98 ** np.arange(len(told))[::-1]
    t, evidence = recent_clv([nan if v is None else v for v in values])
    assert evidence == pytest.approx(weights.sum() / 50)
    if weights.sum() < 5:
        assert t == 0
        return
    mean = np.average(told, weights=weights)
    variance = max(np.average((told - mean) ** 2, weights=weights), 1e-12)
    error = np.sqrt(variance * (weights**2).sum()) / weights.sum()
    assert t == pytest.approx(np.clip(mean / error, -4, 4), rel=1e-3, abs=1e-3)


def test_the_shadow_is_recorded_and_the_fixed_fraction_is_in_force_until_the_policy_is_enabled() -> None:
    assert ShadowFraction(0.25, 0.4, enabled=False).in_force == 0.25
    assert ShadowFraction(0.25, 0.4, enabled=True).in_force == 0.4
    found = shadow_fraction(NOTHING_KNOWN, 0.25)
    assert (found.shadow, found.enabled) == (shadow.SHIPPED.fraction(NOTHING_KNOWN), shadow.ENABLED)


def test_the_shipped_policy_stakes_more_when_closes_are_beaten_and_less_when_edges_are_unsure() -> None:
    fractions = [
        shadow.SHIPPED.fraction(State(0.1, clv_t, 0.9, uncertainty, 5))
        for clv_t, uncertainty in ((2.0, 0.5), (0.0, 0.5), (-2.0, 0.5), (-2.0, 1.0))
    ]
    assert fractions == sorted(fractions, reverse=True)
    assert fractions[0] > 1.5 * fractions[2]


def test_the_live_state_knows_only_what_was_settled_and_closed_by_then() -> None:
    settlements = pl.DataFrame([settled(str(day), -100, at=LATER + timedelta(days=day)) for day in range(3)])
    closes = [0.1, None, 0.2, 0.05, 0.1, 0.0, 0.3]
    values = pl.DataFrame(
        {
            "ticket_id": [str(place) for place in range(7)], "clv": closes,
            "known_at_utc": [LATER + timedelta(minutes=place) for place in range(7)],
        }
    )  # fmt: skip
    found = state_at(settlements, values, 1000, 0.6, 4, LATER + timedelta(days=1))
    assert found.drawdown_share == pytest.approx(0.2)
    assert (found.clv_t, found.clv_evidence_share) == recent_clv([0.1, 0.2, 0.05, 0.1, 0.0, 0.3])
    assert (found.edge_uncertainty, found.open_bets) == (0.6, 4)
    assert state_at(settlements, values, 1000, 0.0, 0, LATER - timedelta(days=1)) == NOTHING_KNOWN
