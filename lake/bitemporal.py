"""Keeping what was known when: a payload read again adds nothing, a changed fact adds a row known from now on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl

from lake.contracts.model import Contract

BOOKKEEPING = ("known_at_utc", "known_at_basis", "source", "bronze_sha256", "ingested_at_utc")
"""Columns that say how a row came to stand, never what it says."""


@dataclass(frozen=True)
class Reconciled:
    """`fresh` rows to append, and how many rows said only what the table knew."""

    fresh: pl.DataFrame
    duplicates: int


def reconcile(
    incoming: pl.DataFrame,
    standing: pl.DataFrame,
    contract: Contract,
    fact: Sequence[str],
    captured_at: datetime,
    told_apart: Sequence[str] = (),
) -> Reconciled:
    """Compare rows with what stands, fact by fact.

    `fact` names the columns that identify one fact over time. A fact that is new keeps the time that its source gave;
    one whose values equal the latest that stands is a duplicate; one that changed is known from `captured_at` on, as
    observed, so that a late correction never reaches back; where what stands is known only later by rule, the change
    follows it by a microsecond. `told_apart` names columns that say how a fact is known, not what it is.
    """
    values = [name for name in contract.column_names if name not in {*BOOKKEEPING, *fact, *told_apart}]
    latest = standing.sort("known_at_utc").unique(fact, keep="last").select(*fact, *values, "known_at_utc")
    known = latest.rename({name: f"{name}_before" for name in (*values, "known_at_utc")}).with_columns(_stands=True)
    once = incoming.unique(fact, keep="last", maintain_order=True)
    compared = once.join(known, on=fact, how="left", nulls_equal=True, maintain_order="left")
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"{name}_before")) for name in values)
    judged = compared.with_columns(pl.col("_stands").fill_null(False)).with_columns(
        (same & pl.col("_stands")).alias("_same")
    )
    changed = pl.col("_stands")
    from_now = pl.max_horizontal(
        pl.lit(captured_at.astimezone(UTC)), pl.col("known_at_utc_before") + pl.duration(microseconds=1)
    )
    fresh = judged.filter(~pl.col("_same")).with_columns(
        pl.when(changed).then(from_now).otherwise(pl.col("known_at_utc")).alias("known_at_utc"),
        pl.when(changed).then(pl.lit("observed")).otherwise(pl.col("known_at_basis")).alias("known_at_basis"),
        pl.col("_stands").alias("was_known"),
    )
    return Reconciled(
        fresh.select(*contract.column_names, "was_known"), len(incoming) - len(once) + int(judged["_same"].sum())
    )
