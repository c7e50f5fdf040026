"""What a listener has done so far: messages, prices, batches, connections, and how late prices reach silver."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sources.live.batches import Batch

_BIN_SECONDS = 0.01
_BINS = 6_000
"""Delays are counted in bins of 10 ms up to a minute, so that a listener of weeks needs no more memory."""


@dataclass
class Figures:
    """Counts of one listener; for several threads.

    `waits`: how often reading stopped because too many batches waited. `late`: batches that silver got by the
    ordinary way, since something else had written or failed.
    """

    messages: int = 0
    prices: int = 0
    batches: int = 0
    connections: int = 0
    faults: int = 0
    waits: int = 0
    late: int = 0
    compactions: int = 0
    _delays: list[int] = field(default_factory=lambda: [0] * (_BINS + 1))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def received(self, prices: int) -> None:
        """A message came."""
        self.messages += 1
        self.prices += prices

    def committed(self, batches: Sequence[Batch], at: datetime) -> None:
        """These batches are in silver; each price counts with its own delay."""
        with self._lock:
            self.batches += len(batches)
            for batch in batches:
                for received_at, prices in zip(batch.received, batch.prices, strict=True):
                    place = int((at - received_at).total_seconds() / _BIN_SECONDS)
                    self._delays[min(max(place, 0), _BINS)] += prices

    @property
    def committed_prices(self) -> int:
        """Prices told by the messages of batches that are in silver."""
        with self._lock:
            return sum(self._delays)

    def delay_seconds(self, share: float) -> float | None:
        """The delay from arrival to silver that this share of prices keeps, in steps of 10 ms; None before any."""
        with self._lock:
            wanted, seen = share * sum(self._delays), 0
            if wanted <= 0:
                return None
            for place, count in enumerate(self._delays):
                seen += count
                if seen >= wanted:
                    return (place + 1) * _BIN_SECONDS
        return None
