"""From a sheet's matches to team statistics: one row a team, known when the match is over."""

from __future__ import annotations

import polars as pl

from lake.conform import DETAIL, REASON
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
    any_known = pl.any_horizontal(pl.col(name).is_not_null() for name in _COLUMNS) | pl.col(REASON).is_not_null()
    return sides.filter(any_known & pl.col("home_goals").is_not_null()).with_columns(*result_time())


def _side(rows: pl.DataFrame, side: str, position: int) -> pl.DataFrame:
    values = [_value(rows, name, columns[position]) for name, columns in _COLUMNS.items()]
    bad = [
        pl.when(pl.col(columns[position]).is_not_null() & _value(rows, name, columns[position]).is_null()).then(
            pl.format(f"{columns[position]} '{{}}' is no number.", columns[position])
        )
        for name, columns in _COLUMNS.items()
        if columns[position] in rows.columns
    ]
    detail = pl.coalesce([*bad, pl.lit(None, pl.String)])
    reason = pl.when(detail.is_not_null()).then(pl.lit("unreadable_statistic"))
    sided = rows.with_columns(pl.lit(side).alias("side"), pl.col(f"{side}_team_id").alias("team_id"), *values)
    return sided.with_columns(reason.alias(REASON), detail.alias(DETAIL))


def _value(rows: pl.DataFrame, name: str, column: str) -> pl.Expr:
    if column not in rows.columns:
        return pl.lit(None, pl.Float64).alias(name)
    number = pl.col(column).cast(pl.Float64, strict=False)
    whole = (number == number.round()) | (name == "expected_goals")
    return pl.when(number.is_finite() & whole & (number.abs() < 1e6)).then(number).alias(name)
