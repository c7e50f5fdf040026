"""Pictures for people: reliability, edges, bankroll; each returns the bytes of a PNG."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_INK, _ACCENT, _PALE = "#1f2933", "#2f6f8f", "#c9d6df"
_BINS = 10


def reliability(probabilities: NDArray[np.float64], outcome: NDArray[np.float64]) -> bytes:
    """How often what was forecast happened. `probabilities` (n, k), `outcome` (n,) of 0 to k - 1; all classes
    together.

    Matches without a belief (NaN) are left out.
    """
    forecast = np.isfinite(probabilities).all(axis=1)
    axes = _axes("Reliability: forecast against frequency", "probability stated", "frequency")
    axes.plot([0, 1], [0, 1], color=_PALE, lw=1)
    if not forecast.any():
        return _png(axes)
    stated = probabilities[forecast].ravel()
    happened = np.eye(probabilities.shape[1])[outcome[forecast].astype(int)].ravel()
    edges = np.quantile(stated, np.linspace(0, 1, _BINS + 1))
    bins = np.clip(np.searchsorted(edges, stated, side="right") - 1, 0, _BINS - 1)
    counts = np.bincount(bins, minlength=_BINS)
    filled = counts > 0
    mean = np.bincount(bins, stated, _BINS)[filled] / counts[filled]
    rate = np.bincount(bins, happened, _BINS)[filled] / counts[filled]
    bar = 1.96 * np.sqrt(rate * (1 - rate) / counts[filled])
    axes.errorbar(mean, rate, yerr=bar, fmt="o", color=_ACCENT, ms=4, lw=1)
    return _png(axes)


def edges(values: NDArray[np.float64]) -> bytes:
    """Histogram of expected profit per unit staked at the best executable price."""
    axes = _axes("Edges at the best executable price", "expected profit per unit staked", "selections")
    axes.hist(values, bins=30, color=_ACCENT)
    axes.axvline(0, color=_INK, lw=1)
    return _png(axes)


def bankroll(entries: pl.DataFrame) -> bytes:
    """Cash and money at risk over time, in major units, from the ledger's entries."""
    daily = (
        entries.filter(pl.col("account").is_in(["cash", "at_risk"]))
        .group_by(pl.col("known_at_utc").dt.date().alias("day"))
        .agg(pl.col("amount_minor").sum())
        .sort("day")
        .with_columns(pl.col("amount_minor").cum_sum() / 100)
    )
    axes = _axes("Bankroll: cash and money at risk", "", str(entries["currency"][0]))
    days = daily["day"].to_list()
    axes.step(days, daily["amount_minor"].to_list(), where="post", color=_ACCENT, marker="o", ms=3)
    _day_axis(axes, days[0] - timedelta(days=3), days[-1] + timedelta(days=3))
    return _png(axes)


def _day_axis(axes: Axes, first: date, last: date) -> None:
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num

    locator = AutoDateLocator(minticks=3, maxticks=6)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
    axes.set_xlim(date2num(first), date2num(last))  # type: ignore[no-untyped-call]


def _axes(title: str, x: str, y: str) -> Axes:
    from matplotlib.figure import Figure

    axes = Figure(figsize=(6.0, 3.4), layout="constrained").add_subplot()
    axes.set_title(title, loc="left", color=_INK, fontsize=11)
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.spines[["top", "right"]].set_visible(False)
    return axes


def _png(axes: Axes) -> bytes:
    out = io.BytesIO()
    figure = axes.get_figure(root=True)
    assert figure is not None
    figure.savefig(out, format="png", dpi=110, metadata={"Software": None})
    return out.getvalue()
