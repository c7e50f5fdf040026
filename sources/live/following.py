"""States of facts that follow each other in one payload: every change makes a row, known from when it was received."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from lake.bitemporal import BOOKKEEPING, Reconciled
from lake.contracts.model import Contract

_IS_OWN = "_is_own"


def follow(
    incoming: pl.DataFrame, standing: pl.DataFrame, contract: Contract, fact: Sequence[str], told_apart: Sequence[str]
) -> Reconciled:
    """Compare each row with the one before it of the same fact, the first with the newest that stands.

    `incoming` is in the order of receiving. A row that differs is fresh and known from its own time on, or a
    microsecond after the state before it where that is not earlier. `told_apart` as in `lake.bitemporal.reconcile`.
    """
    values = [name for name in contract.column_names if name not in {*BOOKKEEPING, *fact, *told_apart}]
    before = standing.join(incoming, on=list(fact), how="semi", nulls_equal=True)
    newest = before.sort("known_at_utc").unique(fact, keep="last")
    both = pl.concat(
        [
            newest.select(contract.column_names).with_columns(pl.lit(False).alias(_IS_OWN)),
            incoming.select(contract.column_names).with_columns(pl.lit(True).alias(_IS_OWN)),
        ]
    )
    place = pl.int_range(pl.len()).over(fact)
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift().over(fact)) for name in values)
    told = both.with_columns(
        (place > 0).alias("was_known"),
        ((place > 0) & same).alias("_same"),
        _in_turn(fact).alias("known_at_utc"),
    )
    fresh = told.filter(pl.col(_IS_OWN) & ~pl.col("_same")).select(*contract.column_names, "was_known")
    return Reconciled(fresh, len(incoming) - len(fresh))


def _in_turn(fact: Sequence[str]) -> pl.Expr:
    """Times that grow by a microsecond at least from state to state: the latest so far, and one for each since."""
    place = pl.int_range(pl.len(), dtype=pl.Int64).over(fact)
    latest = (pl.col("known_at_utc").dt.epoch("us") - place).cum_max().over(fact)
    return (latest + place).cast(pl.Datetime("us", "UTC"))
