"""Whether home and away have changed places in a row: held against what silver knows of the same clubs and weekend."""

from __future__ import annotations

import polars as pl

from lake.entities.matches import sides_swapped
from sources.known import Known
from sources.placing import are_outvoted, heard_of, refuse


def judged(rows: pl.DataFrame, known: Known) -> pl.DataFrame:
    """Refuse rows that are another way round than a result that stands, or than vendors have it.

    A fixture of ours that stands the other way round counts too, unless a vendor has the row's: clubs may swap grounds.
    """
    over, coming = sides_swapped(rows, known.played), sides_swapped(rows, known.matches)
    marked = rows.with_columns(
        (over | (coming & ~heard_of(rows, known)) | are_outvoted(rows, known)).alias("_turned"),
    )
    game = pl.format("'{}' – '{}' on {}", *(pl.col(name).fill_null("?") for name in ("HomeTeam", "AwayTeam", "Date")))
    said = pl.format("{}: it is known the other way round.", game)
    return refuse(marked, [("sides_swapped", pl.col("_turned"), said)]).drop("_turned")
