"""How every source stands: its last good answer, what is missing, who stood in, circuit and quota."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from core.clock import iso
from lake.competitions import Competition
from lake.contracts.model import contract
from lake.desk import of_desk
from lake.storage import Lake
from sources.base import Request, Source
from sources.collecting import Freshness
from sources.known import Known
from sources.outcomes import ANSWERED, NO_CREDENTIAL, UNSENT
from sources.terms import Terms
from sources.transport.standing import Standing

NAME = of_desk("source_status")
GONE = (404, 410)
"""An address that the vendor does not have is an answer too."""


@dataclass(frozen=True)
class Plan:
    """What one source wants answered, and those requests of it that have no good answer that still lives."""

    vendor: str
    wanted: Sequence[Request]
    missing: Sequence[Request]


def plan(
    source: Source, known: Known, leagues: Mapping[str, Competition], as_of: datetime, freshness: Freshness | None
) -> Plan:
    """The source's plan of the moment; `freshness` tells what is due of it, None that nothing grows old."""
    wanted = source.plan(leagues, as_of, known)
    return Plan(source.name, wanted, freshness(wanted) if freshness else ())


def status(
    lake: Lake, plans: Sequence[Plan], terms: Mapping[str, Terms], standings: Sequence[Standing], now: datetime
) -> pl.DataFrame:
    """One row a planned vendor and endpoint, in the columns of gold source_status.

    `standings` may be empty where no transport has run. Nothing captured after `now` counts.
    """
    stands = {standing.vendor: _standing(standing) for standing in standings}
    rows: list[dict[str, Any]] = []
    for vendor in dict.fromkeys(each.vendor for each in plans):
        attempts, mine = _attempts(lake, vendor, now), [each for each in plans if each.vendor == vendor]
        for endpoint, life in terms[vendor].lives.items():
            row = _row(attempts.get(endpoint, {}), _count(mine, endpoint), life, now)
            rows.append({"vendor": vendor, "endpoint": endpoint} | row | stands.get(vendor, {}))
    backups = {
        (each.vendor, request.endpoint, request.backup_of) for each in plans for request in each.wanted
        if request.backup_of
    }  # fmt: skip
    for row in rows:
        row["answered_by"] = _stand_in(row, rows, backups) if row["is_stale"] else None
    return pl.DataFrame(rows, schema=contract(NAME).schema).sort("vendor", "endpoint")


def degraded(rows: pl.DataFrame) -> list[str]:
    """A sentence for every stale row of gold source_status."""
    return [said(row) for row in rows.filter("is_stale").sort("vendor", "endpoint").iter_rows(named=True)]


def warning(rows: pl.DataFrame) -> list[str]:
    """One sentence that names every degraded vendor and what of it is stale; none where nothing is."""
    stale = rows.filter("is_stale").sort("vendor", "endpoint").group_by("vendor", maintain_order=True).agg("endpoint")
    named = [f"{vendor} ({', '.join(endpoints)})" for vendor, endpoints in stale.iter_rows()]
    return [f"Degraded sources: {', '.join(named)}."] if named else []


def said(row: Mapping[str, Any]) -> str:
    """What a stale row says to people."""
    good = row["last_good_at_utc"]
    last = f"its last good answer is of {iso(good)}" if good else "it never answered"
    status = f" {row['newest_status']}" if row["newest_status"] else ""
    newest = f", its last attempt ended with {row['newest_outcome']}{status}" if row["newest_outcome"] else ""
    instead = f"; {row['answered_by']} stands in" if row["answered_by"] else ""
    return f"{row['vendor']}/{row['endpoint']} is stale: {last}{newest}{instead}."


def _count(plans: Sequence[Plan], endpoint: str) -> tuple[int, int]:
    """Addresses of an endpoint that are wanted, and those that are missing."""
    wanted = sum(request.endpoint == endpoint for each in plans for request in each.wanted)
    return wanted, sum(request.endpoint == endpoint for each in plans for request in each.missing)


def _attempts(lake: Lake, vendor: str, now: datetime) -> dict[str, dict[str, Any]]:
    """By endpoint: the last good answer, the newest attempt, and counts of the last 24 hours."""
    captures = lake.table(f"bronze.{vendor}.captures").scan().filter(pl.col("captured_at_utc") <= now)
    answered = pl.col("outcome").is_in(ANSWERED) | pl.col("status").is_in(GONE)
    sent = (pl.col("captured_at_utc") > now - timedelta(hours=24)) & ~pl.col("outcome").is_in(UNSENT)
    told = captures.sort("captured_at_utc", pl.col("attempt").fill_null(1)).group_by("endpoint").agg(
        pl.col("captured_at_utc").filter(answered).max().alias("last_good_at_utc"),
        pl.col("captured_at_utc").last().alias("newest_at_utc"),
        pl.col("outcome").last().alias("newest_outcome"),
        pl.col("status").last().alias("newest_status"),
        sent.sum().alias("attempts_24h"),
        (sent & ~answered.fill_null(False)).sum().alias("failures_24h"),
    )  # fmt: skip
    return {str(row.pop("endpoint")): row for row in told.collect().to_dicts()}


def _row(attempts: Mapping[str, Any], counts: tuple[int, int], life: timedelta, now: datetime) -> dict[str, Any]:
    last, (wanted, missing) = attempts.get("last_good_at_utc"), counts
    state = _state(missing, last, wanted, attempts.get("newest_outcome"))
    return {"attempts_24h": 0, "failures_24h": 0} | dict(attempts) | {
        "state": state,
        "is_stale": state == "stale",
        "wanted": wanted,
        "missing": missing,
        "age_minutes": (now - last) / timedelta(minutes=1) if last else None,
        "life_minutes": life / timedelta(minutes=1),
    }  # fmt: skip


def _state(missing: int, last_good: datetime | None, wanted: int, newest_outcome: str | None) -> str:
    if missing:
        return "no_credential" if newest_outcome == NO_CREDENTIAL else "stale"
    return "fresh" if wanted and last_good else "unasked"


def _stand_in(
    row: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], backups: Iterable[tuple[str, str, str | None]]
) -> str | None:
    """The first vendor with a living answer among those whose requests stand in for an endpoint."""
    subject = f"{row['vendor']}/{row['endpoint']}"
    asked = {(vendor, endpoint) for vendor, endpoint, whom in backups if whom == subject}
    alive = [
        str(other["vendor"]) for other in rows
        if (other["vendor"], other["endpoint"]) in asked
        and other["age_minutes"] is not None and other["age_minutes"] <= other["life_minutes"]
    ]  # fmt: skip
    return min(alive, default=None)


def _standing(standing: Standing) -> dict[str, Any]:
    quota = standing.quota
    credits = {} if quota is None else {
        "quota_period": quota.period,
        "quota_allowance": quota.allowance,
        "quota_used": quota.used,
        "quota_left": quota.left,
        "quota_reserve_left": quota.reserve_left,
        "quota_routine_left": quota.routine_left,
    }  # fmt: skip
    return {"circuit": standing.circuit, "paused_until_at_utc": standing.paused_until_utc} | credits
