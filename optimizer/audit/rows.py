"""Rows of the audit before they are chained: what was decided, on what, by which rule, and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import polars as pl

from lake.contracts.model import contract
from lake.desk import of_desk
from lake.keys import short_hash

CONTRACT = of_desk("audit")
_SAID = ("subject_kind", "subject", "rule", "allowed", "detail", "value", "threshold")
Said = tuple[str, str, str, bool, str, float | None, float | None]
"""subject_kind, subject, rule, allowed, detail, value, threshold."""


def said(decisions: Sequence[Said]) -> pl.DataFrame:
    """What rules decided, as a frame."""
    schema = contract(CONTRACT).schema
    return pl.DataFrame(decisions, schema={name: schema[name] for name in _SAID}, orient="row", strict=False)


def rows(parts: Sequence[pl.DataFrame], bettor_id: str, decision_id: str, as_of: datetime) -> pl.DataFrame:
    """Frames with the columns of `said` as rows for the audit, each with an id made from its own content."""
    schema = contract(CONTRACT).schema
    told = pl.concat([said([]), *(part.select(_SAID) for part in parts)]).with_columns(
        pl.lit(bettor_id).alias("bettor_id"),
        pl.lit(decision_id).alias("decision_id"),
        pl.lit(as_of.astimezone(UTC), schema["as_of_utc"]).alias("as_of_utc"),
    )
    ids = [short_hash(*row) for row in told.iter_rows()]
    return told.with_columns(pl.Series("audit_id", ids, dtype=pl.String)).select(
        name for name in schema if name in told.columns or name == "audit_id"
    )


def of_limit_changes(changes: pl.DataFrame, bettor_id: str, decision_id: str, as_of: datetime) -> pl.DataFrame:
    """One row for each new row of gold limit_changes, so that the chain vouches for the limits too.

    Allowed says whether the change counts at once.
    """
    when = pl.col("effective_at_utc").dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    told = changes.select(
        pl.lit("limit").alias("subject_kind"),
        pl.col("change_id").alias("subject"),
        pl.col("limit").alias("rule"),
        (pl.col("effective_at_utc") <= pl.col("asked_at_utc")).alias("allowed"),
        pl.format("Asked for {} instead of {}, from {}.", "new_value", pl.col("old_value").fill_null("-"), when).alias(
            "detail"
        ),
        pl.lit(None, pl.Float64).alias("value"),
        pl.lit(None, pl.Float64).alias("threshold"),
    )
    return rows([told], bettor_id, decision_id, as_of)
