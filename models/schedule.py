"""When a member is fitted again: the same rule for one decision and for ten years of them.

What answers a decision was fitted on what was known at the last boundary before it. So a walk-forward and a live run
learn from the same rows, and a night on which no boundary passed has nothing to fit.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum

import polars as pl


class Refit(Enum):
    """How often; boundaries are UTC midnights."""

    MONTH = "month"
    """The first of each month: links and pools, which are cheap."""
    SEASON = "season"
    """The first of July: learners, whose features move with every match while their trees need not."""


def boundaries(moments: pl.Series, refit: Refit) -> pl.Series:
    """The last boundary at or before each of these moments (n,), UTC."""
    if refit is Refit.MONTH:
        return moments.dt.truncate("1mo")
    return moments.dt.offset_by("-6mo").dt.truncate("1y").dt.offset_by("6mo")


def boundary(moment: datetime, refit: Refit) -> datetime:
    """The last boundary at or before one moment."""
    found = boundaries(pl.Series([moment], dtype=pl.Datetime("us", "UTC")), refit)[0]
    assert isinstance(found, datetime)
    return found
