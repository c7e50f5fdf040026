"""What a vendor's stream says of itself: how to ask for it, what to keep of a message, and where to go on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sources.base import Request
from sources.known import Known
from sources.transport.credentials import Signature


@dataclass(frozen=True)
class Taken:
    """What is kept of a message: lines for bronze, and how many prices it told (0 for a heartbeat)."""

    lines: tuple[bytes, ...]
    prices: int = 0


class Feed(Protocol):
    """One vendor's stream of one sport, and the state that it has told so far. Not for several threads.

    `request`: what a batch of its messages answers, as bronze names it.
    """

    request: Request

    def subscription(self, known: Known, signature: Signature, now: datetime) -> tuple[str, ...]:
        """What is sent when a connection is open, so that nothing since the last message is missed.

        Raises SettingsInvalid where silver knows nothing that could be wanted.
        """
        ...

    def resumption(self) -> Mapping[str, str]:
        """Headers that say the same, for a stream of which one only reads."""
        ...

    def take(self, message: bytes, received_at: datetime) -> Taken:
        """What to keep of a message.

        Raises VendorUnavailable where it ends the connection, VendorRefused where connecting again cannot help.
        """
        ...

    def begin_batch(self) -> None:
        """From here on messages go into a batch that must be understood without those before."""
        ...
