"""Fantasy Premier League as a source: plan requests, parse payloads into silver rows and refused rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import polars as pl

from core.errors import PayloadMalformed
from lake.competitions import Competition
from lake.conform import DETAIL, REASON
from sources.base import Parsed, Payload, Request
from sources.fantasy_premier_league import game_weeks, live, plan, snapshots
from sources.fantasy_premier_league.reading import ROW, TEXT, read_snapshot, read_week
from sources.known import Known
from sources.rows import accepted_of, refused_of, refused_rows

_ENTITIES = {
    plan.GAME_WEEK: "player_stats",
    plan.SNAPSHOT: "players",
    plan.LIVE: "player_stats",
    plan.FIXTURES: "vendor_matches",
}


class FantasyPremierLeague:
    """The game's files of game weeks, its snapshots, its fixtures and its running weeks."""

    name = plan.SOURCE
    sport = "football"
    parser_version = 1
    entities: tuple[str, ...] = ("player_stats", "players", "vendor_matches")
    snapshots: tuple[str, ...] = (plan.SNAPSHOT, plan.LIVE)
    terms = plan.TERMS

    def plan(self, leagues: Mapping[str, Competition], as_of: datetime, known: Known) -> Sequence[Request]:
        """Every game week that can have begun at `as_of`, the snapshot, the fixtures, and the weeks just played."""
        return plan.plan(leagues, as_of, known)

    def is_fresh(self, request: Request, captured_at: datetime, now: datetime) -> bool:
        """Finished seasons never change; a running one's weeks live six hours, the snapshot four, a live week one."""
        return plan.is_fresh(request, captured_at, now)

    def parse(self, payload: Payload, leagues: Mapping[str, Competition], known: Known) -> Parsed:
        """Candidate and refused rows of one payload; never raises for what the vendor sent.

        `known.played` has the anchor's finished matches, which clubs and days are held against.
        """
        entity = _ENTITIES[payload.endpoint]
        try:
            good, refused = _read(payload, leagues[plan.LEAGUE], known)
        except PayloadMalformed as error:
            return Parsed(rows={}, refused={entity: _whole_payload(payload, error)}, teams=pl.DataFrame())
        return Parsed(rows={entity: good}, refused={entity: refused}, teams=pl.DataFrame())


def _read(payload: Payload, league: Competition, known: Known) -> tuple[pl.DataFrame, pl.DataFrame]:
    if payload.endpoint == plan.FIXTURES:
        return _parted(live.vendor_matches(payload.body, payload.captured_at_utc, league, known))
    if payload.endpoint == plan.LIVE:
        return _parted(live.player_stats(payload.body, payload.captured_at_utc, known))
    if payload.endpoint == plan.SNAPSHOT:
        elements, club_names = read_snapshot(payload.body)
        return snapshots.players(elements, club_names, payload.captured_at_utc, league, known)
    season = payload.season_code or plan.season_code(plan.season_start_year(payload.captured_at_utc))
    return game_weeks.player_stats(read_week(payload.body), season, league, known)


def _parted(found: live.Judged) -> tuple[pl.DataFrame, pl.DataFrame]:
    judged, refused = found
    return accepted_of(judged), pl.concat([refused_of(judged, ()), refused_rows(refused)])


def _whole_payload(payload: Payload, error: PayloadMalformed) -> pl.DataFrame:
    row = {
        "competition_id": payload.competition_id,
        "season_code": payload.season_code,
        ROW: 0,
        TEXT: payload.body[:200].decode("utf-8", errors="replace"),
        REASON: "malformed_payload",
        DETAIL: error.what,
    }
    return pl.DataFrame([row])
