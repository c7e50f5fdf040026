"""What is worth an alert, found in tables: each condition has a key that stays the same while it holds.

Prices have a file of their own, `prices`; what becomes of conditions stands in `book`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from core.clock import iso
from lake.contracts.model import contracts
from lake.quality.vendors import Judged
from lake.storage import Lake
from sources.outcomes import MALFORMED, OK, QUOTA_REFUSED
from sources.status import said
from sources.terms import Terms

DRIFTED = ("layout_drift", "unit_changed", "malformed_payload")
"""Reasons of quarantine of which one row means that a vendor changed its answers; of others it takes many rows."""
LIMIT_HOURS = 24.0
"""So long a change of a limit stays open at least."""


@dataclass(frozen=True)
class Condition:
    """`severity` in PagerDuty's words; `until` is the moment before which it is never over, if there is one."""

    key: str
    kind: str
    severity: str
    summary: str
    until: datetime | None = None


def stale(status: pl.DataFrame) -> list[Condition]:
    """Endpoints without what is wanted of them; those that merely wait for their quota's next day are left out."""
    rows = status.filter("is_stale", pl.col("newest_outcome").ne_missing(QUOTA_REFUSED)).iter_rows(named=True)
    return [
        Condition(
            f"stale/{row['vendor']}/{row['endpoint']}", "source_stale",
            "warning" if row["answered_by"] else "error", said(row),
        )
        for row in rows
    ]  # fmt: skip


def circuits(status: pl.DataFrame) -> list[Condition]:
    """Vendors that are not asked, because they failed again and again."""
    failing = status.filter(pl.col("circuit").is_in(["open", "half_open"]))["vendor"].unique(maintain_order=True)
    return [
        Condition(
            f"circuit/{vendor}", "circuit_open", "error", f"The circuit of {vendor} is open: it failed repeatedly."
        )
        for vendor in failing
    ]


def quotas(status: pl.DataFrame, terms: Mapping[str, Terms], share: float) -> list[Condition]:
    """Vendors of whose period less than `share` is left for requests that are not of closing prices."""
    rows = status.filter(pl.col("quota_left").is_not_null()).unique("vendor", keep="first", maintain_order=True)
    found = []
    for row in rows.iter_rows(named=True):
        quota = terms[row["vendor"]].quota
        free = row["quota_left"] - row["quota_reserve_left"]
        if quota and free < share * quota.allowance * (1 - quota.closing_share):
            summary = (
                f"{row['vendor']} has {max(free, 0)} of {quota.allowance} credits left in {row['quota_period']}, "
                f"and {row['quota_reserve_left']} for closing prices."
            )
            found.append(Condition(f"quota/{row['vendor']}", "quota_low", "warning", summary))
    return found


def drift(lake: Lake, sport: str, vendors: Sequence[str], share: float) -> list[Condition]:
    """Vendors whose newest answers are refused in a way that tells of another layout.

    Newest are those of the 24 hours before an endpoint's last one; by reason, `share` of an answer's rows must be
    refused, unless the reason is one of `DRIFTED`.
    """
    newest = pl.concat([_newest(lake, vendor) for vendor in vendors])
    refused = _refused(lake, sport)
    account = (
        lake.table(f"silver.{sport}.parsed_payloads").scan().select("bronze_sha256", "url", "entity", "parsed_rows")
    )
    answers = refused.join(newest, on=["source", "url", "bronze_sha256"], how="semi")
    counted = answers.join(account.unique(["bronze_sha256", "url", "entity"]), on=["bronze_sha256", "url", "entity"])
    many = pl.col("rows") >= share * pl.col("parsed_rows")
    told = counted.filter(pl.col("reason").is_in(DRIFTED) | many)
    found = told.group_by("source", "entity", "reason").agg(pl.col("rows").sum()).sort("source", "entity", "reason")
    return [_drifted(*row) for row in found.collect().iter_rows()]


def _newest(lake: Lake, vendor: str) -> pl.LazyFrame:
    captures = lake.table(f"bronze.{vendor}.captures").scan().filter(pl.col("outcome").is_in([OK, MALFORMED]))
    last = pl.col("captured_at_utc").max().over("endpoint")
    recent = captures.select("endpoint", "url", "sha256", "captured_at_utc").filter(
        pl.col("captured_at_utc") > last - timedelta(hours=24)
    )
    newest = recent.sort("captured_at_utc").unique("url", keep="last")
    return newest.select(pl.lit(vendor).alias("source"), "url", pl.col("sha256").alias("bronze_sha256"))


def _refused(lake: Lake, sport: str) -> pl.LazyFrame:
    names = [name for name in contracts() if name.startswith(f"quarantine.{sport}.")]
    by = ("source", "url", "bronze_sha256", "entity", "reason")
    return pl.concat([lake.table(name).scan().group_by(by).agg(pl.len().alias("rows")) for name in names])


def _drifted(source: str, entity: str, reason: str, rows: int) -> Condition:
    summary = f"{rows} rows of {entity} from {source} are refused as {reason}: its answers may have changed."
    return Condition(f"drift/{source}/{entity}/{reason}", "schema_drift", "error", summary)


def failures(runs: Mapping[str, str]) -> list[Condition]:
    """Jobs whose last run failed, with what it said."""
    return [
        Condition(f"run/{job}", "run_failed", "critical", f"The run of {job} failed. {why}".strip())
        for job, why in runs.items()
    ]


def limits(changes: pl.DataFrame, now: datetime) -> list[Condition]:
    """Changes of a bettor's limits, rows of gold limit_changes, until they count and for a day at least."""
    found = []
    for row in changes.filter(pl.col("known_at_utc") <= now).sort("known_at_utc").iter_rows(named=True):
        until = max(row["effective_at_utc"], row["asked_at_utc"] + timedelta(hours=LIMIT_HOURS))
        if until > now:
            old = row["old_value"] or "nothing"
            summary = (
                f"The limit {row['limit']} of {row['bettor_id']} changes from {old} to {row['new_value']}, "
                f"in force from {iso(row['effective_at_utc'])}."
            )
            found.append(Condition(f"limit/{row['change_id']}", "limit_changed", "info", summary, until))
    return found


def quality(judged: Sequence[Judged]) -> list[Condition]:
    """Expectations of vendors' data that do not hold, one condition each."""
    return [
        Condition(f"quality/{one.expectation.name}", "quality", "warning", _unmet(one))
        for one in judged if len(one.broken)
    ]  # fmt: skip


def _unmet(one: Judged) -> str:
    labels = [name for name, kind in one.broken.schema.items() if kind == pl.String]
    first = " ".join(str(value) for value in one.broken.select(labels).row(0) if value is not None)
    return f"{one.expectation.says} It does not hold in {len(one.broken)} of {len(one.rows)} rows, such as {first}."
