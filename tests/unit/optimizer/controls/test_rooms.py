"""Rooms for stakes: what limits leave, to the cent, and a loss limit that holds whatever happens."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.controls import rooms, stake_factor, standing
from optimizer.controls.standing import period_starts
from tests.unit.optimizer.controls.offers import AS_OF, at
from tests.unit.optimizer.policies import UTC_TIME
from tests.unit.optimizer.policy.bettors import policy

SOME = {"day": 100, "week": 300, "month": 700}


def test_no_limit_leaves_every_room_unmentioned() -> None:
    assert rooms(at(staked_minor=SOME), policy().limits) == {}


def test_a_limit_leaves_itself_less_what_was_used() -> None:
    limits = policy({"stake_day": 5.0, "stake_week": 2.0, "loss_month": 20.0, "loss_day": 1.5}).limits
    found = rooms(at(staked_minor=SOME, lost_minor=SOME, open_minor=250), limits)
    assert found == {"stake_day": 400, "stake_week": 0, "loss_month": 2000 - 700 - 250, "loss_day": 0}


def test_a_limit_is_never_made_looser_by_rounding() -> None:
    assert rooms(at(), policy({"stake_day": 10.999}).limits) == {"stake_day": 1099}
    assert rooms(at(), policy({"stake_day": 0.29}).limits) == {"stake_day": 29}


@pytest.mark.parametrize(("bankroll", "factor"), [
    (100_000, 1.0), (90_001, 1.0), (90_000, 0.5), (75_000, 0.5), (70_000, 0.2), (1, 0.2),
])  # fmt: skip
def test_stakes_are_scaled_by_the_deepest_tier_reached(bankroll: int, factor: float) -> None:
    limits = policy({"drawdown_tiers": ((0.1, 0.5), (0.3, 0.2))}).limits
    assert stake_factor(at(bankroll), limits) == factor


BET = st.tuples(
    st.integers(1, 30), st.integers(1, 400), st.integers(1, 70), st.sampled_from([-1.0, -1.0, 0.0, 0.8, 3.0])
)


@settings(max_examples=60, deadline=None)
@given(st.lists(BET, max_size=12))
def test_no_day_ever_loses_more_than_its_limit_however_the_bets_end(bets: list[tuple[int, int, int, float]]) -> None:
    """Each bet: hours since the one before, stake wanted, hours until its result, profit per unit staked."""
    limits, limit, now = policy({"loss_day": 5.0}).limits, 500, AS_OF
    tickets: list[tuple[str, int, datetime]] = []
    results: list[tuple[str, int, datetime]] = []
    for number, (gap, wanted, until, payoff) in enumerate(bets):
        now += timedelta(hours=gap)
        room = rooms(standing(_tickets(tickets), _settled(results), now, 100_000, "UTC"), limits)["loss_day"]
        stake = min(wanted, room)
        tickets.append((f"t{number}", stake, now))
        results.append((f"t{number}", int(stake * payoff), now + timedelta(hours=until)))
    lost: dict[datetime, int] = {}
    for _, profit, known in results:
        day = period_starts(known, "UTC")["day"]
        lost[day] = lost.get(day, 0) - profit
    assert max(lost.values(), default=0) <= limit


def _tickets(rows: list[tuple[str, int, datetime]]) -> pl.DataFrame:
    return pl.DataFrame(rows, {"ticket_id": pl.String, "stake_minor": pl.Int64, "as_of_utc": UTC_TIME}, orient="row")


def _settled(rows: list[tuple[str, int, datetime]]) -> pl.DataFrame:
    return pl.DataFrame(
        rows, {"ticket_id": pl.String, "profit_minor": pl.Int64, "known_at_utc": UTC_TIME}, orient="row"
    )
