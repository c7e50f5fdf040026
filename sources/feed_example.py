"""A paid feed as a source, in the smallest form that runs: what an adapter for Opta or another vendor has to bring.

The feed is invented and no catalogue lists it. docs/sources/paid-feeds.md walks through it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import polars as pl

from core.errors import PayloadMalformed
from lake.competitions import Competition
from sources.base import Parsed, Payload, Request
from sources.items import count, instant, table, words
from sources.known import Known
from sources.placing import in_calendar, unjudged, with_clubs
from sources.rows import accepted_of, document, fields, items, refused_of, refused_rows, whole_payload_refused
from sources.terms import Credential, Quota, Terms

SOURCE, ROOT = "example_feed", "https://feed.example"
TERMS = Terms(
    SOURCE,
    hosts=("feed.example",),
    lives={"results": timedelta(hours=1)},
    spacing_seconds=1.0,
    quota=Quota(10_000, "month"),
    credentials=(Credential("example_feed", "header", "Authorization", "Bearer {key}"),),
)
_FIELDS = (
    words("vendor_match_id", "uid", needed=True),
    instant("event_at_utc", "kickoff", needed=True),
    words("home_name", "home", needed=True),
    words("away_name", "away", needed=True),
    count("home_score", "score", "home", needed=True),
    count("away_score", "score", "away", needed=True),
)


class ExampleFeed:
    """Results of one league."""

    name = SOURCE
    sport = "football"
    parser_version = 1
    entities: tuple[str, ...] = ("vendor_matches",)
    snapshots: tuple[str, ...] = ()
    terms = TERMS

    def plan(self, leagues: Mapping[str, Competition], as_of: datetime, known: Known) -> Sequence[Request]:
        """One request a league."""
        return [Request(SOURCE, "results", f"{ROOT}/results?league={league}", league) for league in sorted(leagues)]

    def is_fresh(self, request: Request, captured_at: datetime, now: datetime) -> bool:
        """Results live an hour."""
        return now - captured_at < TERMS.life(request.endpoint)

    def parse(self, payload: Payload, leagues: Mapping[str, Competition], known: Known) -> Parsed:
        """Candidate and refused rows of one payload; never raises for what the vendor sent."""
        try:
            found = items(fields(document(payload.body), "results").get("results"), "results")
        except PayloadMalformed as error:
            return Parsed(rows={}, refused={"vendor_matches": whole_payload_refused(payload, error)})
        rows, refused = table(found, _FIELDS)
        named = unjudged(rows).with_columns(
            pl.lit(payload.competition_id).alias("competition_id"),
            pl.lit(payload.season_code).alias("season_code"),
            pl.lit("finished").alias("state"),
            pl.lit(payload.captured_at_utc).alias("known_at_utc"),
            pl.lit("observed").alias("known_at_basis"),
        )
        placed = with_clubs(named, known, SOURCE, {"home_name": "home_team_id", "away_name": "away_team_id"})
        judged = in_calendar(placed, known)
        bad = pl.concat([refused_of(judged, ()), refused_rows(refused)])
        return Parsed(rows={"vendor_matches": accepted_of(judged)}, refused={"vendor_matches": bad})
