"""From ESPN's injuries and news to silver; both are known when they were seen."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from lake.competitions import Competition
from lake.keys import short_hash
from sources.base import Parsed, Payload
from sources.espn import reading
from sources.espn.plan import SOURCE
from sources.known import Known
from sources.placing import Fault
from sources.rows import accepted_of, refused_of, refused_rows
from sources.stats_nba_com import seasons
from sources.stats_nba_com.judging import judged
from sources.stats_nba_com.matched import with_club, with_players

AHEAD = timedelta(minutes=10)
"""How far the vendor's clock may be ahead of ours."""

_STATUSES = {
    "out": "out", "injured reserve": "out", "out for season": "out", "day-to-day": "questionable",
    "game time decision": "questionable", "questionable": "questionable", "doubtful": "doubtful",
    "probable": "probable", "active": "available", "available": "available", "suspension": "suspended",
    "suspended": "suspended",
}  # fmt: skip
_TEXT_LIMIT = 2_000


def injuries(payload: Payload, league: Competition, known: Known) -> Parsed:
    """Rows of injuries; raises PayloadMalformed."""
    found, unread = reading.read_injuries(payload.body)
    rows = with_club(_dated(found, payload, league), known, SOURCE)
    checked = judged(rows, _of_injuries(payload))
    accepted = with_players(accepted_of(checked), known, SOURCE)
    return Parsed(
        rows={"injuries": accepted},
        refused={"injuries": pl.concat([refused_rows(unread), refused_of(checked, ())])},
    )


def news(payload: Payload, league: Competition, known: Known) -> Parsed:
    """Rows of news, one for each club and player that an article names; raises PayloadMalformed."""
    found, named, unread = reading.read_news(payload.body)
    day = seasons.day_of(pl.col("published_at_utc"))
    rows = found.with_columns(
        seasons.code_of_day(day).alias("season_code"),
        pl.col("published_at_utc").alias("event_at_utc"),
        pl.col("summary").str.slice(0, _TEXT_LIMIT),
        _news_id().alias("news_id"),
        pl.lit(payload.captured_at_utc).alias("known_at_utc"),
        pl.lit("observed").alias("known_at_basis"),
    )
    checked = judged(rows, [_ahead("published_at_utc", payload)])
    return Parsed(
        rows={"news": _by_subject(accepted_of(checked), _subjects(named, rows, known, league))},
        refused={"news": pl.concat([refused_rows(unread), refused_of(checked, ())])},
    )


def _dated(found: pl.DataFrame, payload: Payload, league: Competition) -> pl.DataFrame:
    details = [
        pl.col("side").replace("Not Specified", None),
        pl.col("type"),
        pl.col("detail").replace("Not Specified", None),
    ]
    said = pl.concat_str(details, separator=" ", ignore_nulls=True)
    season = seasons.season_code(seasons.season_start_year(seasons.local_day(payload.captured_at_utc)))
    player = pl.coalesce("player_number", "player_name")
    report = pl.coalesce(
        "injury_id", pl.concat_str(player, pl.col("reported_at_utc").dt.strftime("%Y%m%dT%H%M"), separator="-")
    )
    return found.with_columns(
        pl.lit(league.id).alias("competition_id"),
        pl.lit(season).alias("season_code"),
        player.alias("vendor_player_id"),
        pl.coalesce(report, player).alias("report_id"),
        pl.lit(None, pl.String).alias("match_id"),
        pl.col("reported_at_utc").alias("event_at_utc"),
        pl.col("status").alias("_said"),
        pl.col("status").str.to_lowercase().replace_strict(_STATUSES, default=None, return_dtype=pl.String),
        pl.when(said != "").then(said).otherwise(pl.col("comment").str.slice(0, _TEXT_LIMIT)).alias("reason"),
        pl.lit(payload.captured_at_utc).alias("known_at_utc"),
        pl.lit("observed").alias("known_at_basis"),
    )


def _of_injuries(payload: Payload) -> list[Fault]:
    return [
        ("unknown_status", pl.col("status").is_null(), pl.format("'{}' is no status that is known.", "_said")),
        _ahead("reported_at_utc", payload),
    ]


def _ahead(column: str, payload: Payload) -> Fault:
    late = pl.col(column) > payload.captured_at_utc + AHEAD
    return "clock_skew", late, pl.format("{} lies after the moment at which it was read.", column)


def _news_id() -> pl.Expr:
    hashed = pl.col("link").fill_null(pl.col("headline")).map_elements(short_hash, return_dtype=pl.String)
    return pl.coalesce("article_id", "data_id", hashed)


def _subjects(named: pl.DataFrame, articles: pl.DataFrame, known: Known, league: Competition) -> pl.DataFrame:
    """Whom each article names and who is known for sure: row_number, subject, team_id, player_id."""
    placed = named.join(articles.select("row_number", "season_code"), on="row_number", how="inner")
    placed = placed.with_columns(pl.lit(league.id).alias("competition_id"))
    club = with_club(placed.filter(pl.col("team_name").is_not_null()), known, SOURCE)
    player = placed.filter(pl.col("player_name").is_not_null()).with_columns(pl.lit(None, pl.String).alias("team_id"))
    player = with_players(player, known, SOURCE)
    teams = club.select("row_number", pl.format("team:{}", "team_id").alias("subject"), "team_id",
                        pl.lit(None, pl.String).alias("player_id"))  # fmt: skip
    players = player.select("row_number", pl.format("player:{}", "player_id").alias("subject"), "team_id", "player_id")
    return pl.concat([teams, players]).drop_nulls("subject").unique(["row_number", "subject"], maintain_order=True)


def _by_subject(articles: pl.DataFrame, subjects: pl.DataFrame) -> pl.DataFrame:
    rows = articles.join(subjects, on="row_number", how="left", maintain_order="left")
    competition = pl.when(pl.col("subject").is_null()).then(pl.lit("all")).otherwise(pl.lit("NBA"))
    subject = pl.col("subject").fill_null("none")
    return rows.with_columns(competition.alias("competition_id"), subject, subject.alias("item"))
