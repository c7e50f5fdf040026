"""FootyStats' matches: result and expected goals. Its prices have no book and no time, and are not read.

The file's times are three hours behind UTC; its shots on target are known to be wrong.
"""

from __future__ import annotations

import polars as pl

from lake.keys import slug
from sources.known import Known
from sources.local_sets.football.reading import LeagueSeason
from sources.local_sets.football.shots import SOURCE, known_next_morning
from sources.placing import in_calendar, refuse, unjudged, with_clubs
from sources.sheets import number, whole

_BEHIND_UTC = pl.duration(hours=3)


def vendor_matches(rows: pl.DataFrame, season: LeagueSeason, known: Known) -> pl.DataFrame:
    """Finished matches with `_reason` and `_detail`; `home_xg` and `away_xg` stand beside them."""
    local = pl.concat_str("Date", "Time", separator=" ")
    kickoff = local.str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us", time_zone="UTC", strict=False) + _BEHIND_UTC
    read = unjudged(rows).with_columns(
        pl.lit(season.competition_id).alias("competition_id"),
        pl.lit(season.season_code).alias("season_code"),
        kickoff.alias("event_at_utc"),
        pl.col("HomeTeam").alias("home_name"),
        pl.col("AwayTeam").alias("away_name"),
        whole("FTHG").alias("home_score"),
        whole("FTAG").alias("away_score"),
        number("HomeXG").alias("home_xg"),
        number("AwayXG").alias("away_xg"),
        pl.lit("finished").alias("state"),
    )
    numbered = read.with_columns(_number(season, pl.col("home_name"), pl.col("away_name")).alias("vendor_match_id"))
    sides = {"home_name": "home_team_id", "away_name": "away_team_id"}
    placed = in_calendar(with_clubs(_judged(numbered), known, SOURCE, sides), known)
    return placed.with_columns(*known_next_morning())


def match_statistics(matches: pl.DataFrame) -> pl.DataFrame:
    """Expected goals of both sides of the good ones among these matches."""
    sides = [
        matches.with_columns(
            pl.lit(side).alias("side"),
            pl.col(f"{side}_team_id").alias("team_id"),
            pl.lit("expected_goals").alias("statistic"),
            pl.col(f"{side}_xg").alias("value"),
        )
        for side in ("home", "away")
    ]
    return pl.concat(sides).filter(pl.col("value").is_not_null())


def _number(season: LeagueSeason, home: pl.Expr, away: pl.Expr) -> pl.Expr:
    """The set has no numbers of matches: league, season and both names stand for one."""
    ends = [name.map_elements(slug, return_dtype=pl.String) for name in (home, away)]
    return pl.concat_str(pl.lit(season.competition_id), pl.lit(season.season_code), *ends, separator="-")


def _judged(rows: pl.DataFrame) -> pl.DataFrame:
    day = pl.format("'{} {}' is no time.", pl.col("Date").fill_null(""), pl.col("Time").fill_null(""))
    goals = pl.format("'{}:{}' is no score.", pl.col("FTHG").fill_null(""), pl.col("FTAG").fill_null(""))
    return refuse(
        rows,
        [
            ("bad_kickoff", pl.col("event_at_utc").is_null(), day),
            ("no_score", pl.any_horizontal(pl.col(f"{side}_score").is_null() for side in ("home", "away")), goals),
        ],
    )
