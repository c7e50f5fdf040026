"""The competitions that Fairline knows, read from `contracts/competitions.yaml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from core.errors import UnknownCompetition

FILE = Path(__file__).parent / "contracts" / "competitions.yaml"


@dataclass(frozen=True)
class Competition:
    """One league: `timezone` is that of its local day; `vendors` maps a source to what it needs to find the league."""

    id: str
    sport: str
    name: str
    country: str
    tier: int
    timezone: str
    vendors: Mapping[str, Mapping[str, str]]


def competitions(sport: str, only: Sequence[str] = ()) -> dict[str, Competition]:
    """Competitions of a sport by id, all or those asked for; raises UnknownCompetition for an unknown code."""
    if sport not in _all():
        raise UnknownCompetition(f"No competition of {sport} is known.", f"Known sports: {', '.join(_all())}.")
    known = _all()[sport]
    unknown = sorted(set(only) - known.keys())
    if unknown:
        raise UnknownCompetition(
            f"No competition of {sport} is called {', '.join(unknown)}.",
            f"Known codes: {', '.join(known)}. New ones: lake/contracts/competitions.yaml (docs/add-a-league.md).",
        )
    return {code: found for code, found in known.items() if not only or code in only}


def asked_for(sport: str, only: Sequence[str]) -> dict[str, Competition]:
    """Competitions of a sport among codes of any sport; all of them without codes, none where the codes are another's.

    Raises UnknownCompetition for a code that no sport has.
    """
    elsewhere = {code for other, known in _all().items() if other != sport for code in known}
    own = [code for code in only if code not in elsewhere]
    return competitions(sport, own) if own or not only else {}


@cache
def _all() -> dict[str, dict[str, Competition]]:
    entries: dict[str, dict[str, dict[str, Any]]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {
        sport: {code: _competition(code, sport, entry) for code, entry in leagues.items()}
        for sport, leagues in entries.items()
    }


_OWN_FIELDS = ("name", "country", "tier", "timezone")


def _competition(code: str, sport: str, entry: dict[str, Any]) -> Competition:
    own = {field: entry[field] for field in _OWN_FIELDS}
    vendors = {name: value for name, value in entry.items() if name not in _OWN_FIELDS}
    return Competition(id=code, sport=sport, vendors=vendors, **own)
