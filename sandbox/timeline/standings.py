"""League tables from the matches that are finished at a moment."""

from __future__ import annotations

import polars as pl


def standings(fixtures: pl.DataFrame) -> pl.DataFrame:
    """Return the tables in the columns of `Universe.standings`; `fixtures` as known at a moment."""
    sides = [_side(fixtures, "home", "away"), _side(fixtures, "away", "home")]
    margin, over = pl.col("for") - pl.col("against"), pl.col("for").is_not_null()
    table = (
        pl.concat(sides)
        .group_by("division", "club")
        .agg(
            over.sum().cast(pl.Int64).alias("played"),
            (margin > 0).sum().cast(pl.Int64).alias("won"),
            (margin == 0).sum().cast(pl.Int64).alias("drawn"),
            (margin < 0).sum().cast(pl.Int64).alias("lost"),
            pl.col("for").sum().alias("goals_for"),
            pl.col("against").sum().alias("goals_against"),
        )
        .with_columns(points=3 * pl.col("won") + pl.col("drawn"))
    )
    balance = pl.col("goals_for") - pl.col("goals_against")
    order = ["division", "points", balance, "goals_for", "club"]
    ranked = table.sort(order, descending=[False, True, True, True, False])
    position = pl.int_range(1, pl.len() + 1).over("division")
    return ranked.select("division", position.alias("position"), pl.exclude("division"))


def _side(fixtures: pl.DataFrame, own: str, other: str) -> pl.DataFrame:
    return fixtures.select(
        "division",
        pl.col(own).alias("club"),
        pl.col(f"{own}_goals").alias("for"),
        pl.col(f"{other}_goals").alias("against"),
    )
