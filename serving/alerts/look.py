"""One look at everything that alerts are about, but for what only the nightly audit knows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from core.settings import Settings
from lake.desk import of_desk
from lake.storage import Lake
from serving.alerts import conditions, prices
from serving.alerts.conditions import Condition
from sources import status
from sources.catalog import SPORTS, TERMS, sources_of

KINDS = frozenset(
    {
        "run_failed",
        "source_stale",
        "schema_drift",
        "quota_low",
        "circuit_open",
        "odds_moved",
        "price_apart",
        "limit_changed",
    }
)
"""What is looked at; of other kinds nothing is known here."""


def look(lake: Lake, settings: Settings, now: datetime, failed: Mapping[str, str]) -> list[Condition]:
    """Every condition that holds now; `failed` has the jobs whose last run failed, with what is known of it."""
    rows, alerts = lake.table(status.NAME).read(), settings.alerts
    found = conditions.failures(failed) + conditions.circuits(rows) + conditions.stale(rows)
    found += conditions.quotas(rows, TERMS, alerts.quota_left_share)
    for sport in SPORTS:
        found += conditions.drift(lake, sport, list(sources_of(sport)), alerts.drift_share)
        found += prices.conditions(lake, sport, now, alerts)
    changes = lake.table(of_desk("limit_changes")).read()
    return found + conditions.limits(changes, now)
