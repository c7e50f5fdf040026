"""stats.nba.com as a source: plan requests, parse payloads into silver rows and refused rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from lake.competitions import Competition
from sources.base import Request
from sources.known import Known
from sources.readers import OneLeague, Readers
from sources.stats_nba_com import plan, reading
from sources.stats_nba_com.box_score import box_score
from sources.stats_nba_com.game_log import player_log, team_log
from sources.stats_nba_com.roster import players
from sources.stats_nba_com.scoreboard import scoreboard

_READERS: Readers = {
    reading.TEAM_LOG: ("matches", team_log),
    reading.PLAYER_LOG: ("player_stats", player_log),
    reading.SCOREBOARD: ("matches", scoreboard),
    reading.BOX_SCORE: ("player_stats", box_score),
    reading.PLAYERS: ("players", players),
}


class StatsNbaCom(OneLeague):
    """The league's own statistics: the anchor of basketball."""

    name = plan.SOURCE
    sport = "basketball"
    parser_version = 1
    entities: tuple[str, ...] = ("matches", "team_stats", "player_stats", "players", "vendor_matches")
    snapshots: tuple[str, ...] = (reading.SCOREBOARD, reading.PLAYERS)
    terms = plan.TERMS
    readers = _READERS

    def plan(self, leagues: Mapping[str, Competition], as_of: datetime, known: Known) -> Sequence[Request]:
        """The days around `as_of`, box scores of late games, logs of seasons, the list of players."""
        return plan.plan(leagues, as_of, known)

    def is_fresh(self, request: Request, captured_at: datetime, now: datetime) -> bool:
        """Finished seasons and settled days never change; the rest lives an hour, box scores and players a day."""
        return plan.is_fresh(request, captured_at, now)
