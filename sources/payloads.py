"""Payloads as bronze keeps them: the vendor's bytes, read back."""

from __future__ import annotations

import json

import polars as pl
import pyarrow as pa

from lake.storage import Lake
from sources.base import Payload, Source


def payloads(lake: Lake, source: Source, where: pl.Expr) -> list[Payload]:
    """The captures of a source that fulfil `where`, in the order of capture."""
    rows = lake.table(f"bronze.{source.name}.captures").read(where).sort("captured_at_utc", "url")
    return [
        Payload(
            url=row["url"],
            endpoint=row["endpoint"],
            competition_id=row["competition_id"],
            season_code=row["season_code"],
            captured_at_utc=row["captured_at_utc"],
            sha256=row["sha256"],
            body=pa.decompress(row["body"], decompressed_size=row["body_bytes"], codec="zstd", asbytes=True),
            headers=json.loads(row["headers"] or "{}"),
        )
        for row in rows.iter_rows(named=True)
    ]
