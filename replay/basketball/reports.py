"""Reports of injuries with one name for each man, whichever vendor told them and whether or not he was found then."""

from __future__ import annotations

import polars as pl


def named(reports: pl.DataFrame) -> pl.DataFrame:
    """Rows of silver injuries with `player_id` filled wherever it is null.

    A vendor's name that was ever found to be one man is his in every season; any other name stands for itself, so that
    what he is worth is remembered from season to season.
    """
    men = reports.filter(pl.col("player_id").is_not_null()).group_by("source", "vendor_player_id")
    only = men.agg(pl.col("player_id").unique().alias("men")).filter(pl.col("men").list.len() == 1)
    found = only.select("source", "vendor_player_id", pl.col("men").list.first().alias("man"))
    told = reports.join(found, on=["source", "vendor_player_id"], how="left", maintain_order="left")
    return told.with_columns(pl.coalesce("player_id", "man", "vendor_player_id").alias("player_id")).drop("man")
