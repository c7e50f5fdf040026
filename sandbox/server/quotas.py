"""What each key has used up: days and months by the world's clock, minutes by ours, since a rate is about real time."""

from __future__ import annotations

import threading
import time
from collections import Counter
from datetime import datetime

from sandbox.vendors.base import Budget, Period

_FORMAT = {"day": "%Y-%m-%d", "month": "%Y-%m"}


class Quotas:
    """Counts credits by vendor's host and period."""

    def __init__(self) -> None:
        self._used: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()

    def take(self, host: str, budget: Budget, cost: int, now: datetime) -> tuple[bool, int]:
        """Take credits if they are there; returns whether they were, and how many are used in this period now."""
        slot = (host, _period(budget.period, now))
        with self._lock:
            granted = self._used[slot] + cost <= budget.allowance
            self._used[slot] += cost if granted else 0
            return granted, self._used[slot]

    def used(self) -> dict[str, int]:
        """Credits used, by `host period`."""
        with self._lock:
            return {f"{host} {period}": credits for (host, period), credits in self._used.items()}

    def reset(self) -> None:
        """Begin again with nothing used."""
        with self._lock:
            self._used.clear()


def _period(period: Period, now: datetime) -> str:
    return f"minute {int(time.monotonic() // 60)}" if period == "minute" else now.strftime(_FORMAT[period])
