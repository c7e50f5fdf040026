"""Chains of invented decisions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl

from lake.contracts.model import contract
from optimizer.audit import Anchor, anchor, chained, head, rows, said

EMPTY = contract("gold.desk.audit").empty()
AS_OF = datetime(2026, 3, 4, 12, 0, 0, 123456, tzinfo=UTC)


def decided(decision: str, rules: int, as_of: datetime = AS_OF) -> pl.DataFrame:
    """Rows of one decision by this many rules, some refusing."""
    told = said(
        [
            ("decision", decision, f"rule_{n}", n % 3 > 0, f"Reason {n}.", None if n % 2 else n / 7, None)
            for n in range(rules)
        ]
    )
    return rows([told], "invented", decision, as_of)


def chain(*sizes: int) -> pl.DataFrame:
    """The audit after decisions of these sizes, an hour apart."""
    standing = EMPTY
    for number, size in enumerate(sizes):
        fresh = chained(standing, decided(f"d{number}", size, AS_OF + timedelta(hours=number)))
        standing = pl.concat([standing, fresh])
    return standing


def anchored(path: Path, audit: pl.DataFrame, hours: int = 0) -> Anchor | None:
    """The anchor of an audit as it stands."""
    return anchor(path, head(audit), len(audit), AS_OF + timedelta(hours=hours))
