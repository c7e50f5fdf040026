"""Schedules as they were played: which game, on which day, known the morning after; scores are not in them."""

from __future__ import annotations

import polars as pl

from lake.competitions import Competition
from sources.base import Parsed, Payload
from sources.known import Known
from sources.local_sets.nba.odds import SOURCE
from sources.placing import Fault
from sources.rows import accepted_of, refused_of, refused_rows
from sources.sheets import read
from sources.stats_nba_com import seasons
from sources.stats_nba_com.judging import judged
from sources.stats_nba_com.matched import with_clubs, with_games

COLUMNS = ("season", "game_date", "season_type", "away_team", "home_team", "matchup")
_PRE_SEASON = "preseason"


def games(payload: Payload, league: Competition, known: Known) -> Parsed:
    """Rows of vendor_matches; raises PayloadMalformed."""
    text, unread = read(payload.body, COLUMNS)
    counted = text.filter(pl.col("season_type").ne_missing(_PRE_SEASON))
    named = with_clubs(judged(_identified(counted, league), _faults()), known, SOURCE)
    rows = with_games(named, known, league)
    return Parsed(
        rows={"vendor_matches": accepted_of(rows)},
        refused={"vendor_matches": pl.concat([refused_rows(unread), refused_of(rows, ())])},
    )


def _identified(text: pl.DataFrame, league: Competition) -> pl.DataFrame:
    day = pl.col("game_date").str.to_date("%Y-%m-%d", strict=False)
    unscored = [pl.lit(None, pl.Int64).alias(f"{side}_score") for side in ("home", "away")]
    return text.with_columns(
        pl.lit(league.id).alias("competition_id"),
        pl.col("season").alias("season_code"),
        day.alias("day"),
        pl.col("home_team").alias("home_name"),
        pl.col("away_team").alias("away_name"),
        seasons.nominal_tipoff(day).alias("event_at_utc"),
        pl.concat_str("game_date", "matchup", separator="-").alias("vendor_match_id"),
        pl.lit("finished").alias("state"),
        pl.lit(None, pl.String).alias("venue"),
        seasons.morning_after(day).alias("known_at_utc"),
        pl.lit("date_only").alias("known_at_basis"),
        *unscored,
    )


def _faults() -> list[Fault]:
    elsewhere = seasons.code_of_day(pl.col("day")) != pl.col("season_code")
    return [
        ("bad_date", pl.col("day").is_null(), pl.format("'{}' is no day.", pl.col("game_date").fill_null(""))),
        ("out_of_season", elsewhere, pl.format("{} is no day of '{}'.", "game_date", "season_code")),
    ]
