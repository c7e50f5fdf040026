"""Counts of a box score: the league's letters as silver's columns, and whether they hold together."""

from __future__ import annotations

import polars as pl

from sources.placing import Fault

COLUMNS = {
    "minutes": "MIN", "points": "PTS", "field_goals_made": "FGM", "field_goals_attempted": "FGA",
    "threes_made": "FG3M", "threes_attempted": "FG3A", "free_throws_made": "FTM", "free_throws_attempted": "FTA",
    "rebounds_offensive": "OREB", "rebounds_defensive": "DREB", "rebounds": "REB", "assists": "AST", "steals": "STL",
    "blocks": "BLK", "turnovers": "TOV", "fouls": "PF", "plus_minus": "PLUS_MINUS",
}  # fmt: skip


def columns() -> list[pl.Expr]:
    """Silver's columns of a box score."""
    return [pl.col(said).alias(name) for name, said in COLUMNS.items()]


def faults() -> list[Fault]:
    """What shows that cells stand under wrong headers: points that the shots do not make, rebounds that do not add up.

    Both hold in every row that the league has published of ten seasons.
    """
    scored = 2 * pl.col("FGM") + pl.col("FG3M") + pl.col("FTM")
    caught = pl.col("OREB") + pl.col("DREB")
    more_made = (pl.col("FGM") > pl.col("FGA")) | (pl.col("FG3M") > pl.col("FG3A")) | (pl.col("FTM") > pl.col("FTA"))
    return [
        ("points_contradict", pl.col("PTS") != scored, pl.format("{} points, but the shots make {}.", "PTS", scored)),
        ("rebounds_contradict", pl.col("REB") != caught, pl.format("{} rebounds, but parts of {}.", "REB", caught)),
        ("shots_contradict", more_made, pl.lit("More shots went in than were tried.")),
    ]
