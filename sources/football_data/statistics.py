"""From a sheet's matches to team statistics: one row a team, known when the match is over."""

from __future__ import annotations

import polars as pl

from sources.football_data.matches import result_time

_COLUMNS = {
    "shots": ("HS", "AS"),
    "shots_on_target": ("HST", "AST"),
    "fouls": ("HF", "AF"),
    "corners": ("HC", "AC"),
    "yellow_cards": ("HY", "AY"),
    "red_cards": ("HR", "AR"),
    "expected_goals": ("HxG", "AxG"),
}


def team_stats(rows: pl.DataFrame) -> pl.DataFrame:
    """Two rows a match that has any statistic; columns that the generation lacks are null."""
    sides = pl.concat([_side(rows, "home", 0), _side(rows, "away", 1)])
    any_known = pl.any_horizontal(pl.col(name).is_not_null() for name in _COLUMNS)
    return sides.filter(any_known & pl.col("home_goals").is_not_null()).with_columns(*result_time())


def _side(rows: pl.DataFrame, side: str, position: int) -> pl.DataFrame:
    values = [_value(rows, name, columns[position]) for name, columns in _COLUMNS.items()]
    return rows.with_columns(pl.lit(side).alias("side"), pl.col(f"{side}_team_id").alias("team_id"), *values)


def _value(rows: pl.DataFrame, name: str, column: str) -> pl.Expr:
    if column not in rows.columns:
        return pl.lit(None, pl.Float64).alias(name)
    number = pl.col(column).cast(pl.Float64, strict=False)
    return number.alias(name)
