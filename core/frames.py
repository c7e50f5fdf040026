"""Small things that many rooms do to a frame."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl


def with_nulls(rows: pl.DataFrame, columns: Mapping[str, pl.DataType | type[pl.DataType]]) -> pl.DataFrame:
    """The frame with all of these columns: one that it lacks is added, null throughout and of its type."""
    lacking = ((name, kind) for name, kind in columns.items() if name not in rows.columns)
    return rows.with_columns(pl.lit(None, kind).alias(name) for name, kind in lacking)
