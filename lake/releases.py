"""A release: the versions of all gold tables that belong together, written last; readers resolve the newest one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from lake.desk import of_desk
from lake.keys import short_hash
from lake.moving import present_name
from lake.storage import Lake, Table


@dataclass(frozen=True)
class Release:
    """`versions` and `hashes` by table name. `sequence` counts from 0."""

    release_id: str
    sequence: int
    as_of_utc: datetime
    versions: Mapping[str, int]
    hashes: Mapping[str, str]


def newest(lake: Lake) -> Release | None:
    """The release that readers should read, or None before the first."""
    rows = _table(lake).read().sort("sequence").tail(1)
    return _release(rows.row(0, named=True)) if len(rows) else None


def releases(lake: Lake) -> list[Release]:
    """Every release, oldest first."""
    return [_release(row) for row in _table(lake).read().sort("sequence").iter_rows(named=True)]


def commit(lake: Lake, as_of: datetime, simulated: bool, tables: Sequence[str]) -> Release:
    """Record the present versions of `tables`; where nothing changed since the newest release, that one is returned."""
    hashes = {name: lake.table(name).content_hash() for name in sorted(tables)}
    versions = {name: lake.table(name).version() or 0 for name in hashes}
    standing = newest(lake)
    if standing and standing.hashes == hashes and standing.as_of_utc == as_of:
        return standing
    sequence = standing.sequence + 1 if standing else 0
    release = Release(f"R{sequence:05d}-{short_hash(*hashes.values())[:8]}", sequence, as_of, versions, hashes)
    _append(lake, release, simulated)
    return release


def rollback(lake: Lake, release_id: str) -> Release:
    """Make an earlier release the newest again, by one new record. Raises KeyError for an unknown id."""
    rows = _table(lake).read()
    found = rows.filter(pl.col("release_id") == release_id)
    if found.is_empty():
        raise KeyError(release_id)
    earlier, sequence = _release(found.row(0, named=True)), int(rows["sequence"].max()) + 1  # type: ignore[arg-type]
    again = Release(f"R{sequence:05d}-{release_id[7:]}", sequence, earlier.as_of_utc, earlier.versions, earlier.hashes)
    _append(lake, again, bool(found["simulated"][0]))
    return again


def named_versions(lake: Lake) -> dict[str, set[int]]:
    """The versions of each table that any release names: what a clean-up must keep."""
    named: dict[str, set[int]] = {}
    for row in _table(lake).read().iter_rows(named=True):
        for name, version in _release(row).versions.items():
            named.setdefault(name, set()).add(version)
    return named


def _table(lake: Lake) -> Table:
    return lake.table(of_desk("releases"))


def _append(lake: Lake, release: Release, simulated: bool) -> None:
    row = {
        "release_id": release.release_id,
        "sequence": release.sequence,
        "as_of_utc": release.as_of_utc,
        "simulated": simulated,
        "versions": json.dumps(dict(release.versions), sort_keys=True),
        "hashes": json.dumps(dict(release.hashes), sort_keys=True),
    }
    _table(lake).append(pl.DataFrame([row]), commit_id=f"release-{release.release_id}")


def _release(row: Mapping[str, object]) -> Release:
    as_of = row["as_of_utc"]
    assert isinstance(as_of, datetime)
    versions, hashes = (_named(json.loads(str(row[column]))) for column in ("versions", "hashes"))
    return Release(str(row["release_id"]), int(str(row["sequence"])), as_of, versions, hashes)


def _named(tables: Mapping[str, Any]) -> dict[str, Any]:
    """What a release says of its tables, by the names that they have today."""
    return {present_name(name): value for name, value in tables.items()}
