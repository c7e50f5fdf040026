"""How tickets did by book, league, market, model and more: no yield without its interval.

The path of the bankroll belongs in `drawdown`, what a close is in `closing`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import pairwise

import numpy as np
import polars as pl

from core.resampling import block_mean_interval, block_ratio_interval
from optimizer.performance.closing import common, ticket_values
from optimizer.performance.drawdown import Path, longest_losing_run
from optimizer.settlement import standing

EDGE_BOUNDS = (0.01, 0.02, 0.05, 0.10)
"""Between these stand the buckets of stated edge."""
_SCOPES = {
    "kind": "kind",
    "bookmaker": "bookmaker",
    "competition": "competition_id",
    "market": "market",
    "training": "training_hash",
    "season": "season_code",
    "edge": "edge_bucket",
}
_OF_LEGS = ("bookmaker", "competition_id", "market", "season_code")


def performance(
    tickets: pl.DataFrame,
    legs: pl.DataFrame,
    settlements: pl.DataFrame,
    values: pl.DataFrame,
    opening_minor: int,
    as_of: datetime,
    seed: int,
) -> pl.DataFrame:
    """Gold bet_performance at `as_of` by scope, name in it and measure: of settled tickets, and of legs that closed.

    Frames: gold tickets, ticket_legs, settlements, closing_line_value; voids are left out. Intervals resample whole
    match days, 1,000 times from `seed`; they are null where all is of one day. `yield` weighs tickets by stake; `clv`
    and `leg_clv` are plain means of those that have one, the latter whether settled or not. `log_growth` adds up over
    the names of a scope: the growth of each settlement moment is shared among its tickets in proportion to profit; it
    has no row once the bankroll is lost. `max_drawdown` is that of the opening bankroll with the scope's tickets alone.
    Raises ValueError for an opening of nothing.
    """
    settled = settled_rows(tickets, legs, settlements, values, opening_minor, as_of)
    measured = [
        {"scope": scope, "name": name} | measure
        for rows, measures in (
            (settled, partial(_measures, opening_minor=opening_minor, seed=seed)),
            (_closed_legs(tickets, legs, values, as_of), partial(_leg_measures, seed=seed)),
        )
        for scope, name, group in _groups(rows)
        for measure in measures(group)
    ]
    return pl.DataFrame(measured, schema=_SCHEMA).with_columns(pl.lit(as_of).cast(_TIME).alias("as_of_utc"))


def settled_rows(
    tickets: pl.DataFrame,
    legs: pl.DataFrame,
    settlements: pl.DataFrame,
    values: pl.DataFrame,
    opening_minor: int,
    as_of: datetime,
) -> pl.DataFrame:
    """One row a ticket settled at `as_of`, in the order of settlement, by its newest settlement; voids are left out.

    Frames as for `performance`. Columns: ticket_id, stake_minor, profit_minor, event_at_utc, known_at_utc, edge, clv
    (null without a close known then), growth (the ticket's part of the bankroll's log growth; NaN once that is lost),
    day of the match, and those of the scopes.
    """
    under = legs.group_by("ticket_id").agg(common(pl.col(name)).alias(name) for name in _OF_LEGS)
    closed = ticket_values(values, tickets).filter(pl.col("known_at_utc") <= as_of)
    rows = (
        standing(settlements, as_of)
        .filter(pl.col("outcome") != "void")
        .select("ticket_id", "stake_minor", "profit_minor", "event_at_utc", "known_at_utc")
        .join(_of_tickets(tickets), on="ticket_id")
        .join(under, on="ticket_id")
        .join(closed.select("ticket_id", "clv"), on="ticket_id", how="left")
        .with_columns(pl.col("event_at_utc").dt.date().alias("day"))
    )
    return _with_growth(rows, opening_minor).sort("known_at_utc", "ticket_id")


def _closed_legs(tickets: pl.DataFrame, legs: pl.DataFrame, values: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    closed = values.filter(pl.col("clv").is_not_null() & (pl.col("known_at_utc") <= as_of))
    days = legs.select("ticket_id", "leg", pl.col("event_at_utc").dt.date().alias("day"))
    rows = closed.select("ticket_id", "leg", *_OF_LEGS, "clv").join(days, on=["ticket_id", "leg"])
    return rows.join(_of_tickets(tickets), on="ticket_id").sort("ticket_id", "leg")


def _of_tickets(tickets: pl.DataFrame) -> pl.DataFrame:
    return tickets.select("ticket_id", "kind", "edge", "training_hash", _bucket(pl.col("edge")).alias("edge_bucket"))


def _with_growth(rows: pl.DataFrame, opening_minor: int) -> pl.DataFrame:
    """Each ticket's part in the log growth of its moment: profit over the logarithmic mean of the bankroll's ends."""
    path = Path.of(rows, opening_minor).frame
    after = path["bankroll_minor"].to_numpy().astype(float)
    before = after - path["profit_minor"].to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(after == before, before, (after - before) / np.log(after / before))
    alive = (before > 0) & (after > 0)
    means = path.select(
        pl.col("settled_at_utc").alias("known_at_utc"), pl.Series("mean", np.where(alive, mean, np.nan))
    )
    return rows.join(means, on="known_at_utc").with_columns((pl.col("profit_minor") / pl.col("mean")).alias("growth"))


def _bucket(edge: pl.Expr) -> pl.Expr:
    found = pl.lit(f"{EDGE_BOUNDS[-1]:.0%} and more")
    for low, high in reversed(list(pairwise((0.0, *EDGE_BOUNDS)))):
        name = f"{low:.0%} to {high:.0%}" if low else f"below {high:.0%}"
        found = pl.when(edge < high).then(pl.lit(name)).otherwise(found)
    return found


def _groups(rows: pl.DataFrame) -> Iterator[tuple[str, str, pl.DataFrame]]:
    if rows.is_empty():
        return
    yield "all", "all", rows
    for scope, column in _SCOPES.items():
        for (name,), group in sorted(rows.partition_by(column, as_dict=True).items(), key=lambda item: str(item[0])):
            yield scope, str(name), group


def _measures(group: pl.DataFrame, opening_minor: int, seed: int) -> Iterator[dict[str, object]]:
    stake, profit = group["stake_minor"].to_numpy(), group["profit_minor"].to_numpy()
    n = len(group)
    yield _measure("staked_minor", float(stake.sum()), n)
    yield _measure("profit_minor", float(profit.sum()), n)
    ends = block_ratio_interval(profit, stake, group["day"].to_physical().to_numpy(), seed)
    yield _measure("yield", profit.sum() / stake.sum(), n, ends)
    if group["clv"].is_not_null().any():
        yield _mean_clv("clv", group.filter(pl.col("clv").is_not_null()), seed)
    if group["growth"].is_not_nan().all():
        yield _measure("log_growth", float(group["growth"].to_numpy().sum()), n)
    yield _measure("longest_losing_run", float(longest_losing_run(profit)), n)
    fall = Path.of(group, opening_minor).largest()
    dates = {"begins_at_utc": fall.peak_at_utc, "ends_at_utc": fall.low_at_utc}
    yield _measure("max_drawdown", fall.share, n) | dates


def _leg_measures(group: pl.DataFrame, seed: int) -> Iterator[dict[str, object]]:
    yield _mean_clv("leg_clv", group, seed)


def _mean_clv(name: str, closed: pl.DataFrame, seed: int) -> dict[str, object]:
    values, days = closed["clv"].to_numpy(), closed["day"].to_physical().to_numpy()
    return _measure(name, float(values.mean()), len(closed), block_mean_interval(values, days, seed))


def _measure(
    name: str, value: float, n: int, ends: Sequence[float] = (float("nan"), float("nan"))
) -> dict[str, object]:
    low, high = (end if np.isfinite(end) else None for end in ends)
    return {"measure": name, "value": value, "low_ci95": low, "high_ci95": high, "n": n}


_TIME = pl.Datetime("us", "UTC")
_SCHEMA = {
    "scope": pl.String(),
    "name": pl.String(),
    "measure": pl.String(),
    "value": pl.Float64(),
    "low_ci95": pl.Float64(),
    "high_ci95": pl.Float64(),
    "n": pl.Int64(),
    "begins_at_utc": _TIME,
    "ends_at_utc": _TIME,
}
