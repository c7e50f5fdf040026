"""A vendor's pace: each attempt reserves the next free slot, and a vendor that asks for a pause gets it from all.

Times are seconds since 1970. Slots follow the generic cell rate algorithm (ITU-T I.371) without a burst.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_WAIT_SECONDS = 60.0
"""A longer pause is not waited for: the vendor's requests are given up until it is over."""

LONGEST_PAUSE_SECONDS = 86_400.0
LONGEST_QUEUE_SECONDS = 3_600.0


def reserve(db: sqlite3.Connection, vendor: str, spacing_seconds: float, now: float) -> float:
    """When this attempt may start; the next one may a spacing later."""
    next_at, paused_until = _read(db, vendor, now)
    start = max(now, next_at, paused_until)
    db.execute("INSERT OR REPLACE INTO paces VALUES (?, ?, ?)", (vendor, start + spacing_seconds, paused_until))
    return start


def pause(db: sqlite3.Connection, vendor: str, until: float, now: float) -> None:
    """Let nobody ask this vendor before then; at most a day, and never shorter than a pause that stands."""
    next_at, paused_until = _read(db, vendor, now)
    until = max(paused_until, min(until, now + LONGEST_PAUSE_SECONDS))
    db.execute("INSERT OR REPLACE INTO paces VALUES (?, ?, ?)", (vendor, next_at, until))


def paused_until(db: sqlite3.Connection, vendor: str, now: float) -> float:
    """The end of a vendor's pause; 0 where there is none."""
    return _read(db, vendor, now)[1]


def retry_after_seconds(headers: Mapping[str, str], now: datetime) -> float | None:
    """How long a vendor asks to be left alone, from `Retry-After`; a date is read by the vendor's own clock.

    None where it does not say, or says what cannot be read.
    """
    said = headers.get("retry-after", "").strip()
    if said.isascii() and said.isdigit():
        return float(said[:9])
    until = _instant(said)
    return max(0.0, (until - (_instant(headers.get("date", "")) or now)).total_seconds()) if until else None


def _read(db: sqlite3.Connection, vendor: str, now: float) -> tuple[float, float]:
    """Next slot and end of the pause; those too far ahead come of a clock that was set back, and do not count."""
    row = db.execute("SELECT next_at, paused_until FROM paces WHERE vendor = ?", (vendor,)).fetchone() or (0.0, 0.0)
    next_at, until = row
    until = until if now < until <= now + LONGEST_PAUSE_SECONDS else 0.0
    return (next_at if next_at <= max(now, until) + LONGEST_QUEUE_SECONDS else 0.0), until


def _instant(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
