"""What stands is never rewritten: a repeated fact adds nothing, a changed one is known from its capture on."""

from __future__ import annotations

from datetime import datetime

import polars as pl
import pytest

from core.errors import ContractBroken
from lake.bitemporal import Reconciled, reconcile
from lake.contracts.model import contract
from sources.conforming import Count
from tests.unit.sources.vendor import at

STATS = contract("silver.football.team_stats")
FACT = ("match_id", "side")
KNOWN, CAPTURED = at("2023-08-12T17:00:00Z"), at("2023-08-14T06:00:00Z")


def _row(
    shots: int | None, known: datetime = KNOWN, match: str = "m", sha256: str = "a", corners: int | None = 4
) -> pl.DataFrame:
    values = {
        **{
            "match_id": match,
            "competition_id": "E0",
            "season_code": "2023-24",
            "event_at_utc": at("2023-08-12T14:00:00Z"),
        },
        **{"known_at_utc": known, "known_at_basis": "rule", "source": "football_data", "bronze_sha256": sha256 * 64},
        **{"ingested_at_utc": known, "team_id": "eng-a", "side": "home", "shots": shots, "corners": corners},
    }
    return pl.DataFrame([{name: values.get(name) for name in STATS.column_names}], schema=STATS.schema)


def _reconcile(incoming: pl.DataFrame, standing: pl.DataFrame) -> Reconciled:
    return reconcile(incoming, standing, STATS, FACT, CAPTURED)


def test_a_new_fact_keeps_the_time_that_its_source_gave() -> None:
    found = _reconcile(_row(10), STATS.empty())
    assert found.fresh.select("known_at_utc", "known_at_basis", "was_known").row(0) == (KNOWN, "rule", False)
    assert found.duplicates == 0


def test_a_fact_told_again_by_another_payload_is_a_duplicate() -> None:
    found = _reconcile(_row(10, sha256="b", known=CAPTURED), _row(10))
    assert (len(found.fresh), found.duplicates) == (0, 1)


@pytest.mark.parametrize(("before", "after"), [(10, 11), (None, 11), (10, None)])
def test_a_changed_fact_is_known_from_the_capture_on(before: int | None, after: int | None) -> None:
    found = _reconcile(_row(after), _row(before))
    assert found.fresh.select("shots", "known_at_utc", "known_at_basis", "was_known").row(0) == (
        after, CAPTURED, "observed", True,
    )  # fmt: skip


def test_nothing_and_nothing_are_equal() -> None:
    assert _reconcile(_row(None), _row(None)).duplicates == 1


def test_a_fact_is_compared_with_the_latest_that_stands_and_not_with_an_older_one() -> None:
    standing = pl.concat([_row(10), _row(11, known=at("2023-08-13T06:00:00Z"))])
    assert _reconcile(_row(11), standing).duplicates == 1
    assert _reconcile(_row(10), standing).fresh["known_at_utc"].to_list() == [CAPTURED]


def test_facts_do_not_disturb_each_other() -> None:
    incoming = pl.concat([_row(10, match="m"), _row(9, match="n"), _row(8, match="o")])
    found = _reconcile(incoming, pl.concat([_row(10, match="m"), _row(7, match="n")]))
    assert found.fresh.select("match_id", "was_known").rows() == [("n", True), ("o", False)]
    assert found.duplicates == 1


def test_a_change_is_never_known_before_what_it_changes() -> None:
    """A capture may come before the time that the rule gave: a result without a time is known at six next morning."""
    standing = _row(10, known=at("2023-08-15T06:00:00Z"))
    changed = _reconcile(_row(11), standing).fresh
    newest = pl.concat([standing, changed.select(STATS.column_names)]).sort("known_at_utc").tail(1)
    assert newest["shots"].item() == 11


def test_a_payload_that_loses_a_row_is_a_broken_contract() -> None:
    assert Count(parsed=6, silver=3, duplicate=2, quarantined=1).silver == 3
    with pytest.raises(ContractBroken, match="lost rows"):
        Count(parsed=6, silver=3, duplicate=1, quarantined=1)
