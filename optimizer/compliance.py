"""The monthly compliance report of one bettor: a pure function of the tables of a month, and its page.

It counts and adds up; what it counts was decided elsewhere. Money is in minor units, a month is that of the calendar in
the bettor's time zone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from core.clock import parse_instant
from core.errors import PermanentError
from core.money import Money
from lake.contracts.model import contract
from lake.desk import of_desk
from optimizer.audit import head
from optimizer.controls.standing import profit_steps
from optimizer.policy import Policy

CONTRACT = of_desk("compliance_reports")


class MonthUnknown(PermanentError):
    """What was asked for is no calendar month."""


@dataclass(frozen=True)
class Tables:
    """Gold tables as they stand: audit, tickets, settlements, limit_changes and ledger (its cash is what was paid)."""

    audit: pl.DataFrame
    tickets: pl.DataFrame
    settlements: pl.DataFrame
    limit_changes: pl.DataFrame
    ledger: pl.DataFrame


def monthly(month: str, tables: Tables, policy: Policy, faults: Sequence[str]) -> pl.DataFrame:
    """One row of gold compliance_reports for `month` ("2026-11"); `faults`: what `audit.verify` found.

    Amounts are those in the policy's currency; tickets in another are counted apart. A corrected settlement counts for
    what it changed, in the month in which it was known. A month without any ticket, settlement, payment, refusal or
    change of a limit says so. Raises MonthUnknown.
    """
    span = _span(month, policy.timezone)
    mine = pl.col("currency") == policy.currency
    issued = _within(tables.tickets, "as_of_utc", span)
    staked = issued.filter(mine)
    settled = _within(profit_steps(tables.settlements.filter(mine)), "known_at_utc", span)
    paid = _within(tables.ledger.filter(mine), "known_at_utc", span)
    audit = _within(tables.audit.filter(pl.col("bettor_id") == policy.bettor_id), "as_of_utc", span)
    own = tables.limit_changes.filter(pl.col("bettor_id") == policy.bettor_id)
    report = {
        "month": month,
        "bettor_id": policy.bettor_id,
        "currency": policy.currency,
        "timezone": policy.timezone,
        "jurisdiction": policy.jurisdiction,
        "money": _money(staked, settled) | _payments(paid),
        "tickets": len(staked),
        "tickets_in_other_currencies": len(issued) - len(staked),
        "settled": settled["ticket_id"].n_unique(),
        "refusals": _refusals(audit),
        "limit_changes": _changes(_within(own, "asked_at_utc", span)),
        "self_excluded_hours": _hours(own, "self_excluded_until_utc", span),
        "cool_off_hours": _hours(own, "cool_off_until_utc", span),
        "audit": {"rows": len(tables.audit), "faults": list(faults), "intact": not faults},
    }
    return _row(report | {"empty": _is_empty(report)}, tables.audit)


def page(row: Mapping[str, Any], template: str) -> str:
    """A report as a self-contained HTML page: `row` of gold compliance_reports, `template` in the language of Jinja."""
    from jinja2 import Environment, StrictUndefined

    report = json.loads(row["report"])
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["money"] = lambda minor: str(Money(minor, report["currency"]))
    return environment.from_string(template).render(report=report, audit_head_hash=row["audit_head_hash"])


def _row(report: Mapping[str, Any], audit: pl.DataFrame) -> pl.DataFrame:
    told = json.dumps(report, sort_keys=True)
    row = {
        "bettor_id": report["bettor_id"],
        "month": report["month"],
        "report": told,
        "audit_head_hash": head(audit)[1],
    }
    return pl.DataFrame([row], schema=contract(CONTRACT).schema)


_Span = tuple[datetime, datetime]


def _span(month: str, timezone: str) -> _Span:
    try:
        first = datetime.strptime(month, "%Y-%m").replace(tzinfo=ZoneInfo(timezone))
    except ValueError as error:
        raise MonthUnknown(f"'{month}' is no calendar month.", "Write it like 2026-11.") from error
    after = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
    return first.astimezone(UTC), after.astimezone(UTC)


def _within(rows: pl.DataFrame, moment: str, span: _Span) -> pl.DataFrame:
    return rows.filter(pl.col(moment).is_between(*span, closed="left"))


def _money(staked: pl.DataFrame, settled: pl.DataFrame) -> dict[str, int]:
    profit = settled["profit_minor"]
    return {
        "staked": int(staked["stake_minor"].sum()),
        "largest_stake": int(staked["stake_minor"].max() or 0),  # type: ignore[arg-type]
        "won": int(profit.clip(lower_bound=0).sum()),
        "lost": -int(profit.clip(upper_bound=0).sum()),
        "net": int(profit.sum()),
    }


def _payments(ledger: pl.DataFrame) -> dict[str, int]:
    cash = ledger.filter(pl.col("account") == "cash")
    paid = {kind: int(cash.filter(pl.col("kind") == kind)["amount_minor"].sum()) for kind in ("deposit", "withdrawal")}
    return {"deposited": paid["deposit"], "withdrawn": -paid["withdrawal"]}


def _refusals(audit: pl.DataFrame) -> dict[str, int]:
    """Decisions stopped, offers refused and stakes left without room, by rule."""
    kinds = ("decision", "offer", "stakes")
    refused = audit.filter(~pl.col("allowed") & pl.col("subject_kind").is_in(kinds))
    return dict(refused.group_by("rule").len().sort("rule").iter_rows())


def _changes(changes: pl.DataFrame) -> list[dict[str, Any]]:
    moments = [pl.col(name).dt.strftime("%Y-%m-%dT%H:%M:%SZ") for name in ("asked_at_utc", "effective_at_utc")]
    asked = changes.filter(pl.col("old_value").is_not_null()).sort("asked_at_utc", "sequence")
    return asked.select("limit", "old_value", "new_value", *moments).to_dicts()


def _hours(changes: pl.DataFrame, limit: str, span: _Span) -> float:
    """Hours of the month in which this stop runs, also those still to come; stops that overlap count once."""
    total, reached = 0.0, span[0]
    for row in changes.filter(pl.col("limit") == limit).sort("asked_at_utc", "sequence").iter_rows(named=True):
        until = json.loads(row["new_value"])
        if until is None:
            continue
        start, end = max(row["asked_at_utc"], reached), min(parse_instant(until), span[1])
        total += max((end - start).total_seconds(), 0.0) / 3600
        reached = max(reached, end)
    return total


def _is_empty(report: Mapping[str, Any]) -> bool:
    tickets = report["tickets"] + report["tickets_in_other_currencies"]
    counted = (tickets, report["settled"], *report["money"].values(), report["self_excluded_hours"])
    return not any((*counted, report["cool_off_hours"], report["refusals"], report["limit_changes"]))
