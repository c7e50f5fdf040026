"""Payloads that each see those before: what is new in all of them at once, as if they were read one after another.

The rows of one fact make a chain: what stands, then what each payload says. A row that says what the one before it
says is a duplicate, which leaves nothing behind: so a row need only be held against the row before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import polars as pl

from sources.kinds import Kind
from sources.overtaking import overtaken
from sources.stacking import PLACE, of_payload
from sources.standing import KNOWN

SAME = "_same"
_ROW, _FACT = "_row", "_fact"
_IS_FIRST = pl.col(_ROW) == pl.col(_FACT)
_IS_OWN = pl.col(PLACE).is_not_null()
_TIME = pl.Datetime("us", "UTC")


def linked(kind: Kind, good: pl.DataFrame, standing: pl.DataFrame) -> pl.DataFrame:
    """The chains of all facts, one after another: of each payload the last row of a fact, behind the one that stands.

    `good` has the contract's columns, those of the fact and `PLACE`, in the order of payloads. Added: `_row`, the place
    of a row where it came; `_fact`, that of the first of its chain; `_same`, whether it says what the one before says.
    """
    once = good.unique([PLACE, *kind.fact], keep="last", maintain_order=True)
    before = standing.sort(KNOWN, maintain_order=True).unique(kind.fact, keep="last", maintain_order=True)
    stands = before.with_columns(pl.lit(None, pl.Int64).alias(PLACE)).select(once.columns)
    rows = pl.concat([stands, once]).with_row_index(_ROW)
    chains = rows.with_columns(pl.col(_ROW).first().over(kind.fact).alias(_FACT)).sort(_FACT, _ROW)
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift()) for name in kind.values)
    return chains.with_columns((~_IS_FIRST & same).alias(SAME))


def late_facts(kind: Kind, links: pl.DataFrame) -> pl.DataFrame:
    """Facts of which a row was overtaken by what had been seen: it should be no link, so their chains do not hold."""
    if not kind.is_quoted:
        return links.select(kind.fact).clear()
    seen = pl.when(~pl.col(SAME)).then(pl.int_range(pl.len())).forward_fill().shift()
    volume = pl.col("traded_volume").gather(seen) if kind.has_volume else pl.lit(None, pl.Float64)
    late = overtaken(kind, pl.col("quoted_at_utc").gather(seen), volume, is_stream=False)
    return links.filter(_IS_OWN & ~_IS_FIRST & late).select(kind.fact).unique()


def fresh_of(kind: Kind, links: pl.DataFrame, captured_at: Sequence[datetime]) -> pl.DataFrame:
    """The rows that say something new, in the order of payloads: the contract's columns, `PLACE` and `was_known`.

    A new fact keeps the time that its source gave; a changed one is known, as observed, from the capture of its payload
    on, and a microsecond after what it changes at least.
    """
    captured = of_payload([at.astimezone(UTC) for at in captured_at], _TIME)
    changes = links.filter(~pl.col(SAME)).with_columns(
        pl.when(_IS_FIRST).then(KNOWN).otherwise(captured).alias(KNOWN),
        pl.when(_IS_FIRST).then("known_at_basis").otherwise(pl.lit("observed")).alias("known_at_basis"),
        (~_IS_FIRST).alias("was_known"),
    )
    own = changes.with_columns(_in_turn()).filter(_IS_OWN).sort(_ROW)
    return own.select(*kind.contract.column_names, PLACE, "was_known")


def _in_turn() -> pl.Expr:
    """Times that grow by a microsecond at least along a chain."""
    place = pl.int_range(pl.len(), dtype=pl.Int64).over(_FACT)
    latest = (pl.col(KNOWN).dt.epoch("us") - place).cum_max().over(_FACT)
    return (latest + place).cast(_TIME).alias(KNOWN)
