"""A clock that runs on from an instant, for listening to a world whose present is not ours."""

from __future__ import annotations

import time
from datetime import datetime, timedelta


class RunningClock:
    """Starts at an instant, tz-aware, and runs as fast as ours."""

    def __init__(self, instant: datetime) -> None:
        self._instant, self._since = instant, time.monotonic()

    def now(self) -> datetime:
        """The present of this clock."""
        return self._instant + timedelta(seconds=time.monotonic() - self._since)
