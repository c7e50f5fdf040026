"""balldontlie as a source: plan requests, parse payloads into silver rows and refused rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from lake.competitions import Competition
from sources.balldontlie import plan, reading
from sources.balldontlie.mapping import games, injuries
from sources.base import Request
from sources.known import Known
from sources.readers import OneLeague, Readers

_READERS: Readers = {
    reading.GAMES: ("vendor_matches", games),
    reading.INJURIES: ("injuries", injuries),
}


class Balldontlie(OneLeague):
    """The NBA's games and injured players."""

    name = plan.SOURCE
    sport = "basketball"
    parser_version = 1
    entities: tuple[str, ...] = ("vendor_matches", "injuries")
    snapshots: tuple[str, ...] = (reading.GAMES, reading.INJURIES)
    terms = plan.TERMS
    readers = _READERS

    def plan(self, leagues: Mapping[str, Competition], as_of: datetime, known: Known) -> Sequence[Request]:
        """Injuries where ESPN's are missing, and games from yesterday to a week ahead."""
        return plan.plan(leagues, as_of, known)
