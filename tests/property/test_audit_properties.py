"""The audit: whatever is done to any row of any chain is found, and an untouched chain never is."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lake.contracts.model import contract
from optimizer.audit import Anchor, anchor, chained, head, read_anchors, rows, said, verify

SCHEMA = contract("gold.desk.audit").schema
TEXT = st.text(max_size=8)
NUMBER = st.one_of(st.none(), st.floats(allow_nan=False, width=64))
SAID = st.tuples(st.just("offer"), TEXT, TEXT, st.booleans(), TEXT, NUMBER, NUMBER)
MOMENT = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))
DECISION = st.tuples(st.lists(SAID, min_size=1, max_size=4), TEXT, TEXT, MOMENT)
HEX = st.text("0123456789abcdef", min_size=64, max_size=64)


@st.composite
def chains(draw: st.DrawFn, least: int = 1) -> pl.DataFrame:
    """An audit of random rows, written decision by decision, with at least so many rows."""
    audit = pl.DataFrame(schema=SCHEMA)
    for told, bettor, decision, as_of in draw(st.lists(DECISION, min_size=1, max_size=5)):
        audit = pl.concat([audit, chained(audit, rows([said(told)], bettor, decision, as_of))])
    assume(len(audit) >= least)
    return audit


def anchored(audit: pl.DataFrame) -> list[Anchor]:
    """The anchors of a release made of this audit."""
    with TemporaryDirectory() as folder:
        anchor(Path(folder) / "anchors.jsonl", head(audit), len(audit), datetime(2031, 1, 1, tzinfo=UTC))
        return read_anchors(Path(folder) / "anchors.jsonl")


def other(draw: st.DrawFn, name: str, value: Any) -> Any:
    """Another value of a field."""
    kinds = {
        pl.String: HEX if name.endswith("_hash") else TEXT, pl.Boolean: st.booleans(), pl.Float64: NUMBER,
        pl.Int64: st.integers(0, 30),
        pl.Datetime: st.integers(1, 10**6).map(lambda us: value + timedelta(microseconds=us)),
    }  # fmt: skip
    found = draw(kinds[SCHEMA[name].base_type()])
    same = found == value and not (isinstance(found, float) and math.copysign(1, found) != math.copysign(1, value))
    assume(not same)
    return found


def frame(found: list[dict[str, Any]]) -> pl.DataFrame:
    """Rows as a frame."""
    return pl.DataFrame(found, schema=SCHEMA)


FEW = settings(max_examples=40, deadline=None)


@FEW
@given(chains(), st.randoms())
def test_an_untouched_chain_is_never_found_faulty_in_whatever_order_it_is_read(audit: pl.DataFrame, dice: Any) -> None:
    anchors, mixed = anchored(audit), audit.to_dicts()
    dice.shuffle(mixed)
    assert verify(frame(mixed), anchors) == []
    assert verify(audit.clear(), []) == []


@settings(max_examples=150, deadline=None)
@given(chains(), st.data())
def test_any_field_of_any_row_that_is_changed_is_found(audit: pl.DataFrame, data: st.DataObject) -> None:
    found, name = audit.to_dicts(), data.draw(st.sampled_from(list(SCHEMA)))
    row = data.draw(st.sampled_from(found))
    row[name] = other(data.draw, name, row[name])
    assert verify(frame(found), []) != []


@FEW
@given(chains(), st.data())
def test_any_row_taken_out_is_found_even_if_the_rest_is_renumbered(audit: pl.DataFrame, data: st.DataObject) -> None:
    anchors, gone = anchored(audit), data.draw(st.integers(0, len(audit) - 1))
    left = audit.filter(pl.col("sequence") != gone)
    assert verify(left, anchors) != []
    assert verify(left.with_columns(pl.int_range(pl.len(), dtype=pl.Int64).alias("sequence")), anchors) != []


@FEW
@given(chains(least=2), st.data())
def test_any_two_rows_that_change_places_are_found(audit: pl.DataFrame, data: st.DataObject) -> None:
    one, two = data.draw(st.lists(st.integers(0, len(audit) - 1), min_size=2, max_size=2, unique=True))
    found = audit.to_dicts()
    found[one]["sequence"], found[two]["sequence"] = two, one
    assert verify(frame(found), []) != []


@FEW
@given(chains(), st.data())
def test_any_row_doubled_or_put_in_is_found(audit: pl.DataFrame, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(audit) - 1))
    found = audit.to_dicts()
    copy = found[place] | data.draw(st.fixed_dictionaries({}, optional={"detail": TEXT, "allowed": st.booleans()}))
    assert verify(frame([*found, copy]), []) != []
    later = [row | {"sequence": row["sequence"] + 1} for row in found[place:]]
    assert verify(frame([*found[:place], copy, *later]), []) != []


@FEW
@given(chains(), st.data())
def test_any_end_that_is_cut_off_is_found_by_the_anchor(audit: pl.DataFrame, data: st.DataObject) -> None:
    kept = data.draw(st.integers(0, len(audit) - 1))
    assert verify(audit.head(kept), anchored(audit)) != []


@FEW
@given(chains(), st.data())
def test_any_chain_rewritten_from_some_row_on_is_found_by_the_anchor(audit: pl.DataFrame, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(audit) - 1))
    bare = audit.drop("sequence", "previous_hash", "entry_hash").to_dicts()
    bare[place]["detail"] += "!"
    kept = audit.head(place)
    rewritten = pl.concat([kept, chained(kept, frame(bare[place:]))])
    assert verify(rewritten, []) == []
    assert verify(rewritten, anchored(audit)) != []
