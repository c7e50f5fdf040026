"""How instants, prices and numbers are written, shared by the vendors' formats."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from email.utils import format_datetime

LEAGUES = ("E0", "E1", "SP1", "D1")
LEAGUE_NAMES = {"E0": "Premier League", "E1": "Championship", "SP1": "La Liga", "D1": "Bundesliga"}
COUNTRY_NAMES = {"E0": "England", "E1": "England", "SP1": "Spain", "D1": "Germany"}


def zulu(instant: datetime) -> str:
    """`2026-11-21T15:00:00Z`."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def to_minute(instant: datetime) -> str:
    """`2026-11-21T15:00Z`."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")


def to_millisecond(instant: datetime) -> str:
    """`2026-11-21T15:00:00.000Z`."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def http_time(instant: datetime) -> str:
    """`Sat, 21 Nov 2026 15:00:00 GMT`."""
    return format_datetime(instant.astimezone(UTC).replace(microsecond=0), usegmt=True)


def offset(instant: datetime) -> str:
    """`2026-11-21T15:00:00+00:00`."""
    return instant.astimezone(UTC).isoformat(timespec="seconds")


def instant_of(text: str) -> datetime:
    """An instant from ISO 8601 text, UTC where it names no zone; raises ValueError for anything else."""
    found = datetime.fromisoformat(text)
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def day_of(text: str | None) -> date | None:
    """The day of `2026-11-21` or `20261121`; None for no or other text."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def whole_american(price: float) -> int:
    """A decimal price in American odds, rounded to a whole number."""
    return round((price - 1.0) * 100.0) if price >= 2.0 else round(-100.0 / (price - 1.0))


def csv_text(header: Iterable[str], rows: Iterable[Iterable[object]], end: str = "\n") -> str:
    """CSV of values that hold no commas: None is empty."""
    lines = [",".join(header), *(",".join("" if cell is None else str(cell) for cell in row) for row in rows)]
    return end.join(lines) + end


def season_of(day: date, first_month: int = 7) -> int:
    """The year in which the season of this day begins."""
    return day.year if day.month >= first_month else day.year - 1
