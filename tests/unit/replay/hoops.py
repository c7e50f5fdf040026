"""A lake of the invented league of four teams: its box scores, its results, and two coming games."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from lake.contracts.model import contract
from lake.storage import Lake
from models.props import features, lessons
from tests.unit.models.props import worlds

DAYS = 24
AS_OF: datetime = worlds.START + timedelta(days=2 * (DAYS - 1)) - timedelta(hours=7, minutes=30)
"""Before the games of the last day, which are coming."""
IDENTITY = {"competition_id": "NBA", "season_code": "2023-24"}
_PLAIN = {"string": "0" * 64, "int": 1, "float": 2.0, "bool": False, "timestamp": AS_OF}


def filled(table: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows in a table's columns; what they do not say is null, or a usual value where it may not be."""
    told = contract(table)
    own = rows.with_columns(pl.lit(value).alias(name) for name, value in IDENTITY.items() if name not in rows.columns)
    usual = {c.name: None if c.nullable else c.allowed[0] if c.allowed else _PLAIN[c.type] for c in told.columns}
    missing = [pl.lit(usual[name]).alias(name) for name in told.column_names if name not in own.columns]
    return own.with_columns(missing).select(pl.col(name).cast(kind) for name, kind in told.schema.items())


def season_lessons() -> pl.DataFrame:
    """Every lesson of the season, as a walk over it is asked."""
    games, end = features.sides(worlds.matches(DAYS)), worlds.START + timedelta(days=2 * DAYS)
    made = lessons.lessons(worlds.archive(DAYS), games, end, seed=1)
    return made.with_columns(season_code=pl.lit(IDENTITY["season_code"]))


def lake(root: Path, days: int = DAYS) -> Lake:
    """Everything that a season so far leaves behind; the games of the last day have not been played."""
    made, world, games = Lake(root), worlds.archive(days), worlds.matches(days)
    before, last = pl.col("known_at_utc") <= AS_OF, pl.col("as_of_utc") == AS_OF
    named = world.player_stats.with_columns(player_name=pl.col("player_id").str.to_uppercase())
    put(made, "silver.basketball.player_stats", named.filter(before))
    put(made, "silver.basketball.team_stats", world.team_stats.filter(before))
    put(made, "gold.basketball.fct_results", results(games, world.team_stats).filter(before))
    decisions = games.with_columns(last.alias("is_upcoming"), season_type=pl.lit("regular"))
    put(made, "gold.basketball.spn_decisions", decisions)
    return made


def put(made: Lake, table: str, rows: pl.DataFrame) -> None:
    """Append rows to a table."""
    own = filled(table, rows)
    made.table(table).append(own, commit_id=f"{table}-{made.table(table).rows()}-{len(own)}")


def results(games: pl.DataFrame, team_stats: pl.DataFrame) -> pl.DataFrame:
    """How the games ended."""
    points = {
        side: team_stats.filter(pl.col("side") == side).select("match_id", pl.col("points").alias(f"{side}_points"))
        for side in ("home", "away")
    }
    known = team_stats.select("match_id", "known_at_utc").unique()
    told = games.select("match_id", "event_at_utc", "home_team_id", "away_team_id").join(known, on="match_id")
    both = told.join(points["home"], on="match_id").join(points["away"], on="match_id")
    return both.with_columns(season_type=pl.lit("regular"), state=pl.lit("finished"))


def report(player_id: str, status: str, hours_before: float = 2.0) -> pl.DataFrame:
    """One row of a day's list, captured so long before the decision."""
    return pl.DataFrame([{
        "report_id": f"{player_id}-{hours_before}", "player_id": player_id, "player_name": player_id,
        "vendor_player_id": player_id, "team_id": player_id[0], "status": status, "known_at_basis": "observed",
        "known_at_utc": AS_OF - timedelta(hours=hours_before), "event_at_utc": AS_OF - timedelta(hours=hours_before),
    }]).with_columns(pl.col("known_at_utc", "event_at_utc").cast(pl.Datetime("us", "UTC")))  # fmt: skip
