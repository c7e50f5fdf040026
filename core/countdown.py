"""How far long work has come, and how long the rest will take if it goes on as it did."""

from __future__ import annotations

import time
from collections.abc import Callable

Say = Callable[[str], None]


class Countdown:
    """Counts steps down and says each with the time that is left, guessed from the mean step so far.

    `steps`: how many there will be, 0 or more. `clock`: seconds that only grow.
    """

    def __init__(self, steps: int, say: Say, clock: Callable[[], float] = time.monotonic) -> None:
        self._steps, self._say, self._clock = steps, say, clock
        self._done, self._began = 0, clock()

    def step(self, what: str) -> None:
        """One step is done: says `3/12 what, about 40 s left`."""
        self._done += 1
        left = max(self._steps - self._done, 0) * (self._clock() - self._began) / self._done
        self._say(f"{self._done}/{self._steps} {what}" + (f", about {_plain(left)} left" if left >= 1 else ""))


def _plain(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
