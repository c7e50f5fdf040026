"""How we stand with each vendor: circuit, pause and quota, for people and for alerts."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sources.terms import Quota, Terms
from sources.transport import breaker, charges, quota, rate
from sources.transport.breaker import CircuitState
from sources.transport.state import State


@dataclass(frozen=True)
class QuotaStanding:
    """Credits of the running period: `left` includes `reserve_left`; `routine_left` is today's, without the reserve."""

    period: str
    allowance: int
    used: int
    left: int
    reserve_left: int
    routine_left: int


@dataclass(frozen=True)
class Standing:
    """One vendor's; `paused_until_utc` is None where it asked for no pause, `quota` where it has none."""

    vendor: str
    circuit: CircuitState
    failures: int
    paused_until_utc: datetime | None
    quota: QuotaStanding | None


def standing(
    state: State, terms: Mapping[str, Terms], now: datetime, pacing_now: datetime | None = None
) -> list[Standing]:
    """One entry a vendor, in the order of their names; `pacing_now` where the run's clock is not the one of waits."""
    vendors = {entry.vendor: entry.quota for entry in terms.values()}
    seconds = (pacing_now or now).timestamp()
    return state.change(lambda db: [_standing(db, name, vendors[name], now, seconds) for name in sorted(vendors)])


def _standing(db: sqlite3.Connection, vendor: str, terms: Quota | None, now: datetime, seconds: float) -> Standing:
    circuit = breaker.read(db, vendor)
    paused_until = rate.paused_until(db, vendor, seconds)
    return Standing(
        vendor=vendor,
        circuit=circuit.state(seconds),
        failures=circuit.failures,
        paused_until_utc=datetime.fromtimestamp(paused_until, UTC) if paused_until else None,
        quota=_quota(db, vendor, terms, now) if terms else None,
    )


def _quota(db: sqlite3.Connection, vendor: str, terms: Quota, now: datetime) -> QuotaStanding:
    spent = charges.spent(db, vendor, terms, now)
    return QuotaStanding(
        period=quota.period_of(terms.period, now),
        allowance=terms.allowance,
        used=spent.used,
        left=quota.left(terms, spent),
        reserve_left=quota.reserve_left(terms, spent),
        routine_left=quota.routine_left(terms, spent, now),
    )
