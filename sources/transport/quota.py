"""What a vendor's quota still allows: the day is planned, and the reserve is kept for closing prices."""

from __future__ import annotations

import math
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sources.terms import Period, Quota


@dataclass(frozen=True)
class Spent:
    """Credits of one vendor's period: `used` in all, those of closing requests, and today's of all others."""

    used: int = 0
    closing: int = 0
    routine_today: int = 0


def period_of(period: Period, now: datetime) -> str:
    """The UTC day or the calendar month, as `2026-11-21` or `2026-11`."""
    return now.astimezone(UTC).strftime("%Y-%m-%d" if period == "day" else "%Y-%m")


def reserve_left(quota: Quota, spent: Spent) -> int:
    """What is still kept for closing requests, which spend of the reserve first."""
    reserve = math.ceil(round(quota.allowance * quota.closing_share, 6))
    return max(0, reserve - spent.closing)


def left(quota: Quota, spent: Spent) -> int:
    """What the period still has, the reserve included."""
    return max(0, quota.allowance - spent.used)


def routine_left(quota: Quota, spent: Spent, now: datetime) -> int:
    """What requests that are not closing may still spend today.

    Of a month's quota that is the day's share, (remaining - reserve) / days left with today, counted from what
    remained when the day began; what a day leaves over is shared by those that follow. Never touches the reserve.
    """
    free = left(quota, spent) - reserve_left(quota, spent)
    if quota.period == "month":
        today = now.astimezone(UTC)
        days = monthrange(today.year, today.month)[1] - today.day + 1
        free = min(free, (free + spent.routine_today) // days - spent.routine_today)
    return max(0, free)


def can_afford(quota: Quota, spent: Spent, cost: int, is_closing: bool, now: datetime) -> bool:
    """Whether a request of this cost may be sent now; a closing one may spend all that is left."""
    return cost <= (left(quota, spent) if is_closing else routine_left(quota, spent, now))


def reported_use(quota: Quota, headers: Mapping[str, str]) -> int | None:
    """What the vendor says was used in the period, the larger if it says it twice; None where it does not say."""
    used = _count(headers, quota.used_header)
    remaining = _count(headers, quota.remaining_header)
    said = [used] if used is not None else []
    said += [quota.allowance - remaining] if remaining is not None else []
    return max(0, *said) if said else None


def _count(headers: Mapping[str, str], name: str | None) -> int | None:
    try:
        return int(float(headers[(name or "").lower()]))
    except (KeyError, ValueError, OverflowError):
        return None
