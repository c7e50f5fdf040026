"""Refused rows on their way to quarantine, of many payloads at once."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from core.frames import with_nulls
from lake.conform import DETAIL, REASON
from lake.contracts.model import Contract
from sources.base import Payload
from sources.stacking import PLACE, of_payload

_ITEMS = ("item", "column", "state", "side")
"""The column that tells candidate rows of one line of a payload apart, per entity."""
_OPTIONAL = ("row_number", "row_text", "competition_id", "season_code")


def quarantined(
    rows: pl.DataFrame, payloads: Sequence[Payload], entity: str, wanted: Contract, lineage: Sequence[pl.Expr]
) -> pl.DataFrame:
    """Refused rows in the columns of a contract of quarantine, and `PLACE`.

    `rows` has `PLACE`, `_reason` and `_detail`. `lineage` makes the columns that say where a row is from.
    """
    named = with_nulls(rows, dict.fromkeys(_OPTIONAL, pl.Null)).with_columns(
        pl.lit(entity).alias("entity"),
        of_payload([payload.url for payload in payloads]).alias("url"),
        next((pl.col(name) for name in _ITEMS if name in rows.columns), pl.lit("")).fill_null("").alias("item"),
        pl.col("row_text").fill_null(""),
        pl.col("row_number").cast(pl.Int64).fill_null(0),
        pl.col(REASON).alias("reason"),
        pl.col(DETAIL).alias("detail"),
        *lineage,
    )
    typed = named.select(pl.col(name).cast(kind) for name, kind in {**wanted.schema, PLACE: pl.Int64()}.items())
    return _told_apart(typed, wanted)


def _told_apart(refused: pl.DataFrame, wanted: Contract) -> pl.DataFrame:
    """Rows of one key as `item`, `item#2`, …: two facts of one line may be refused for the same reason."""
    place = pl.int_range(1, pl.len() + 1).over(PLACE, *wanted.key)
    repeated = pl.when(place > 1).then(pl.format("{}#{}", "item", place)).otherwise("item")
    return refused.with_columns(repeated.alias("item"))
