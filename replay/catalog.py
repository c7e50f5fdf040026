"""Every sport's craft: adding a sport is one line of `CRAFTS`.

A craft is loaded when it is first asked for, since models are heavy; what a craft is stands in `replay.craft`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from core.errors import SettingsInvalid
from replay.craft import Craft


def _football() -> Craft:
    from replay import football

    return football


def _basketball() -> Craft:
    from replay.basketball import craft as basketball

    return basketball


CRAFTS: Mapping[str, Callable[[], Craft]] = {
    "football": _football,
    "basketball": _basketball,
}


def craft_of(sport: str) -> Craft:
    """The craft of a sport; raises SettingsInvalid for one that is not known."""
    if sport not in CRAFTS:
        raise SettingsInvalid(f"No sport is called '{sport}'.", f"Known: {', '.join(CRAFTS)}.")
    return CRAFTS[sport]()


def sampled() -> tuple[str, ...]:
    """The sports whose strengths are sampled."""
    return tuple(sport for sport in CRAFTS if craft_of(sport).SEEN)
