"""What was known when: a fact is written once, a change is known from its capture, and nothing reaches back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from lake.bitemporal import Reconciled, reconcile
from lake.contracts.model import Column, Contract

RESULTS = Contract(
    "silver.trial.results",
    1,
    "tests",
    "one result, each time it became known",
    ("match_id", "known_at_utc"),
    (),
    (
        Column("match_id", "string", "Match."),
        Column("goals", "int", "Goals.", nullable=True),
        Column("known_at_utc", "timestamp", "Known."),
        Column("known_at_basis", "string", "Basis."),
        Column("source", "string", "Vendor."),
        Column("bronze_sha256", "string", "Payload."),
        Column("ingested_at_utc", "timestamp", "Written.", volatile=True),
    ),
)
FACT = ("match_id",)


def at(hour: int) -> datetime:
    return datetime(2024, 5, 10, hour, tzinfo=UTC)


def results(*told: tuple[str, int | None, datetime], payload: str = "a" * 64, basis: str = "rule") -> pl.DataFrame:
    """Results as (match, goals, known), all from one payload."""
    rows = [(match, goals, known, basis, "vendor", payload, known) for match, goals, known in told]
    return pl.DataFrame(rows, schema=RESULTS.schema, orient="row")


def told_at(captured: datetime, incoming: pl.DataFrame, standing: pl.DataFrame | None = None) -> Reconciled:
    return reconcile(incoming, RESULTS.empty() if standing is None else standing, RESULTS, FACT, captured)


def story(found: Reconciled) -> list[tuple[object, ...]]:
    return found.fresh.select("match_id", "goals", "known_at_utc", "known_at_basis", "was_known").rows()


def after(captured: datetime, incoming: pl.DataFrame, standing: pl.DataFrame) -> pl.DataFrame:
    """The table once these rows are reconciled into it."""
    return pl.concat([standing, told_at(captured, incoming, standing).fresh.select(RESULTS.column_names)])


def as_of(table: pl.DataFrame, moment: datetime) -> dict[str, int | None]:
    """Goals of each match as known at a moment."""
    known = table.filter(pl.col("known_at_utc") <= moment).sort("known_at_utc", maintain_order=True)
    return dict(known.unique("match_id", keep="last", maintain_order=True).select("match_id", "goals").iter_rows())


def test_a_new_fact_keeps_the_time_that_its_source_gave() -> None:
    found = told_at(at(20), results(("Leeds v Derby", 3, at(17))))
    assert story(found) == [("Leeds v Derby", 3, at(17), "rule", False)]
    assert found.duplicates == 0


def test_a_fact_told_again_by_another_payload_adds_nothing() -> None:
    standing = results(("Leeds v Derby", 3, at(17)), ("Hull v Stoke", None, at(17)))
    again = results(("Leeds v Derby", 3, at(18)), ("Hull v Stoke", None, at(18)), payload="b" * 64, basis="observed")
    found = told_at(at(20), again, standing)
    assert found.fresh.is_empty()
    assert found.duplicates == 2


def test_a_changed_fact_is_known_from_its_capture_on_and_observed() -> None:
    standing = results(("Leeds v Derby", 3, at(17)))
    found = told_at(at(20), results(("Leeds v Derby", 2, at(17))), standing)
    assert story(found) == [("Leeds v Derby", 2, at(20), "observed", True)]


def test_a_value_that_appears_or_vanishes_is_a_change() -> None:
    standing = results(("appears", None, at(17)), ("vanishes", 1, at(17)))
    found = told_at(at(20), results(("appears", 1, at(17)), ("vanishes", None, at(17))), standing)
    assert [row[:2] for row in story(found)] == [("appears", 1), ("vanishes", None)]


def test_a_late_correction_never_reaches_back() -> None:
    standing = results(("Leeds v Derby", 3, at(17)))
    corrected = after(at(20), results(("Leeds v Derby", 2, at(17))), standing)
    assert as_of(corrected, at(19)) == as_of(standing, at(19)) == {"Leeds v Derby": 3}
    assert as_of(corrected, at(20)) == {"Leeds v Derby": 2}


def test_a_correction_of_a_correction_is_compared_with_the_latest() -> None:
    table = results(("Leeds v Derby", 3, at(17)))
    table = after(at(20), results(("Leeds v Derby", 2, at(17))), table)
    assert told_at(at(21), results(("Leeds v Derby", 2, at(17))), table).duplicates == 1
    table = after(at(22), results(("Leeds v Derby", 3, at(17))), table)
    assert [as_of(table, at(hour))["Leeds v Derby"] for hour in (18, 20, 21, 22)] == [3, 2, 2, 3]


def test_rows_in_any_order_give_the_same_story() -> None:
    standing = results(*[("Leeds v Derby", goals, at(15 + goals)) for goals in (3, 1, 2)])
    assert told_at(at(23), results(("Leeds v Derby", 3, at(18))), standing).duplicates == 1


def test_nothing_told_and_nothing_standing_is_nothing_fresh() -> None:
    found = told_at(at(20), RESULTS.empty())
    assert found.fresh.is_empty()
    assert found.duplicates == 0


def test_a_capture_told_in_another_zone_is_the_same_moment() -> None:
    standing = results(("Leeds v Derby", 3, at(17)))
    found = told_at(at(20).astimezone(ZoneInfo("Europe/London")), results(("Leeds v Derby", 2, at(17))), standing)
    assert story(found) == [("Leeds v Derby", 2, at(20), "observed", True)]


def test_a_change_captured_before_the_hour_of_the_rule_still_counts_after_it() -> None:
    table = results(("Leeds v Derby", 3, at(17)))
    table = after(at(16), results(("Leeds v Derby", 2, at(17))), table)
    assert as_of(table, at(18)) == {"Leeds v Derby": 2}
    assert told_at(at(19), results(("Leeds v Derby", 2, at(17))), table).duplicates == 1


def test_one_payload_that_tells_a_changed_fact_twice_never_writes_a_key_twice() -> None:
    standing = results(("Leeds v Derby", 3, at(17)))
    twice = results(("Leeds v Derby", 2, at(17)), ("Leeds v Derby", 1, at(17) + timedelta(minutes=1)))
    assert told_at(at(20), twice, standing).fresh.select(RESULTS.key).is_unique().all()
