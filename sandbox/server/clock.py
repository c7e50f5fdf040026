"""The world's clock: it can stand, run faster than ours, and be set."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta

SANDBOX_NOW = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)


class WorldClock:
    """Tells what time it is in the simulated world, as a tz-aware UTC instant.

    `speed`: world seconds in one of ours; 0 stands still, 60 is a minute a second. Raises ValueError for an instant
    without a zone and for a clock that would run backwards.
    """

    def __init__(self, at: datetime = SANDBOX_NOW, speed: float = 0.0) -> None:
        self._lock = threading.Lock()
        self._at, self._speed, self._since = at, speed, time.monotonic()
        self.set(at, speed)

    def now(self) -> datetime:
        """The present of the world."""
        with self._lock:
            return self._at + timedelta(seconds=(time.monotonic() - self._since) * self._speed)

    @property
    def speed(self) -> float:
        """World seconds in one of ours."""
        return self._speed

    def set(self, at: datetime | None = None, speed: float | None = None) -> None:
        """Go to an instant, or on from the present one, at a speed, or the one it has."""
        if at is not None and at.tzinfo is None:
            raise ValueError(f"{at} names no time zone: add Z for UTC")
        if speed is not None and not 0.0 <= speed < 1e6:
            raise ValueError(f"a clock cannot run at speed {speed}")
        present = self.now() if at is None else at.astimezone(UTC)
        with self._lock:
            self._at, self._since = present, time.monotonic()
            self._speed = self._speed if speed is None else speed
