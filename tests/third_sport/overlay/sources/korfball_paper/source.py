"""The newspaper as a source: one CSV a season; times of knowing are rules, since its rows carry none of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import polars as pl

from lake.competitions import Competition
from lake.entities.matches import with_match_ids
from lake.entities.teams import minted, team_id
from lake.keys import slug, with_selection_key
from sources.base import Parsed, Payload, Request
from sources.known import Known
from sources.placing import refuse, unjudged
from sources.readers import OneLeague
from sources.rows import UTC_TIME, accepted_of, refused_of, refused_rows
from sources.sheets import number, read, whole
from sources.terms import Terms

SOURCE, SEASON, HOST = "korfball_paper", "season", "korfball.example"
SEASONS = ("2023-24",)
BOOKS = {"bet365": "b365", "pinnacle": "pin"}
COLUMNS = ("start", "home", "away", "home_goals", "away_goals", *(f"{book}_{side}" for book in BOOKS.values()
           for side in ("home", "away")))  # fmt: skip
FIXTURE, PRICE, RESULT = timedelta(days=-30), timedelta(days=-1), timedelta(hours=3)
"""When each is known, from the start of the match on."""


def matches(payload: Payload, league: Competition, known: Known) -> Parsed:
    """Matches, clubs and prices of a season; raises PayloadMalformed."""
    text, unread = read(payload.body, COLUMNS)
    judged = _judged(text, payload, league)
    rows = with_match_ids(accepted_of(judged), known.matches)
    return Parsed(
        rows={"matches": _states(rows), "odds_quotes": _quotes(rows)},
        refused={"matches": pl.concat([refused_rows(unread), refused_of(judged, ())])},
        teams=minted(rows),
    )


def _judged(text: pl.DataFrame, payload: Payload, league: Competition) -> pl.DataFrame:
    start = pl.col("start").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_unit="us", time_zone="UTC", strict=False)
    slugs = (pl.col(side).fill_null("").map_elements(slug, return_dtype=pl.String) for side in ("home", "away"))
    home, away = (team_id(pl.lit(league.country), name) for name in slugs)
    named = unjudged(text).with_columns(
        start.alias("event_at_utc"), home.alias("home_team_id"), away.alias("away_team_id"),
        pl.lit(league.id).alias("competition_id"), pl.lit(payload.season_code).alias("season_code"),
        pl.lit(league.country).alias("country"), pl.col("home").alias("HomeTeam"), pl.col("away").alias("AwayTeam"),
        whole("home_goals").alias("home_goals"), whole("away_goals").alias("away_goals"),
        pl.lit("rule").alias("known_at_basis"),
    )  # fmt: skip
    nobody = pl.col("home").is_null() | pl.col("away").is_null()
    no_time = pl.col("event_at_utc").is_null()
    return refuse(
        named, [("no_club", nobody, pl.lit("A side has no name.")), ("bad_date", no_time, pl.lit("It has no start."))]
    )


def _states(rows: pl.DataFrame) -> pl.DataFrame:
    """A row for the fixture and, where there is a score, one for the result."""
    unscored = [pl.lit(None, pl.Int64).alias(f"{side}_goals") for side in ("home", "away")]
    fixture = rows.with_columns(pl.lit("scheduled").alias("state"), _from_start(FIXTURE), *unscored)
    over = rows.drop_nulls(["home_goals", "away_goals"])
    return pl.concat([fixture, over.with_columns(pl.lit("finished").alias("state"), _from_start(RESULT))])


def _quotes(rows: pl.DataFrame) -> pl.DataFrame:
    """Both books' prices of both winners as they opened."""
    sold = [
        rows.with_columns(pl.lit(book).alias("bookmaker"), pl.lit(side).alias("selection"),
                          number(f"{column}_{side}").alias("price_odds_dec"))
        for book, column in BOOKS.items() for side in ("home", "away")
    ]  # fmt: skip
    return with_selection_key(
        pl.concat(sold).drop_nulls("price_odds_dec").with_columns(
            pl.lit("moneyline").alias("market"), pl.lit(None, pl.Float64).alias("line"),
            pl.lit("opening").alias("quote_kind"), pl.lit(False).alias("is_aggregate"), _from_start(PRICE),
        )
    )  # fmt: skip


def _from_start(after: timedelta) -> pl.Expr:
    return (pl.col("event_at_utc") + after).cast(UTC_TIME).alias("known_at_utc")


class KorfballPaper(OneLeague):
    """The anchor of korfball."""

    name = SOURCE
    sport = "korfball"
    parser_version = 1
    entities: tuple[str, ...] = ("matches", "odds_quotes")
    snapshots: tuple[str, ...] = ()
    terms = Terms(SOURCE, hosts=(HOST,), lives={SEASON: timedelta(hours=1)})
    readers = {SEASON: ("matches", matches)}  # noqa: RUF012

    def plan(self, leagues: Mapping[str, Competition], as_of: datetime, known: Known) -> Sequence[Request]:
        """The seasons of every league that it prints."""
        printed = (league for league in leagues.values() if SOURCE in league.vendors)
        return [
            Request(SOURCE, SEASON, f"https://{HOST}/{league.id}/{season}.csv", league.id, season, league.sport)
            for league in printed for season in SEASONS
        ]  # fmt: skip
