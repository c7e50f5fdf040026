"""Answers that came and yet said nothing: nobody could read a row of them, so they count as none.

They are asked for again before they grow old, without conditions, and read again where they come again.
"""

from __future__ import annotations

import polars as pl

from lake.storage import Lake
from sources.base import Source

REASONS = (
    "malformed_payload", "missing_field", "wrong_type", "layout_drift", "unit_changed", "bad_date", "bad_kickoff",
    "clock_skew",
)  # fmt: skip
"""Reasons of quarantine that tell of the answer, not of what it says."""


def unreadable(lake: Lake, source: Source) -> pl.DataFrame:
    """Answers of which no row was good, and one at least was refused for such a reason.

    One row each: `url`, `captured_at_utc`, `sha256`.
    """
    accounts = lake.table(f"silver.{source.sport}.parsed_payloads").scan().group_by("url", "captured_at_utc")
    good = pl.col("silver_rows").sum() + pl.col("duplicate_rows").sum()
    lost = accounts.agg(good.alias("good"), pl.col("bronze_sha256").last()).filter(pl.col("good") == 0)
    refused = pl.concat(
        lake.table(f"quarantine.{source.sport}.{entity}").scan()
        .filter((pl.col("source") == source.name) & pl.col("reason").is_in(REASONS)).select("url", "bronze_sha256")
        for entity in source.entities
    )  # fmt: skip
    return (
        lost.join(refused, on=["url", "bronze_sha256"], how="semi")
        .select("url", "captured_at_utc", pl.col("bronze_sha256").alias("sha256"))
        .collect()
    )
