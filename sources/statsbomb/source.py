"""StatsBomb's open data as a source: plan requests, parse payloads into silver rows and refused rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import polars as pl

from core.errors import PayloadMalformed
from lake.competitions import Competition
from sources.base import Parsed, Payload, Request
from sources.known import Known
from sources.placing import (
    at_the_anchors_time,
    by_number,
    in_calendar,
    on_side,
    refuse,
    season_codes,
    unjudged,
    with_clubs,
)
from sources.rows import accepted_of, refused_of, refused_rows, whole_payload_refused
from sources.statsbomb import plan
from sources.statsbomb.reading import Table, read_competitions, read_matches, read_shots

_ENTITIES = {plan.COMPETITIONS: "vendor_matches", plan.MATCHES: "vendor_matches", plan.EVENTS: "shots"}
_OVER = ("available", "collecting", "processing")
_SIDES = {"home_name": "home_team_id", "away_name": "away_team_id"}


class StatsBomb:
    """The vendor's open files."""

    name = plan.SOURCE
    sport = "football"
    parser_version = 1
    entities: tuple[str, ...] = ("vendor_matches", "shots")
    snapshots: tuple[str, ...] = (plan.EVENTS,)
    terms = plan.TERMS

    def plan(self, leagues: Mapping[str, Competition], as_of: datetime, known: Known) -> Sequence[Request]:
        """Competitions, seasons, and the events of matches of the last 400 days."""
        return plan.plan(leagues, as_of, known)

    def is_fresh(self, request: Request, captured_at: datetime, now: datetime) -> bool:
        """Lists live a week, events a year."""
        return now - captured_at < self.terms.life(request.endpoint)

    def parse(self, payload: Payload, leagues: Mapping[str, Competition], known: Known) -> Parsed:
        """Candidate and refused rows of one payload; never raises for what the vendor sent."""
        entity = _ENTITIES[payload.endpoint]
        try:
            rows, refused = _read(payload)
        except PayloadMalformed as error:
            return Parsed(rows={}, refused={entity: whole_payload_refused(payload, error)})
        if payload.endpoint == plan.COMPETITIONS:
            return Parsed(rows={}, refused={entity: refused_rows(refused)})
        judge = _vendor_matches if payload.endpoint == plan.MATCHES else _shots
        judged = judge(rows, known).with_columns(
            pl.lit(payload.captured_at_utc).alias("known_at_utc"), pl.lit("observed").alias("known_at_basis")
        )
        bad = pl.concat([refused_of(judged, ()), refused_rows(refused)])
        return Parsed(rows={entity: accepted_of(judged)}, refused={entity: bad})


def _read(payload: Payload) -> Table:
    if payload.endpoint == plan.EVENTS:
        return read_shots(payload.body, payload.url)
    return (read_matches if payload.endpoint == plan.MATCHES else read_competitions)(payload.body)


def _vendor_matches(rows: pl.DataFrame, known: Known) -> pl.DataFrame:
    """Matches that are over, at the anchor's kick-off: the vendor's times of day are of no one zone."""
    start = pl.col("season_name").str.extract(r"^(\d{4})/\d{4}$").cast(pl.Int32, strict=False)
    nominal = pl.col("match_date").str.to_date("%Y-%m-%d", strict=False).cast(pl.Datetime("us")) + pl.duration(hours=16)
    read = unjudged(rows).with_columns(
        pl.col("league").replace_strict(plan.LEAGUES, default=None, return_dtype=pl.String).alias("competition_id"),
        season_codes(start).alias("season_code"),
        nominal.dt.replace_time_zone("UTC").alias("event_at_utc"),
        pl.lit("finished").alias("state"),
    )
    unscored = pl.col("home_score").is_null() | pl.col("away_score").is_null()
    judged = refuse(
        read,
        [
            (
                "unknown_competition", pl.col("competition_id").is_null(),
                pl.format("'{}' is no competition of ours.", "league"),
            ),
            ("bad_season", pl.col("season_code").is_null(), pl.format("'{}' is no season.", "season_name")),
            ("bad_date", pl.col("event_at_utc").is_null(), pl.format("'{}' is no day.", "match_date")),
            ("unknown_state", ~pl.col("status").is_in(_OVER), pl.format("'{}' is no state that we know.", "status")),
            ("no_score", unscored, pl.lit("It is over and has no score.")),
        ],
    )  # fmt: skip
    return at_the_anchors_time(in_calendar(with_clubs(judged, known, plan.SOURCE, _SIDES), known), known)


def _shots(rows: pl.DataFrame, known: Known) -> pl.DataFrame:
    placed = on_side(by_number(unjudged(rows), known, (plan.SOURCE,)))
    return placed.with_columns(
        (pl.col("outcome") == "Goal").alias("is_goal"),
        (pl.col("type") == "Penalty").alias("is_penalty"),
        pl.when(pl.col("type") == "Open Play").then("play_pattern").otherwise(pl.coalesce("type", "play_pattern"))
        .alias("situation"),
    )  # fmt: skip
