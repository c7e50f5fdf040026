"""How the tickets of a walk did, as plain values: the `bets` of a backtest's report (docs/schemas/backtest.json)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl

from core.clock import iso
from core.resampling import block_mean_interval
from optimizer import settlement
from optimizer.performance import attribution, closing, drawdown, power, summary
from replay.bets import END_OF_TIME, Walked
from replay.held import broken

SCOPES = ("market", "kind", "bookmaker", "competition", "season", "edge")
_NOTHING: dict[str, Any] = {
    "n": 0, "yield": None, "yield_ci95": None, "clv": None, "clv_ci95": None, "max_drawdown": 0.0,
}  # fmt: skip


def report(walked: Walked, seed: int) -> dict[str, Any]:
    """Yield, closing-line value, growth and drawdown with 95% block-bootstrap intervals over days, and what rules did.

    `by` tells them apart; `attribution` splits the profit (minor units) into edge, movement and luck; `stakings`
    compares the optimizer with simpler rules on fresh scenarios; `refused` counts offers by rule; `broken` names every
    limit that the tickets break when they are recounted.
    """
    record = walked.record
    settled = settlement.standing(record.settlements, END_OF_TIME)
    values = record.closing_values
    whole = closing.ticket_values(values, record.tickets)
    frames = (record.tickets, record.legs, settled, values, walked.opening_minor, END_OF_TIME)
    rows, measured = summary.settled_rows(*frames), summary.performance(*frames, seed)
    overall = _measures(measured, "all", "all") if len(rows) else {}
    return (
        _NOTHING
        | overall
        | _growth(rows, seed)
        | _drawdown(rows, walked.opening_minor, seed)
        | {
            "by": {scope: _by(measured, scope) for scope in SCOPES},
            "benchmarks": closing.benchmark_counts(values),
            "attribution": attribution.totals(attribution.attribution(record.tickets, settled, whole)),
            "power": _power(rows),
            "stakings": _stakings(walked.portfolios),
            "refused": _refused(walked.audit),
            "broken": broken(walked),
        }
    )


def _measures(measured: pl.DataFrame, scope: str, name: str) -> dict[str, Any]:
    """The measures of one group by name, with their intervals and the dates of the largest drawdown."""
    found: dict[str, Any] = {}
    for row in measured.filter(scope=scope, name=name).iter_rows(named=True):
        found[row["measure"]] = row["value"]
        if row["measure"] in ("yield", "clv"):
            ends = [row["low_ci95"], row["high_ci95"]]
            found[f"{row['measure']}_ci95"] = None if None in ends else ends
        if row["measure"] == "yield":
            found["n"] = row["n"]
        if row["measure"] == "max_drawdown":
            found["max_drawdown_utc"] = [_told(row["begins_at_utc"]), _told(row["ends_at_utc"])]
    return found


def _by(measured: pl.DataFrame, scope: str) -> dict[str, Any]:
    names = measured.filter(scope=scope)["name"].unique(maintain_order=True)
    return {name: _measures(measured, scope, name) for name in names}


def _growth(rows: pl.DataFrame, seed: int) -> dict[str, Any]:
    """Interval of the log growth, resampling days; None for fewer than two of them or a bankroll that is lost."""
    if rows.is_empty() or not rows["growth"].is_not_nan().all():
        return {"log_growth_ci95": None}
    days = rows["day"].to_physical().to_numpy()
    ends = [float(end) * len(rows) for end in block_mean_interval(rows["growth"].to_numpy(), days, seed)]
    return {"log_growth_ci95": ends if np.isfinite(ends).all() else None}


def _drawdown(rows: pl.DataFrame, opening_minor: int, seed: int) -> dict[str, Any]:
    ends = drawdown.drawdown_interval(drawdown.Path.of(rows, opening_minor), seed)
    return {"max_drawdown_ci95": list(ends) if np.isfinite(ends).all() else None}


def _power(rows: pl.DataFrame) -> dict[str, Any]:
    """Bets that would show the yield and the closing-line value, if both are what they seem; None where none would."""
    return {"bets": len(rows), "yield": _needed(power.yield_signal(rows)), "clv": _needed(power.clv_signal(rows))}


def _needed(signal: power.Signal | None) -> dict[str, Any] | None:
    if signal is None:
        return None
    needed = signal.bets_needed()
    return {
        "mean": signal.mean, "spread": signal.spread, "bets_needed": int(needed) if np.isfinite(needed) else None,
    }  # fmt: skip


def _stakings(portfolios: pl.DataFrame) -> dict[str, Any]:
    """Means over all decisions with a candidate, by staking: expected growth, share staked, tickets, shortfall."""
    asked = portfolios.filter(pl.col("candidates") > 0)
    means = asked.group_by("staking", maintain_order=True).agg(
        pl.len().alias("decisions"),
        pl.col("expected_log_growth", "staked_share", "tickets", "expected_shortfall", "gap").mean(),
        pl.col("gap").max().alias("largest_gap"),
    )
    return {row.pop("staking"): row for row in means.to_dicts()}


def _refused(audit: pl.DataFrame) -> Mapping[str, int]:
    refusals = audit.filter((pl.col("subject_kind") == "offer") & ~pl.col("allowed"))
    return dict(refusals["rule"].value_counts(sort=True).iter_rows())


def _told(moment: datetime | None) -> str | None:
    return None if moment is None else iso(moment)
