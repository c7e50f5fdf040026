"""League tables: points, goal difference, goals scored."""

from __future__ import annotations

import polars as pl


def final_table(results: pl.DataFrame) -> list[str]:
    """Rank the clubs of one division-season, best first.

    `results` has the columns home, away, home_goals, away_goals. Ties in points, goal difference and goals scored
    are broken by name, so that the order is always the same.
    """
    home = results.select(club="home", scored="home_goals", conceded="away_goals")
    away = results.select(club="away", scored="away_goals", conceded="home_goals")
    margin = pl.col("scored") - pl.col("conceded")
    table = (
        pl.concat([home, away])
        .with_columns(points=3 * (margin > 0).cast(pl.Int64) + (margin == 0).cast(pl.Int64), margin=margin)
        .group_by("club")
        .agg(pl.col("points", "margin", "scored").sum())
        .sort("points", "margin", "scored", "club", descending=[True, True, True, False])
    )
    return table["club"].to_list()
