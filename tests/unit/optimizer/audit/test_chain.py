"""The audit's chain: what is written, what is written once, and what each fault is called."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl
import pytest

from lake.conform import require
from lake.contracts.model import contract
from optimizer.audit import chained, head, of_limit_changes, verify
from optimizer.audit.chain import GENESIS, entry_hash
from optimizer.policy import in_force
from tests.unit.optimizer.audit.chains import AS_OF, EMPTY, chain, decided
from tests.unit.optimizer.policy.bettors import after, policy

AUDIT = chain(4, 1, 5)


def test_a_chain_is_rows_of_the_contract_numbered_from_0_and_without_fault() -> None:
    assert len(require(AUDIT, contract("gold.desk.audit"))) == 10
    assert AUDIT["sequence"].to_list() == list(range(10))
    assert AUDIT["previous_hash"].to_list() == [GENESIS, *AUDIT["entry_hash"][:-1]]
    assert verify(AUDIT, []) == verify(AUDIT.reverse(), []) == verify(EMPTY, []) == []
    assert head(EMPTY) == (-1, GENESIS)


def test_writing_the_same_decision_twice_adds_nothing() -> None:
    assert chained(AUDIT, decided("d1", 1, AS_OF + timedelta(hours=1))).is_empty()
    doubled = pl.concat([decided("new", 3), decided("new", 3)])
    assert len(chained(AUDIT, doubled)) == 3


def test_the_end_of_an_audit_is_enough_to_write_on() -> None:
    assert chained(AUDIT.tail(1), decided("new", 2)).equals(chained(AUDIT, decided("new", 2)))


def test_the_head_of_an_audit_is_the_hash_it_was_when_this_was_written() -> None:
    """A golden value: a change of the encoding breaks every audit that exists, so it needs a migration."""
    assert head(AUDIT)[1] == "218956c5d97890adbd6d466a6459888b74786b42b71c0126f841762cdcebae31"


def test_a_missing_value_is_not_an_empty_one_and_a_border_between_fields_is_hashed() -> None:
    row = AUDIT.row(1, named=True)
    hashes = {
        entry_hash(row | change)
        for change in ({}, {"value": 0.0}, {"value": -0.0}, {"detail": ""}, {"rule": "", "detail": row["rule"]},
                       {"rule": "a", "detail": "b,c"}, {"rule": "a,b", "detail": "c"}, {"detail": 'x","y'})
    }  # fmt: skip
    assert len(hashes) == 8


@pytest.mark.parametrize(("place", "said"), [
    (0, "Row 0 is missing."), (3, "Row 3 is missing."), (9, None),
])  # fmt: skip
def test_a_row_taken_out_is_named_unless_it_is_the_last(place: int, said: str | None) -> None:
    found = verify(AUDIT.filter(pl.col("sequence") != place), [])
    assert found[:1] == ([said] if said else [])


def test_a_fault_is_named_at_the_row_where_it_stands_and_spreads_no_further() -> None:
    forged = AUDIT.with_columns(
        pl.when(pl.col("sequence") == 4).then(~pl.col("allowed")).otherwise("allowed").alias("allowed")
    )
    assert verify(forged, []) == ["Row 4 was changed: its hash is not that of its fields."]
    assert verify(pl.concat([AUDIT, AUDIT.slice(4, 1)]), []) == [
        "Row 4 stands twice.", "Row 4 does not follow on the row before it.",
    ]  # fmt: skip
    assert verify(AUDIT.filter(~pl.col("sequence").is_between(2, 5)), []) == [
        "Row 2 is missing, and all up to 5.", "Row 6 does not follow on the row before it.",
    ]  # fmt: skip


def test_a_change_of_one_microsecond_is_found() -> None:
    late = pl.when(pl.col("sequence") == 2).then(pl.col("as_of_utc") + timedelta(microseconds=1)).otherwise("as_of_utc")
    assert verify(AUDIT.with_columns(late.alias("as_of_utc")), []) != []


def test_every_change_of_a_limit_becomes_a_row_that_says_from_when_it_counts() -> None:
    empty = contract("gold.desk.limit_changes").empty()
    _, first = in_force(empty, policy({"stake_day": 50.0}), after(0))
    _, looser = in_force(first, policy({"stake_day": 80.0}), after(1))
    told = of_limit_changes(looser, "invented", "d1", after(1))
    assert told.select("subject_kind", "subject", "rule", "allowed", "detail").row(0) == (
        "limit", looser["change_id"][0], "stake_day", False,
        "Asked for 80.0 instead of 50.0, from 2026-03-03T13:00:00Z.",
    )  # fmt: skip
    assert len(chained(EMPTY, told)) == 1
    assert of_limit_changes(looser.clear(), "invented", "d1", after(1)).is_empty()


def test_rows_told_in_another_time_zone_have_the_same_id() -> None:
    elsewhere = datetime.fromisoformat("2026-03-04T21:00:00.123456+09:00")
    assert decided("d0", 3, elsewhere).equals(decided("d0", 3))
