"""Rows held against their faults, in as many steps as it takes to see them: what was refused first stays so."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from lake.conform import REASON
from sources.placing import Fault, refuse, unjudged


def judged(rows: pl.DataFrame, faults: Iterable[Fault]) -> pl.DataFrame:
    """Add `_reason` and `_detail` of each row's first fault; a row that has them already keeps them."""
    return refuse(rows if REASON in rows.columns else unjudged(rows), faults)
