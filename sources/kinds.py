"""How the rows of one entity are told apart, and what no row of it changes."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from lake.bitemporal import BOOKKEEPING
from lake.contracts.model import Contract

_CORRECTED_STATE = {"scheduled": "moved", "finished": "corrected"}


@dataclass(frozen=True)
class Kind:
    """An entity of silver. `fact`: columns that identify one fact over time; `told_apart`: how it is known, not what.

    A match is two facts, one before it is played and one after: `phase`, which no table has.
    """

    entity: str
    contract: Contract
    fact: tuple[str, ...]
    told_apart: tuple[str, ...] = ()

    @property
    def values(self) -> list[str]:
        """The columns in which a fact changes."""
        apart = {*BOOKKEEPING, *self.fact, *self.told_apart}
        return [name for name in self.contract.column_names if name not in apart]

    @property
    def is_quoted(self) -> bool:
        """Whether rows may say when their vendor had them, so that a newer one can have been seen."""
        return "quoted_at_utc" in self.contract.column_names

    @property
    def has_volume(self) -> bool:
        """Whether rows may say how much was traded."""
        return "traded_volume" in self.contract.column_names

    def with_phase(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Rows with every column of the fact."""
        if "phase" not in self.fact:
            return rows
        before = pl.col("state").is_in(["scheduled", "moved", "postponed"])
        return rows.with_columns(pl.when(before).then(pl.lit("before")).otherwise(pl.lit("after")).alias("phase"))

    def corrected(self, fresh: pl.DataFrame) -> pl.DataFrame:
        """Rows in the states that they have once they stand: `was_known` tells which change what was known."""
        if "phase" not in self.fact:
            return fresh
        state = pl.col("state").replace_strict(_CORRECTED_STATE, default=pl.col("state"))
        return fresh.with_columns(pl.when("was_known").then(state).otherwise("state").alias("state"))
