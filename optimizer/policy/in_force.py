"""Which limits are in force: tighter counts at once, looser only after a delay.

Each request for a limit is a row that is never changed. A value asked for stands until the row that replaced it takes
effect, and of all values that stand the tightest counts. So a looser value waits, a request that is withdrawn while it
waits leaves nothing behind, and asking again starts the wait anew.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import reduce
from itertools import pairwise
from typing import Any

import polars as pl

from core.clock import parse_instant
from lake.contracts.model import contract
from lake.desk import of_desk
from lake.keys import short_hash
from optimizer.policy.schema import Limits, Policy, Tiers

CONTRACT = of_desk("limit_changes")
Value = Any
"""A number, an instant, tiers, or None for no limit."""


def _lowest(one: Value, other: Value) -> Value:
    return min((value for value in (one, other) if value is not None), default=None)


def _highest(one: Value, other: Value) -> Value:
    return max((value for value in (one, other) if value is not None), default=None)


def _under_both(one: Tiers, other: Tiers) -> Tiers:
    """The smaller factor of two sets of tiers at every depth."""
    found: list[tuple[float, float]] = []
    for share in sorted({share for share, _ in (*one, *other)}):
        factor = min(factor for depth, factor in ((0.0, 1.0), *one, *other) if depth <= share)
        if factor < (found[-1][1] if found else 1.0):
            found.append((share, factor))
    return tuple(found)


_TIGHTER: dict[str, Callable[[Value, Value], Value]] = {
    "minimum_edge": _highest,
    "loosen_after_hours": _highest,
    "cool_off_until_utc": _highest,
    "self_excluded_until_utc": _highest,
    "drawdown_tiers": _under_both,
}
_NEVER_SHORTENED = ("cool_off_until_utc", "self_excluded_until_utc")


def tighter(limit: str, one: Value, other: Value) -> Value:
    """The loosest value of a limit that is as tight as both; where neither is tighter, tighter than either."""
    return _TIGHTER.get(limit, _lowest)(one, other)


def in_force(changes: pl.DataFrame, policy: Policy, as_of: datetime) -> tuple[Limits, pl.DataFrame]:
    """The limits that count at `as_of`, and the rows of gold limit_changes that this policy adds (none if unchanged).

    `changes`: gold limit_changes; rows of other bettors (but for their `stops`) and rows not yet known at `as_of` are
    left aside. The first policy of a bettor counts at once.
    """
    own = changes.filter(pl.col("bettor_id") == policy.bettor_id)
    known = own.filter(pl.col("known_at_utc") <= as_of).sort("asked_at_utc", "sequence")
    history = _history(known)
    hours = _standing("loosen_after_hours", history, as_of)
    delay = timedelta(hours=tighter("loosen_after_hours", hours, policy.limits.loosen_after_hours))
    added: list[_Request] = []
    for name in Limits.model_fields:
        asked, before = getattr(policy.limits, name), history.setdefault(name, [])
        if before and before[-1].value == asked:
            continue
        request = _Request(name, asked, as_of, _effective(name, asked, before, as_of, delay))
        added.append(request)
        before.append(request)
    counted = {name: _standing(name, history, as_of) for name in Limits.model_fields}
    counted |= {name: _highest(counted[name], until) for name, until in stops(changes, as_of).items()}
    start = int(own["sequence"].max() or 0) + 1 if len(own) else 0  # type: ignore[arg-type]
    return Limits.model_validate(counted), _rows(policy.bettor_id, added, history, start)


def stops(changes: pl.DataFrame, as_of: datetime) -> dict[str, datetime]:
    """The cool-off and self-exclusion that run at `as_of`, by limit: the latest moment that anybody ever asked for.

    Tickets and bankroll of a lake are one bettor's, so a stop binds every policy of the lake: it is never shortened,
    and no other name and no deleted policy ends it.
    """
    known = changes.filter((pl.col("known_at_utc") <= as_of) & pl.col("limit").is_in(_NEVER_SHORTENED))
    asked = [(row["limit"], _decoded(row["limit"], row["new_value"])) for row in known.iter_rows(named=True)]
    running = [(limit, until) for limit, until in asked if until is not None and until > as_of]
    return dict(sorted(running))


@dataclass(frozen=True)
class _Request:
    limit: str
    value: Value
    asked_at: datetime
    effective_at: datetime


def _history(rows: pl.DataFrame) -> dict[str, list[_Request]]:
    found: dict[str, list[_Request]] = {}
    for row in rows.iter_rows(named=True):
        value = _decoded(row["limit"], row["new_value"])
        request = _Request(row["limit"], value, row["asked_at_utc"], row["effective_at_utc"])
        found.setdefault(request.limit, []).append(request)
    return found


def _standing(limit: str, history: dict[str, list[_Request]], as_of: datetime) -> Value:
    """The tightest of the values that stand: the last one asked for, and those whose successor still waits.

    None where nothing was asked for yet.
    """
    asked = history.get(limit, [])
    values = [old.value for old, new in pairwise(asked) if new.effective_at > as_of]
    return reduce(lambda one, other: tighter(limit, one, other), [*values, asked[-1].value]) if asked else None


def _effective(limit: str, asked: Value, before: list[_Request], as_of: datetime, delay: timedelta) -> datetime:
    if not before or tighter(limit, before[-1].value, asked) == asked:
        return as_of
    if limit in _NEVER_SHORTENED:
        ends: list[datetime] = [request.value for request in before if request.value is not None]
        return max(as_of, *ends)
    return as_of + delay


def _rows(bettor_id: str, added: list[_Request], history: dict[str, list[_Request]], start: int) -> pl.DataFrame:
    rows = []
    for sequence, new in enumerate(added, start):
        before = history[new.limit][:-1]
        text = _encoded(new.value)
        rows.append(
            {
                "change_id": short_hash(bettor_id, new.limit, sequence, new.asked_at.isoformat(), text),
                "sequence": sequence,
                "bettor_id": bettor_id,
                "limit": new.limit,
                "old_value": _encoded(before[-1].value) if before else None,
                "new_value": text,
                "asked_at_utc": new.asked_at,
                "effective_at_utc": new.effective_at,
                "known_at_utc": new.asked_at,
            }
        )
    return pl.DataFrame(rows, schema=contract(CONTRACT).schema)


def _encoded(value: Value) -> str:
    return json.dumps(value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value)


def _decoded(limit: str, text: str) -> Value:
    value = json.loads(text)
    if limit == "drawdown_tiers":
        return tuple((share, factor) for share, factor in value)
    return parse_instant(value) if isinstance(value, str) else value
