"""What is new in the good rows of a batch: held against what stands, and against the payloads before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from lake.bitemporal import reconcile
from sources.base import Payload
from sources.chaining import SAME, fresh_of, late_facts, linked
from sources.kinds import Kind
from sources.live.following import follow
from sources.overtaking import not_overtaken
from sources.stacking import PLACE, counted
from sources.standing import with_newer

STREAM = "stream"
"""An endpoint of this name tells prices as they came, one state of a fact after another: silver keeps each of them."""


@dataclass(frozen=True)
class Heard:
    """`fresh` rows in the contract's columns and `PLACE`; how many rows of each payload said only what was known."""

    fresh: pl.DataFrame
    duplicates: Counter[int]


def reconciled(
    kind: Kind, good: pl.DataFrame, standing: pl.DataFrame, payloads: Sequence[Payload], is_seen: Sequence[bool]
) -> Heard:
    """New and changed rows of payloads. `is_seen`: whether a payload is seen by those behind it.

    `good` has the contract's columns and `PLACE`, in the order of payloads; `standing` the contract's columns, and of
    each fact at least the newest row.
    """
    at_once = len(payloads) > 1 and all(is_seen) and all(payload.endpoint != STREAM for payload in payloads)
    if good.is_empty() or not at_once:
        return one_by_one(kind, good, standing, payloads, is_seen)
    return _at_once(kind, good, standing, payloads)


def one_by_one(
    kind: Kind, good: pl.DataFrame, standing: pl.DataFrame, payloads: Sequence[Payload], is_seen: Sequence[bool]
) -> Heard:
    """As `reconciled`, one payload after another."""
    found: list[pl.DataFrame] = [good.clear()]
    duplicates: Counter[int] = Counter()
    for rows in good.partition_by(PLACE, maintain_order=True):
        place = rows.item(0, PLACE)
        fresh, repeated = _of_one(kind, rows.drop(PLACE), standing, payloads[place])
        found.append(fresh.with_columns(pl.lit(place, pl.Int64).alias(PLACE)))
        duplicates[place] = repeated
        if is_seen[place]:
            standing = with_newer(standing, fresh, kind.fact)
    return Heard(pl.concat(found), duplicates)


def _of_one(kind: Kind, good: pl.DataFrame, standing: pl.DataFrame, payload: Payload) -> tuple[pl.DataFrame, int]:
    """New and changed rows of one payload, and how many said nothing new."""
    is_stream = payload.endpoint == STREAM
    told, before = kind.with_phase(good), kind.with_phase(standing)
    heard = not_overtaken(kind, told, before, is_stream) if kind.is_quoted else told
    if is_stream:
        found = follow(heard, before, kind.contract, kind.fact, kind.told_apart)
    else:
        found = reconcile(heard, before, kind.contract, kind.fact, payload.captured_at_utc, kind.told_apart)
    fresh = kind.corrected(found.fresh).select(kind.contract.column_names)
    return fresh, found.duplicates + len(told) - len(heard)


def _at_once(kind: Kind, good: pl.DataFrame, standing: pl.DataFrame, payloads: Sequence[Payload]) -> Heard:
    """As `one_by_one` where all are seen; facts of which a row was overtaken are still read one by one."""
    told, before = kind.with_phase(good), kind.with_phase(standing)
    links = linked(kind, told, before)
    late = late_facts(kind, links)
    if late.is_empty():
        return _heard(kind, good, links, payloads)
    kept = good.join(late, on=kind.fact, how="anti", nulls_equal=True, maintain_order="left")
    rest = good.join(late, on=kind.fact, how="semi", nulls_equal=True, maintain_order="left")
    one = _heard(kind, kept, linked(kind, kept, before), payloads)
    two = one_by_one(kind, rest, standing, payloads, [True] * len(payloads))
    both = pl.concat([one.fresh, two.fresh]).sort(PLACE, maintain_order=True)
    return Heard(both, one.duplicates + two.duplicates)


def _heard(kind: Kind, good: pl.DataFrame, links: pl.DataFrame, payloads: Sequence[Payload]) -> Heard:
    fresh = fresh_of(kind, links, [payload.captured_at_utc for payload in payloads])
    own = links.filter(pl.col(PLACE).is_not_null())
    duplicates = counted(good)
    duplicates.subtract(counted(own.filter(~pl.col(SAME))))
    return Heard(kind.corrected(fresh).drop("was_known"), duplicates)
