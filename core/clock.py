"""The only door to the present time, so that any past moment can be replayed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from core.errors import SettingsInvalid


class Clock(Protocol):
    """Tells the present as a tz-aware UTC instant."""

    def now(self) -> datetime:
        """The present."""
        ...


@dataclass(frozen=True)
class SystemClock:
    """The wall clock of this machine, in UTC."""

    def now(self) -> datetime:
        """The present of this clock."""
        return datetime.now(UTC)


@dataclass(frozen=True)
class FixedClock:
    """A clock that stands at one instant: the present of a replay."""

    instant: datetime

    def __post_init__(self) -> None:
        if self.instant.tzinfo is None:
            raise SettingsInvalid("A fixed clock was set to a time without a time zone.", "Add 'Z' or an offset.")

    def now(self) -> datetime:
        """The present of this clock."""
        return self.instant.astimezone(UTC)


class SkippingClock:
    """A wall clock on which waiting takes no time: what has to be waited for is skipped. For simulated vendors."""

    def __init__(self) -> None:
        self._skipped = timedelta()

    def now(self) -> datetime:
        """The present of this clock: the machine's, and all that was skipped so far."""
        return datetime.now(UTC) + self._skipped

    def sleep(self, seconds: float) -> None:
        """Let so much time have passed."""
        self._skipped += timedelta(seconds=max(0.0, seconds))


def parse_instant(text: str) -> datetime:
    """Read an ISO 8601 instant with a zone, such as `2024-05-10T17:00:00Z`, as UTC.

    Raises SettingsInvalid where the text is no instant or has no zone.
    """
    try:
        instant = datetime.fromisoformat(text)
        if instant.tzinfo is None:
            raise SettingsInvalid(f"'{text}' names no time zone.", "Add 'Z' for UTC, or an offset such as +01:00.")
        return instant.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise SettingsInvalid(f"'{text}' is not an ISO 8601 time.", "Write it like 2024-05-10T17:00:00Z.") from error


def iso(instant: datetime) -> str:
    """Write an instant as `2024-05-10T17:00:00Z`; raises ValueError for one without a zone."""
    if instant.tzinfo is None:
        raise ValueError(f"{instant} names no time zone.")
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
