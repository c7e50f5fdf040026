"""stats.nba.com as a source: plan requests, parse payloads into silver rows and refused rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from core.errors import PayloadMalformed
from lake.competitions import Competition
from sources.base import Parsed, Payload, Request
from sources.known import Known
from sources.rows import whole_payload_refused
from sources.stats_nba_com import plan, reading
from sources.stats_nba_com.box_score import box_score
from sources.stats_nba_com.game_log import player_log, team_log
from sources.stats_nba_com.roster import players
from sources.stats_nba_com.scoreboard import scoreboard

_Read = Callable[[Payload, Competition, Known], Parsed]
_READERS: Mapping[str, tuple[str, _Read]] = {
    reading.TEAM_LOG: ("matches", team_log),
    reading.PLAYER_LOG: ("player_stats", player_log),
    reading.SCOREBOARD: ("matches", scoreboard),
    reading.BOX_SCORE: ("player_stats", box_score),
    reading.PLAYERS: ("players", players),
}
"""By endpoint, the entity that a payload is refused as where it cannot be read at all, and what reads it."""


class StatsNbaCom:
    """The league's own statistics: the anchor of basketball."""

    name = plan.SOURCE
    sport = "basketball"
    parser_version = 1
    entities: tuple[str, ...] = ("matches", "team_stats", "player_stats", "players", "vendor_matches")
    snapshots: tuple[str, ...] = (reading.SCOREBOARD, reading.PLAYERS)
    terms = plan.TERMS

    def plan(self, leagues: Mapping[str, Competition], as_of: datetime, known: Known) -> Sequence[Request]:
        """The days around `as_of`, box scores of late games, logs of seasons, the list of players."""
        return plan.plan(leagues, as_of, known)

    def is_fresh(self, request: Request, captured_at: datetime, now: datetime) -> bool:
        """Finished seasons and settled days never change; the rest lives an hour, box scores and players a day."""
        return plan.is_fresh(request, captured_at, now)

    def parse(self, payload: Payload, leagues: Mapping[str, Competition], known: Known) -> Parsed:
        """Candidate and refused rows of one payload; never raises for what the vendor sent."""
        entity, read = _READERS[payload.endpoint]
        league = next(league for league in leagues.values() if plan.SOURCE in league.vendors)
        try:
            return read(payload, league, known)
        except PayloadMalformed as error:
            return Parsed(rows={}, refused={entity: whole_payload_refused(payload, error)})
