"""Which sports a page or a summary is about, and what gold knows of each."""

from __future__ import annotations

from core.market.sports import SPORTS
from core.settings import Settings
from lake.contracts.model import contracts


def asked(settings: Settings) -> list[str]:
    """The sports of a run that tickets can be made of, in their usual order."""
    return [sport for sport in SPORTS if sport in settings.sports]


def has_table(sport: str, *names: str) -> bool:
    """Whether gold of a sport has all of these tables; not every sport has what football has."""
    return all(f"gold.{sport}.{name}" in contracts() for name in names)
