"""What was spent of a quota: reserved before a request is sent, settled after, and compared with the vendor's count.

A charge whose process died stays charged. Order is told by the numbers of charges, not by a clock: what was settled
before another charge was made is in whatever the vendor reports to that one.
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime

from sources.terms import Quota
from sources.transport.quota import Spent, can_afford, period_of

_ABANDONED_SECONDS = 3_600.0
_KEPT_SECONDS = 62 * 86_400.0


def spent(db: sqlite3.Connection, vendor: str, quota: Quota, now: datetime) -> Spent:
    """What this period has spent: the larger of our own count and the vendor's with what it cannot know yet."""
    period = period_of(quota.period, now)
    report = db.execute(
        "SELECT used, charge_id, base, base_id FROM reports WHERE vendor = ? AND period = ?", (vendor, period)
    ).fetchone()
    used, charge_id, base, base_id = report or (0, 0, 0, 0)
    own, closing, routine_today, unreported = db.execute(
        "SELECT COALESCE(SUM(cost), 0), COALESCE(SUM(cost * is_closing), 0),"
        " COALESCE(SUM(cost * (NOT is_closing) * (day = ?)), 0),"
        " COALESCE(SUM(cost * (id != ? AND (settled_after IS NULL OR settled_after >= ?))), 0)"
        " FROM charges WHERE vendor = ? AND period = ? AND id > ?",
        (period_of("day", now), charge_id, charge_id, vendor, period, base_id),
    ).fetchone()
    return Spent(max(base + own, used + unreported if report else 0), closing, routine_today)


def reserve(
    db: sqlite3.Connection, vendor: str, quota: Quota, cost: int, is_closing: bool, now: datetime
) -> int | None:
    """The number of a new charge, or None where the quota cannot afford it."""
    seconds = now.astimezone(UTC).timestamp()
    _sweep(db, vendor, seconds)
    if not can_afford(quota, spent(db, vendor, quota, now), cost, is_closing, now):
        return None
    row = (vendor, period_of(quota.period, now), period_of("day", now), cost, int(is_closing), seconds)
    made = db.execute(
        "INSERT INTO charges (vendor, period, day, cost, is_closing, made_at) VALUES (?, ?, ?, ?, ?, ?)", row
    )
    return made.lastrowid


def settle(db: sqlite3.Connection, charge_id: int, is_charged: bool, reported: int | None) -> None:
    """Close a charge: taken back where the vendor does not charge for it; `reported` is the vendor's count, or None."""
    latest = db.execute("SELECT MAX(id) FROM charges").fetchone()[0]
    db.execute(
        "UPDATE charges SET settled_after = ?, cost = cost * ? WHERE id = ?", (latest, int(is_charged), charge_id)
    )
    row = db.execute("SELECT vendor, period FROM charges WHERE id = ?", (charge_id,)).fetchone()
    if row is not None and reported is not None:
        _report(db, row, charge_id, latest, reported)


def _report(db: sqlite3.Connection, key: tuple[str, str], charge_id: int, latest: int, reported: int) -> None:
    """Keep the vendor's count; where a later one fell to half or less, its period has begun anew and so does ours."""
    found = db.execute(
        "SELECT used, settled_after, base, base_id FROM reports WHERE vendor = ? AND period = ?", key
    ).fetchone()
    used, settled_after, base, base_id = found or (-1, 0, 0, 0)
    is_later = charge_id > settled_after
    if is_later and 2 * reported <= used and reported < used:
        base, base_id = reported, charge_id
    elif reported < used:
        return
    db.execute(
        "INSERT OR REPLACE INTO reports VALUES (?, ?, ?, ?, ?, ?, ?)",
        (*key, reported, charge_id, latest, base, base_id),
    )


def _sweep(db: sqlite3.Connection, vendor: str, now: float) -> None:
    """Take charges whose process must be dead for sent, and forget those of periods long gone."""
    db.execute(
        "UPDATE charges SET settled_after = (SELECT MAX(id) FROM charges)"
        " WHERE vendor = ? AND settled_after IS NULL AND made_at < ?",
        (vendor, now - _ABANDONED_SECONDS),
    )
    db.execute("DELETE FROM charges WHERE vendor = ? AND made_at < ?", (vendor, now - _KEPT_SECONDS))
