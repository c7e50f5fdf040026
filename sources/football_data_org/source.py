"""football-data.org as a source: plan requests, parse payloads into silver rows and refused rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import polars as pl

from core.errors import PayloadMalformed
from lake.competitions import Competition
from sources.base import Parsed, Payload, Request, Source
from sources.football_data_org import plan
from sources.football_data_org.reading import read
from sources.known import Known
from sources.placing import in_calendar, in_competitions, refuse, season_codes, unjudged, with_clubs
from sources.rows import accepted_of, refused_of, refused_rows, whole_payload_refused

_ENTITIES = {plan.MATCHES: "vendor_matches", plan.STANDINGS: "standings"}
_SKEW = timedelta(minutes=10)
_STATES = {
    "SCHEDULED": "scheduled", "TIMED": "scheduled", "IN_PLAY": "in_play", "LIVE": "in_play", "PAUSED": "in_play",
    "EXTRA_TIME": "in_play", "PENALTY_SHOOTOUT": "in_play", "SUSPENDED": "in_play", "FINISHED": "finished",
    "POSTPONED": "postponed", "CANCELLED": "cancelled", "CANCELED": "cancelled", "AWARDED": "abandoned",
}  # fmt: skip


class FootballDataOrg(Source):
    """The vendor's matches and tables."""

    name = plan.SOURCE
    sport = "football"
    parser_version = 1
    entities: tuple[str, ...] = tuple(_ENTITIES.values())
    snapshots: tuple[str, ...] = (plan.STANDINGS,)
    terms = plan.TERMS

    def plan(self, leagues: Mapping[str, Competition], as_of: datetime, known: Known) -> Sequence[Request]:
        """Matches of nine days around `as_of`, and the tables."""
        return plan.plan(leagues, as_of)

    def parse(self, payload: Payload, leagues: Mapping[str, Competition], known: Known) -> Parsed:
        """Candidate and refused rows of one payload; never raises for what the vendor sent."""
        entity = _ENTITIES[payload.endpoint]
        try:
            rows, refused = read(payload.endpoint, payload.body)
        except PayloadMalformed as error:
            return Parsed(rows={}, refused={entity: whole_payload_refused(payload, error)})
        judge = _vendor_matches if payload.endpoint == plan.MATCHES else _standings
        judged = judge(rows, payload.captured_at_utc, leagues, known).with_columns(
            pl.lit(payload.captured_at_utc).alias("known_at_utc"), pl.lit("observed").alias("known_at_basis")
        )
        bad = pl.concat([refused_of(judged, ()), refused_rows(refused)])
        return Parsed(rows={entity: accepted_of(judged)}, refused={entity: bad})


def _vendor_matches(
    rows: pl.DataFrame, captured_at: datetime, leagues: Mapping[str, Competition], known: Known
) -> pl.DataFrame:
    """Fixtures and results; the score is that after 90 minutes, which the vendor tells apart only where it differs."""
    over = pl.col("status") == "FINISHED"
    scores = [
        pl.when(over).then(pl.coalesce(f"{side}_regular_time", f"{side}_full_time")).alias(f"{side}_score")
        for side in ("home", "away")
    ]
    kickoff = pl.col("event_at_utc").dt
    by_date = kickoff.year() - (kickoff.month() < 7).cast(pl.Int32)
    read = unjudged(rows).with_columns(
        _season(pl.coalesce(_start_year(), by_date)),
        pl.col("status").replace_strict(_STATES, default=None, return_dtype=pl.String).alias("state"),
        *scores,
    )
    placed = in_competitions(_judged(read, captured_at), leagues, plan.SOURCE, "code")
    sides = {"home_name": "home_team_id", "away_name": "away_team_id"}
    return in_calendar(with_clubs(placed, known, plan.SOURCE, sides), known)


def _judged(rows: pl.DataFrame, captured_at: datetime) -> pl.DataFrame:
    began = pl.col("state").is_in(["in_play", "finished"])
    ahead = pl.col("event_at_utc") > captured_at + _SKEW
    unscored = (pl.col("state") == "finished") & (pl.col("home_score").is_null() | pl.col("away_score").is_null())
    early = pl.format("It is '{}' before its kick-off at {}.", "status", "event_at_utc")
    return refuse(
        rows,
        [
            ("unknown_state", pl.col("state").is_null(), pl.format("'{}' is no state that we know.", "status")),
            (
                "same_team",
                pl.col("home_name") == pl.col("away_name"),
                pl.format("'{}' cannot play itself.", "home_name"),
            ),
            ("clock_skew", began & ahead, early),
            ("no_score", unscored, pl.lit("It is over and has no score.")),
        ],
    )


def _standings(
    rows: pl.DataFrame, captured_at: datetime, leagues: Mapping[str, Competition], known: Known
) -> pl.DataFrame:
    read = unjudged(rows).with_columns(_season(_start_year()))
    bad = pl.format("'{}' is no start of a season.", "season_starts")
    dated = refuse(read, [("bad_season", pl.col("season_code").is_null(), bad)])
    placed = in_competitions(dated, leagues, plan.SOURCE, "code")
    return with_clubs(placed, known, plan.SOURCE, {"team_name": "team_id"})


def _start_year() -> pl.Expr:
    return pl.col("season_starts").str.slice(0, 4).cast(pl.Int32, strict=False)


def _season(start_year: pl.Expr) -> pl.Expr:
    return season_codes(start_year).alias("season_code")
