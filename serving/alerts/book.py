"""The book of alerts: which conditions are new, which are over, and what is still to be told. Rows of gold alerts."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from lake.contracts.model import contract
from lake.desk import of_desk
from lake.keys import short_hash
from serving.alerts.conditions import Condition

NAME = of_desk("alerts")
PAGED = ("critical", "error")
"""Severities that wake people up."""
ODDS = frozenset({"odds_moved", "price_apart"})


@dataclass(frozen=True)
class Due:
    """One message that a channel has not taken yet: an opening, or with `is_over` a recovery."""

    row: Mapping[str, Any]
    channel: str
    is_over: bool


def changed(
    book: pl.DataFrame,
    conditions: Sequence[Condition],
    kinds: Collection[str],
    channels: Mapping[str, Collection[str]],
    now: datetime,
) -> pl.DataFrame:
    """Rows to merge into the book: conditions that are new, and open alerts of these kinds that are over.

    `channels` by severity: to whom an alert is told. A kind that was not looked at stays as it is.
    """
    standing = book.filter(pl.col("closed_at_utc").is_null())
    held, open_keys = {condition.key for condition in conditions}, set(standing["alert_key"])
    new = {c.key: _opened(c, channels[c.severity], now) for c in conditions if c.key not in open_keys}
    is_over = pl.col("kind").is_in(list(kinds)) & ~pl.col("alert_key").is_in(list(held))
    may_end = pl.col("until_at_utc").is_null() | (pl.col("until_at_utc") <= now)
    over = standing.filter(is_over & may_end).with_columns(pl.lit(now).alias("closed_at_utc"))
    schema = contract(NAME).schema
    return pl.concat([pl.DataFrame(list(new.values()), schema=schema), over.select(list(schema)).cast(schema)])  # type: ignore[arg-type]


def due(book: pl.DataFrame) -> Iterator[Due]:
    """What is still to be told, in the order of opening; a recovery only to whom the opening was told."""
    for row in book.sort("opened_at_utc", "alert_key").iter_rows(named=True):
        opening, closing = _names(row["opening_told"]), _names(row["closing_told"])
        for channel in _names(row["channels"]):
            if channel not in opening:
                yield Due(row, channel, is_over=False)
            if row["closed_at_utc"] is not None and channel not in closing:
                yield Due(row, channel, is_over=True)


def told(book: pl.DataFrame, taken: Sequence[Due]) -> pl.DataFrame:
    """The rows of these messages' alerts, with their channels marked as told."""
    rows = {row["alert_id"]: dict(row) for row in book.iter_rows(named=True)}
    touched: dict[str, dict[str, Any]] = {}
    for one in taken:
        row = touched.setdefault(one.row["alert_id"], rows[one.row["alert_id"]])
        column = "closing_told" if one.is_over else "opening_told"
        row[column] = ",".join(sorted({*_names(row[column]), one.channel}))
    return pl.DataFrame(list(touched.values()), schema=contract(NAME).schema)


def _opened(condition: Condition, channels: Collection[str], now: datetime) -> dict[str, Any]:
    return {
        "alert_id": short_hash(condition.key, now.isoformat()),
        "alert_key": condition.key,
        "kind": condition.kind,
        "severity": condition.severity,
        "summary": condition.summary,
        "opened_at_utc": now,
        "until_at_utc": condition.until,
        "closed_at_utc": None,
        "channels": ",".join(sorted(channels)),
        "opening_told": "",
        "closing_told": "",
    }


def _names(text: str) -> list[str]:
    return [name for name in text.split(",") if name]
