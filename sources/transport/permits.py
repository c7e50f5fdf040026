"""Leave to ask a vendor: circuit, pause, quota and pace are decided in one transaction, and settled in another."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sources.base import Request
from sources.outcomes import BREAKER_OPEN, QUOTA_REFUSED
from sources.terms import Quota, Terms
from sources.transport import breaker, charges, rate
from sources.transport.judging import Judgement
from sources.transport.quota import reported_use
from sources.transport.state import State

_ANSWERS_CHARGED = (200, 304)
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Permit:
    """One attempt may start at `start_at` (seconds since 1970); it has a charge where the vendor has a quota."""

    vendor: str
    start_at: float
    is_probe: bool
    charge_id: int | None


@dataclass(frozen=True)
class Moment:
    """`at`: by the run's clock, which tells the quota's day. `seconds`: since 1970, by which all processes wait."""

    at: datetime
    seconds: float


def ask(state: State, request: Request, terms: Terms, now: Moment) -> Permit | str:
    """A permit, or the outcome of a request that must not be sent: `breaker_open` or `quota_refused`.

    A vendor's pause of more than a minute counts as an open circuit.
    """
    return state.change(lambda db: _decide(db, request, terms, now))


def settle(
    state: State,
    permit: Permit,
    terms: Terms,
    judged: Judgement,
    status: int | None,
    headers: Mapping[str, str],
    now: Moment,
) -> bool:
    """Tell what came of a permitted attempt; returns whether the vendor may be asked again soon."""

    def work(db: sqlite3.Connection) -> bool:
        circuit = breaker.record(db, permit.vendor, judged.failed, permit.is_probe, now.seconds)
        if permit.charge_id is not None and terms.quota is not None:
            _settle_charge(db, permit.charge_id, terms.quota, judged, status, headers)
        wait = rate.retry_after_seconds(headers, now.at) if judged.may_pass else None
        if wait is not None:
            rate.pause(db, permit.vendor, now.seconds + wait, now.seconds)
        return circuit.opened_at is None and (wait or 0.0) <= rate.LONGEST_WAIT_SECONDS

    may_go_on = state.change(work)
    if not may_go_on:
        _log.warning("%s is left alone for a while: it failed too often, or asked for a pause.", permit.vendor)
    return may_go_on


def paused_until(state: State, vendor: str, now: Moment) -> float:
    """The end of a vendor's pause in seconds since 1970; 0 where there is none."""
    return state.change(lambda db: rate.paused_until(db, vendor, now.seconds))


def _decide(db: sqlite3.Connection, request: Request, terms: Terms, now: Moment) -> Permit | str:
    circuit = breaker.read(db, terms.vendor)
    pause_seconds = rate.paused_until(db, terms.vendor, now.seconds) - now.seconds
    if not circuit.admits(now.seconds) or pause_seconds > rate.LONGEST_WAIT_SECONDS:
        return BREAKER_OPEN
    charge_id = None
    if terms.quota is not None:
        charge_id = charges.reserve(db, terms.vendor, terms.quota, request.cost, request.is_closing, now.at)
        if charge_id is None:
            return QUOTA_REFUSED
    start_at = rate.reserve(db, terms.vendor, terms.spacing_seconds, now.seconds)
    return Permit(terms.vendor, start_at, breaker.claim(db, terms.vendor, circuit, start_at), charge_id)


def _settle_charge(
    db: sqlite3.Connection,
    charge_id: int,
    quota: Quota,
    judged: Judgement,
    status: int | None,
    headers: Mapping[str, str],
) -> None:
    """A vendor that counts by headers says itself whether it charges for an error; for others, what was sent counts."""
    counts_itself = quota.remaining_header is not None or quota.used_header is not None
    is_charged = not (counts_itself and status is not None and status not in _ANSWERS_CHARGED)
    reported = quota.allowance if judged.outcome == QUOTA_REFUSED else reported_use(quota, headers)
    charges.settle(db, charge_id, is_charged, reported)
