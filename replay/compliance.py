"""Compliance over a lake: monthly reports with their pages, and whether the audit is as it was written."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from core.settings import Settings
from lake.desk import of_desk
from lake.storage import Lake
from optimizer.audit import read_anchors, verify
from optimizer.compliance import Tables, monthly, page
from replay.moment import policy_of

TEMPLATE = "compliance.html"


def faults(lake: Lake, anchors: Path) -> list[str]:
    """What is wrong with the audit, in sentences; empty where every row stands as it was written."""
    return verify(lake.table(of_desk("audit")).read(), read_anchors(anchors))


def reports(lake: Lake, settings: Settings, anchors: Path, as_of: datetime) -> pl.DataFrame:
    """Rows of gold compliance_reports for the bettor's running month and the one before."""
    policy = policy_of(settings)
    names = ("audit", "tickets", "settlements", "limit_changes", "ledger")
    tables = Tables(*(lake.table(of_desk(name)).read() for name in names))
    today = as_of.astimezone(ZoneInfo(policy.timezone)).date()
    months = (today.replace(day=1) - timedelta(days=1), today)
    wrong = faults(lake, anchors)
    return pl.concat([monthly(f"{month:%Y-%m}", tables, policy, wrong) for month in months])


def write_pages(rows: pl.DataFrame, folder: Path, templates: Path) -> list[Path]:
    """One self-contained HTML page a report; the files written."""
    folder.mkdir(parents=True, exist_ok=True)
    template, written = (templates / TEMPLATE).read_text(encoding="utf-8"), []
    for row in rows.iter_rows(named=True):
        path = folder / f"compliance-{row['bettor_id']}-{row['month']}.html"
        path.write_text(page(row, template), encoding="utf-8")
        written.append(path)
    return written
