"""Whether a vendor's clock runs ahead of ours, as the `Date` of its answer tells: then no time in it can be trusted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from sources.base import Payload

TOLERATED = timedelta(minutes=10)
ANOTHER_TIME = timedelta(days=1)
"""A clock so far off is not skewed: it is set to a time of its own, as that of a simulated vendor may be."""


def ahead(payload: Payload) -> timedelta | None:
    """By how much the vendor's clock was ahead when it answered; None where it was right, late, or said nothing."""
    try:
        said = parsedate_to_datetime(payload.headers["date"])
    except (KeyError, ValueError, TypeError, IndexError, OverflowError):
        return None
    skew = _aware(said) - payload.captured_at_utc
    return skew if TOLERATED < skew < ANOTHER_TIME else None


def _aware(instant: datetime) -> datetime:
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
