"""Batches of messages: what bronze gets at once, and the bounds within which a batch stays open."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from core.errors import SettingsInvalid
from sources.live.feed import Taken


@dataclass(frozen=True)
class Bounds:
    """When a batch is closed, how many may wait to be written, and how patient a listener is.

    `silence_seconds`: without a message, a heartbeat at least, for so long the connection counts as dead.
    `renew_seconds`: so often it connects anew, to want the markets that silver has learned of meanwhile.
    """

    messages: int = 2_000
    bytes: int = 4 * 1024 * 1024
    seconds: float = 1.0
    waiting_batches: int = 8
    silence_seconds: float = 15.0
    renew_seconds: float = 3_600.0
    first_wait_seconds: float = 0.5
    longest_wait_seconds: float = 30.0

    def __post_init__(self) -> None:
        numbers = (
            self.messages,
            self.bytes,
            self.seconds,
            self.waiting_batches,
            self.silence_seconds,
            self.renew_seconds,
        )
        if min(numbers) <= 0 or not 0 < self.first_wait_seconds <= self.longest_wait_seconds:
            raise SettingsInvalid("Bounds of batches must be above 0.", "See docs/live.md.")


@dataclass
class Batch:
    """Lines in the order of receiving, and of each message when it came and how many prices it told."""

    lines: list[bytes] = field(default_factory=list)
    received: list[datetime] = field(default_factory=list)
    prices: list[int] = field(default_factory=list)
    size_bytes: int = 0

    def add(self, taken: Taken, received_at: datetime) -> None:
        """Take a message in."""
        self.lines.extend(taken.lines)
        self.size_bytes += sum(map(len, taken.lines)) + len(taken.lines)
        self.received.append(received_at)
        self.prices.append(taken.prices)

    @property
    def body(self) -> bytes:
        """The batch as bronze keeps it: a line a message."""
        return b"\n".join(self.lines) + b"\n"

    def is_full(self, bounds: Bounds) -> bool:
        """Whether no message more belongs into it."""
        return len(self.received) >= bounds.messages or self.size_bytes >= bounds.bytes
