"""ESPN as a source: plan requests, parse payloads into silver rows and refused rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from lake.competitions import Competition
from sources.base import Request
from sources.espn import plan, reading
from sources.espn.reports import injuries, news
from sources.espn.scoreboard import scoreboard
from sources.known import Known
from sources.readers import OneLeague, Readers

_READERS: Readers = {
    reading.SCOREBOARD: ("vendor_matches", scoreboard),
    reading.INJURIES: ("injuries", injuries),
    reading.NEWS: ("news", news),
}


class Espn(OneLeague):
    """The NBA's games and prices, injuries and news."""

    name = plan.SOURCE
    sport = "basketball"
    parser_version = 1
    entities: tuple[str, ...] = ("vendor_matches", "odds_quotes", "injuries", "news")
    snapshots: tuple[str, ...] = (reading.SCOREBOARD, reading.INJURIES, reading.NEWS)
    terms = plan.TERMS
    readers = _READERS

    def plan(self, leagues: Mapping[str, Competition], as_of: datetime, known: Known) -> Sequence[Request]:
        """Today's scoreboard, injuries, the next days', yesterday's results, news."""
        return plan.plan(leagues, as_of, known)
