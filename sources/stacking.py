"""Rows of many payloads in one frame: each knows the place of its payload in the batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import polars as pl

PLACE = "_payload"
"""The column that tells whose a row is: the place of its payload in the batch, 0 is the first."""


def stacked(frames: Iterable[pl.DataFrame | None]) -> list[pl.DataFrame]:
    """Frames with rows, each of one payload, whose place becomes `PLACE`; those of one schema are one frame."""
    alike: dict[tuple[tuple[str, pl.DataType], ...], list[pl.DataFrame]] = {}
    for place, frame in enumerate(frames):
        if frame is not None and len(frame):
            named = frame.with_columns(pl.lit(place, pl.Int64).alias(PLACE))
            alike.setdefault(tuple(named.schema.items()), []).append(named)
    return [pl.concat(same) for same in alike.values()]


def of_payload(values: Sequence[object], kind: pl.DataType | None = None) -> pl.Expr:
    """What the payload of a row has, where `values` has one value of each payload, in their order."""
    return pl.lit(pl.Series(values, dtype=kind)).gather(PLACE)


def counted(rows: pl.DataFrame) -> Counter[int]:
    """How many rows of a frame each payload has."""
    return Counter(dict(rows[PLACE].value_counts().iter_rows()))
