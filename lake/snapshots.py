"""Which data files a Delta table has at a moment, kept for as long as the table stays at that version."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import polars as pl
from deltalake import DeltaTable

Moment = int | datetime | None
"""A version, counted from 0; a commit time; or now."""
Snapshot = Mapping[str, Mapping[str, Any]]
"""What the log says of each live file, by its path below the table: never to be written to, others hold it too."""

_KEPT = 128


def snapshot(table: Path, moment: Moment = None) -> Snapshot:
    """The data files of a version, or of the newest version committed by a time; none where there was no table.

    Commit times are the log's own, which a copied lake keeps.
    """
    newest = _newest_commit(table)
    if newest is None:
        return {}
    if isinstance(moment, datetime):
        moment = _version_at(table, moment)
    version = int(newest.stem) if moment is None else moment
    return _live_at(table, version, newest.name, newest.stat().st_mtime_ns) if version >= 0 else {}


def live(table: DeltaTable) -> dict[str, dict[str, Any]]:
    """The data files of the version that is open."""
    actions = pl.DataFrame(table.get_add_actions(flatten=False))
    return {unquote(add["path"]): add for add in actions.iter_rows(named=True)}


def _newest_commit(table: Path) -> Path | None:
    """The file of the newest commit; the log keeps at least that one when it is tidied."""
    return max((table / "_delta_log").glob("[0-9]*[0-9].json"), default=None)


def _version_at(table: Path, moment: datetime) -> int:
    made = [(int(entry["timestamp"]), int(entry["version"])) for entry in DeltaTable(str(table)).history()]
    return max((version for at, version in made if datetime.fromtimestamp(at / 1000, UTC) <= moment), default=-1)


@lru_cache(maxsize=_KEPT)
def _live_at(table: Path, version: int, newest_commit: str, written_ns: int) -> Snapshot:
    """`newest_commit` and its time tell a table from another one that stood at the same path before."""
    opened = DeltaTable(str(table))
    opened.load_as_version(version)
    return live(opened)
