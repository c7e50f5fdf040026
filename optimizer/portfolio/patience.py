"""When a search that gets nowhere ends, counted in rounds, so that it ends at the same place on every machine."""

from __future__ import annotations

import numpy as np

_STEP, _ROUNDS = 0.02, 3


class Patience:
    """Ends a search whose gap has not fallen by a fiftieth within three rounds."""

    def __init__(self) -> None:
        self._gap, self._rounds = np.inf, 0

    def ends(self, gap: float) -> bool:
        """Whether it does; asked before each round with the gap so far, in [0, 1]."""
        self._rounds += 1
        if gap < (1.0 - _STEP) * self._gap:
            self._gap, self._rounds = gap, 0
        return self._rounds >= _ROUNDS
