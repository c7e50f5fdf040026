"""From conditions to messages: the book is written before anybody is told, and after each message that was sent.

Two runs never tell at once. A crash right between a message and its mark sends that one message again; of the log,
whose lines are marked together, those of one look.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import polars as pl
from filelock import FileLock

from core.settings import Settings
from lake.storage import Lake, Table
from optimizer.outbox import Post
from serving.alerts import book
from serving.alerts.channels import SEVERITIES, Channel, Log, channels, without_secrets
from serving.alerts.conditions import Condition

_log = logging.getLogger("fairline.alerts")


@dataclass(frozen=True)
class Told:
    """What one look brought: alerts opened and closed, messages taken, and what stopped a channel, if anything."""

    opened: int
    closed: int
    messages: int
    faults: tuple[str, ...]


def tell(
    lake: Lake, settings: Settings, conditions: Sequence[Condition], kinds: Collection[str], now: datetime, post: Post
) -> Told:
    """Open what is new, close what is over among these kinds, and tell everybody what is still untold.

    A channel that does not take a message is left alone until the next look; nothing is raised for it.
    """
    everybody = channels(settings, post)
    clean = [replace(one, summary=without_secrets(one.summary, settings)) for one in conditions]
    by_severity = {severity: [one.name for one in everybody if one.takes(severity)] for severity in SEVERITIES}
    table = lake.table(book.NAME)
    lock = lake.root / ".locks" / "telling.lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(lock):
        rows = book.changed(table.read(), clean, kinds, by_severity, now)
        table.merge(rows)
        faults = [_told_by(table, channel) for channel in everybody]
        closed = len(rows.filter(pl.col("closed_at_utc").is_not_null()))
        messages = sum(count for count, _ in faults)
    return Told(len(rows) - closed, closed, messages, tuple(fault for _, fault in faults if fault))


def _told_by(table: Table, channel: Channel) -> tuple[int, str | None]:
    """How many messages a channel took, and what stopped it."""
    standing = table.read()
    unmarked: list[book.Due] = []
    taken, fault = 0, None
    for one in [due for due in book.due(standing) if due.channel == channel.name]:
        fault = channel.tell(one)
        if fault is not None:
            _log.warning("%s It is tried again by the next run.", fault)
            break
        unmarked.append(one)
        taken += 1
        if not isinstance(channel, Log):
            standing, unmarked = _marked(table, standing, unmarked), []
    _marked(table, standing, unmarked)
    return taken, fault


def _marked(table: Table, standing: pl.DataFrame, taken: Sequence[book.Due]) -> pl.DataFrame:
    rows = book.told(standing, taken)
    if len(rows):
        table.merge(rows)
    return standing.update(rows, on="alert_id")
