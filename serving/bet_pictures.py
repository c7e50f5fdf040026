"""Pictures of how tickets did: bankroll and drawdown, closing-line value against profit, yields with intervals.

Each returns the bytes of a PNG. Pictures of beliefs and of the ledger belong in `pictures`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

from core.money import MINOR_PER_MAJOR
from serving.pictures import _ACCENT, _INK, _PALE, _axes, _day_axis, _png

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MARGIN = timedelta(days=3)


def bankroll_and_drawdown(path: pl.DataFrame, currency: str) -> bytes:
    """The bankroll after each settlement, and below it its fall from the highest until then.

    `path`: the frame of `optimizer.performance.drawdown.Path`; an empty one gives an empty picture.
    """
    above = _axes("Bankroll and drawdown", "", currency)
    below = _panel_below(above, "fall, %")
    if len(path):
        days = path["settled_at_utc"].to_list()
        above.step(days, (path["bankroll_minor"] / MINOR_PER_MAJOR).to_list(), where="post", color=_ACCENT, lw=1.2)
        below.fill_between(days, (path["drawdown_share"] * -100).to_list(), step="post", color=_ACCENT, alpha=0.5)
        _day_axis(below, days[0] - _MARGIN, days[-1] + _MARGIN)
    return _png(above)


def clv_against_profit(rows: pl.DataFrame, currency: str) -> bytes:
    """Profit so far, and what the close expected of the same tickets: the distance between the lines is luck.

    `rows`: `optimizer.performance.summary.settled_rows`; tickets without a close are left out, and counted in the
    title.
    """
    closed = rows.filter(pl.col("clv").is_not_null()).sort("known_at_utc")
    axes = _axes(f"Profit against closing-line value: {len(closed)} of {len(rows)} tickets", "", currency)
    axes.axhline(0, color=_PALE, lw=1)
    if len(closed):
        days, expected = closed["known_at_utc"].to_list(), closed["stake_minor"] * closed["clv"]
        for name, values, colour in (
            ("profit", closed["profit_minor"], _ACCENT),
            ("expected by the close", expected, _INK),
        ):
            axes.step(
                days, (values.cum_sum() / MINOR_PER_MAJOR).to_list(), where="post", color=colour, lw=1.2, label=name
            )
        axes.legend(frameon=False, fontsize=8)
        _day_axis(axes, days[0] - _MARGIN, days[-1] + _MARGIN)
    return _png(axes)


def yields(performance: pl.DataFrame, scope: str = "bookmaker") -> bytes:
    """Yield by book, or by another scope of gold bet_performance, each with its 95% interval and number of tickets.

    A yield without an interval is not drawn: its tickets are of one day only.
    """
    measured = (pl.col("scope") == scope) & (pl.col("measure") == "yield") & pl.col("low_ci95").is_not_null()
    found = performance.filter(measured).sort("value")
    axes = _axes(f"Yield by {scope}, with 95% intervals over days", "profit per unit staked, %", "")
    axes.axvline(0, color=_PALE, lw=1)
    _bars(axes, found)
    return _png(axes)


def _panel_below(above: Axes, y: str) -> Axes:
    """A second panel over the same days, half as high."""
    figure = above.get_figure(root=True)
    assert figure is not None
    rows = figure.add_gridspec(2, 1, height_ratios=[2, 1])
    above.set_subplotspec(rows[0])
    above.tick_params(labelbottom=False)
    below = figure.add_subplot(rows[1], sharex=above)
    below.spines[["top", "right"]].set_visible(False)
    below.set_ylabel(y)
    return below


def _bars(axes: Axes, found: pl.DataFrame) -> None:
    value, low, high = (found[name].to_numpy() * 100 for name in ("value", "low_ci95", "high_ci95"))
    places = list(range(len(found)))
    axes.errorbar(value, places, xerr=[value - low, high - value], fmt="o", color=_ACCENT, ms=4, lw=1)
    axes.set_yticks(places, [f"{name} ({n})" for name, n in found.select("name", "n").iter_rows()])
