"""The monthly compliance report: sums worked out by hand, and a page that says what happened."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from lake.conform import require
from lake.contracts.model import contract
from optimizer.audit import chained, head, rows, said
from optimizer.compliance import MonthUnknown, Tables, monthly, page
from optimizer.policy import in_force
from tests.unit.optimizer.audit.chains import EMPTY
from tests.unit.optimizer.policies import UTC_TIME
from tests.unit.optimizer.policy.bettors import policy

TEMPLATE = (Path(__file__).parents[4] / "serving" / "templates" / "compliance.html").read_text(encoding="utf-8")
BERLIN = policy(bettor_id="invented", timezone="Europe/Berlin")
CHANGES = contract("gold.desk.limit_changes").empty()


def moment(day: int, hour: int = 12, month: int = 3) -> datetime:
    """A moment of 2026."""
    return datetime(2026, month, day, hour, tzinfo=UTC)


def frame(found: list[tuple[Any, ...]], *columns: str) -> pl.DataFrame:
    """Rows with these columns; the last one is a moment, amounts end in _minor."""
    types = {name: pl.Int64() if name.endswith("_minor") else pl.String() for name in columns[:-1]}
    rows = pl.DataFrame(found, types | {columns[-1]: UTC_TIME}, orient="row")
    return rows.with_columns(pl.lit("EUR").alias("currency"))


def tables(
    tickets: list[tuple[Any, ...]] | None = None,
    settled: list[tuple[Any, ...]] | None = None,
    paid: list[tuple[Any, ...]] | None = None,
    audit: pl.DataFrame = EMPTY,
    changes: pl.DataFrame = CHANGES,
) -> Tables:
    """Tables of an invented bettor."""
    return Tables(
        audit,
        frame(tickets or [], "ticket_id", "stake_minor", "as_of_utc"),
        frame(settled or [], "ticket_id", "profit_minor", "known_at_utc"),
        changes,
        frame(paid or [], "kind", "account", "amount_minor", "known_at_utc"),
    )


def report(found: Tables, month: str = "2026-03", faults: tuple[str, ...] = ()) -> dict[str, Any]:
    """The report of a month as plain values."""
    told: dict[str, Any] = json.loads(monthly(month, found, BERLIN, faults)["report"][0])
    return told


def test_money_is_added_up_for_the_month_of_the_bettors_calendar() -> None:
    """Midnight in Berlin is 23:00 UTC in February and, after the change of clocks, 22:00 UTC in March."""
    tickets = [
        ("a", 500, moment(28, 22, 2)), ("b", 300, moment(28, 23, 2)), ("c", 900, moment(31, 21)),
        ("d", 70, moment(31, 22)),
    ]  # fmt: skip
    settled = [("a", 250, moment(1)), ("b", -300, moment(2)), ("c", -100, moment(31)), ("d", 40, moment(2, month=4))]
    paid = [
        ("deposit", "cash", 5000, moment(1)), ("deposit", "owner", -5000, moment(1)),
        ("withdrawal", "cash", -700, moment(3)), ("stake", "cash", -300, moment(3)),
    ]  # fmt: skip
    found = report(tables(tickets, settled, paid))
    assert found["money"] == {
        "staked": 1200, "largest_stake": 900, "won": 250, "lost": 400, "net": -150, "deposited": 5000, "withdrawn": 700,
    }  # fmt: skip
    assert (found["tickets"], found["settled"], found["empty"]) == (2, 3, False)


def test_a_corrected_settlement_counts_for_what_it_changed_when_it_was_known() -> None:
    found = tables(settled=[("a", 900, moment(5)), ("a", -100, moment(2, month=4)), ("b", -50, moment(6))])
    assert {name: report(found)["money"][name] for name in ("won", "lost", "net")} == {
        "won": 900,
        "lost": 50,
        "net": 850,
    }
    assert report(found, "2026-04")["money"]["net"] == -1000
    assert report(found, "2026-04")["settled"] == 1


def test_money_in_another_currency_is_never_added_up_and_never_hidden() -> None:
    euros = tables([("a", 500, moment(5))], [("a", 100, moment(6))], [("deposit", "cash", 5, moment(1))])
    pounds = [
        found.with_columns(pl.lit("GBP").alias("currency"))
        for found in (euros.tickets, euros.settlements, euros.ledger)
    ]
    found = report(Tables(euros.audit, pounds[0], pounds[1], euros.limit_changes, pounds[2]))
    assert set(found["money"].values()) == {0}
    assert (found["tickets"], found["tickets_in_other_currencies"], found["empty"]) == (0, 1, False)


def test_refusals_are_counted_by_rule_and_those_of_other_bettors_and_months_are_not() -> None:
    told = said([
        ("offer", "o1", "stale_price", False, "Old.", None, None),
        ("offer", "o2", "stale_price", False, "Old.", None, None),
        ("offers", "d", "stale_price", False, "2 of 9.", 2.0, None),
        ("decision", "d", "cool_off", False, "Runs.", None, None),
        ("decision", "d", "kyc", True, "Verified.", None, None),
        ("stakes", "d", "loss_day", False, "Nothing left.", 0.0, 5.0),
    ])  # fmt: skip
    audit = EMPTY
    for bettor, at in (("invented", moment(5)), ("other", moment(5)), ("invented", moment(5, month=4))):
        audit = pl.concat([audit, chained(audit, rows([told], bettor, "d", at))])
    assert report(tables(audit=audit))["refusals"] == {"cool_off": 1, "loss_day": 1, "stale_price": 2}


def test_changed_limits_and_the_hours_of_stops_are_told() -> None:
    changes = CHANGES
    for day, limits in (
        (27, {"stake_day": 10.0}), (28, {"stake_day": 20.0, "self_excluded_until_utc": moment(3, 23)}),
        (30, {"self_excluded_until_utc": moment(4, 23)}), (31, {"self_excluded_until_utc": None}),
    ):  # fmt: skip
        at = moment(day, month=2) if day < 29 else moment(day - 29)
        changes = pl.concat([changes, in_force(changes, policy(limits), at)[1]])
    found = report(tables(changes=changes))
    assert found["self_excluded_hours"] == 4 * 24
    assert report(tables(changes=changes), "2026-02")["self_excluded_hours"] == 11
    assert [change["limit"] for change in found["limit_changes"]] == ["stake_day", *["self_excluded_until_utc"] * 2]
    assert [change["limit"] for change in report(tables(changes=changes), "2026-02")["limit_changes"]] == [
        "stake_day", "self_excluded_until_utc",
    ]  # fmt: skip


def test_a_row_keeps_its_contract_and_names_the_head_of_the_audit() -> None:
    audit = chained(
        EMPTY, rows([said([("decision", "d", "kyc", True, "Verified.", None, None)])], "invented", "d", moment(5))
    )
    row = monthly("2026-12", tables(audit=audit), BERLIN, [])
    assert len(require(row, contract("gold.desk.compliance_reports"))) == 1
    assert row["audit_head_hash"][0] == head(audit)[1]
    assert row.equals(monthly("2026-12", tables(audit=audit), BERLIN, []))


def test_an_empty_month_says_so_on_its_page() -> None:
    row = monthly("2026-03", tables(), BERLIN, []).row(0, named=True)
    text = page(row, TEMPLATE)
    assert "Nothing happened in this month" in text
    assert "the chain is intact" in text
    assert "<h2>Money</h2>" not in text


def test_the_page_shows_amounts_in_the_bettors_currency_and_every_fault_escaped() -> None:
    found = tables([("a", 123456, moment(5))])
    text = page(monthly("2026-03", found, BERLIN, ["Row 3 <b>was</b> changed."]).row(0, named=True), TEMPLATE)
    assert "1234.56 EUR" in text
    assert "Row 3 &lt;b&gt;was&lt;/b&gt; changed." in text
    assert "the chain is broken" in text
    assert "http" not in text


@pytest.mark.parametrize("month", ["2026-13", "2026", "march", "2026-3-1", ""])
def test_what_is_no_month_is_refused(month: str) -> None:
    with pytest.raises(MonthUnknown, match="is no calendar month"):
        monthly(month, tables(), BERLIN, [])
