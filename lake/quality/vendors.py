"""Holding a sport's silver against what is expected of vendors: measured with Polars, judged for Data Docs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from lake.quality.expectations import Bound, Expectation, expectations
from lake.quality.measures import Scope, current_seasons, measured
from lake.storage import Lake


@dataclass(frozen=True)
class Judged:
    """One expectation, what was measured, and the rows of it that break a bound."""

    expectation: Expectation
    rows: pl.DataFrame
    broken: pl.DataFrame


def judged(lake: Lake, sport: str, as_of: datetime, site: Path | None = None) -> list[Judged]:
    """Every expectation of a sport over its current seasons; with a `site`, Great Expectations judges them for it."""
    scope = Scope(lake, sport, current_seasons(lake, sport, as_of), as_of)
    found = [_judged(expectation, scope) for expectation in expectations(sport)]
    if site is not None:
        from lake.quality.audit import judge

        for one in found:
            judge(one.expectation.name, one.rows, one.expectation.bounds, site)
    return found


def _judged(expectation: Expectation, scope: Scope) -> Judged:
    rows = measured(scope, expectation.measure, expectation.parameters)
    return Judged(expectation, rows, rows.filter(pl.any_horizontal(_breaks(bound) for bound in expectation.bounds)))


def _breaks(bound: Bound) -> pl.Expr:
    value = pl.col(bound.column)
    if bound.allowed is not None:
        return ~value.is_in(list(bound.allowed))
    below = value < bound.low if bound.low is not None else pl.lit(False)
    above = value > bound.high if bound.high is not None else pl.lit(False)
    return below | above
