"""The Odds API as a source of either sport: plan requests, parse payloads into silver rows and refused rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import polars as pl

from core.errors import PayloadMalformed
from lake.competitions import Competition
from sources.base import Parsed, Payload, Request
from sources.events import Places, with_players
from sources.known import Known
from sources.rows import first_fault, refused_rows, whole_payload_refused
from sources.the_odds_api import plan
from sources.the_odds_api.fixtures import fixtures
from sources.the_odds_api.pricing import CLOCK_SKEW, Asked
from sources.the_odds_api.props import props
from sources.the_odds_api.quotes import quotes
from sources.the_odds_api.reading import EVENT_ODDS, EVENTS, HISTORICAL, ODDS, PRICED, SCORES, Answer, read

_CODE = "sport_key"


class TheOddsApi:
    """Fixtures, prices of many books, props and scores of one sport."""

    name = plan.SOURCE
    parser_version = 1
    entities: tuple[str, ...] = ("odds_quotes", "prop_quotes", "vendor_matches")
    snapshots: tuple[str, ...] = (EVENTS, SCORES, ODDS, EVENT_ODDS)
    terms = plan.TERMS

    def __init__(self, sport: str) -> None:
        self.sport = sport
        self._places = Places()

    def plan(self, leagues: Mapping[str, Competition], as_of: datetime, known: Known) -> Sequence[Request]:
        """Fixtures, closing prices and the day's prices of these leagues, within the vendor's credits."""
        return plan.plan(self.sport, leagues, as_of, known)

    def is_fresh(self, request: Request, captured_at: datetime, now: datetime) -> bool:
        """A day's prices stand for the day, closing ones 45 minutes, historical ones for ever."""
        return plan.is_fresh(request, captured_at, now)

    def parse(self, payload: Payload, leagues: Mapping[str, Competition], known: Known) -> Parsed:
        """Candidate and refused rows of one payload; never raises for what the vendor sent."""
        entity = "odds_quotes" if payload.endpoint in PRICED else "vendor_matches"
        try:
            answer = read(payload.endpoint, payload.body)
            asked = _asked(payload, answer)
        except PayloadMalformed as error:
            return Parsed(rows={}, refused={entity: whole_payload_refused(payload, error)})
        events = self._placed(answer.events, leagues, known)
        broken = refused_rows(answer.broken)
        if payload.endpoint not in PRICED:
            rows, refused = fixtures(events, payload.captured_at_utc)
            return Parsed({entity: rows}, {entity: pl.concat([broken, refused])})
        return _prices(answer, broken, events, asked, self.sport, known)

    def _placed(self, events: pl.DataFrame, leagues: Mapping[str, Competition], known: Known) -> pl.DataFrame:
        lost = pl.any_horizontal(pl.col("event_id", "sport_key", "commence_time", "home_team", "away_team").is_null())
        said = pl.lit("The event lacks its number, sport, time or a team.")
        reason, detail = first_fault([("missing_field", lost, said)])
        own = events.with_columns(
            pl.col("sport_key").alias("league"),
            pl.col("home_team").alias("home_name"),
            pl.col("away_team").alias("away_name"),
            pl.col("commence_time").alias("event_at_utc"),
            reason,
            detail,
        )
        return self._places.placed(own, leagues, known, plan.SOURCE, _CODE).sort("event")


def _asked(payload: Payload, answer: Answer) -> Asked:
    """When the prices were known: at the capture, or at the snapshot's time, which cannot be later."""
    if payload.endpoint not in HISTORICAL or answer.snapshot_at_utc is None:
        return Asked(payload.url, payload.captured_at_utc)
    if answer.snapshot_at_utc > payload.captured_at_utc + CLOCK_SKEW:
        said = f"The snapshot is of {answer.snapshot_at_utc.isoformat()}, which was still to come."
        raise PayloadMalformed(said, "The vendor's clock is wrong: it is asked for again.")
    return Asked(payload.url, min(answer.snapshot_at_utc, payload.captured_at_utc))


def _prices(
    answer: Answer, broken: pl.DataFrame, events: pl.DataFrame, asked: Asked, sport: str, known: Known
) -> Parsed:  # fmt: skip
    found, refused = quotes(answer.prices, events, asked, sport)
    rows, bad = {"odds_quotes": found}, {"odds_quotes": pl.concat([broken, refused])}
    if answer.has_props:
        rows["prop_quotes"], bad["prop_quotes"] = props(
            answer.prices, events, asked, lambda found: with_players(found, known, plan.SOURCE)
        )
    return Parsed(rows, bad)
