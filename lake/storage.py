"""Delta Lake tables under one root: the only door to deltalake, and the commit path.

A commit is: new file names → fsync of files and folders → one Delta transaction → fsync of the log. A file name is
never reused, a repeated commit is a no-op, and writers of one table wait for each other behind a lock.
"""

from __future__ import annotations

import math
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote

import polars as pl
from deltalake import DeltaTable, Schema
from deltalake.transaction import AddAction, CommitProperties, PostCommitHookProperties, RemoveAction, Transaction
from filelock import FileLock, Timeout

from core.errors import CommitConflict, ContractBroken
from lake.conform import require
from lake.contracts.model import Contract, contract
from lake.files import Values, make_folder, partitions, sync_log, write_part
from lake.hashing import Sums, content_hash, partition_sums, remember, summed_by_partition

_CONFIGURATION = {"delta.enableDeletionVectors": "false"}
_LOCK_SECONDS = 600
Moment = int | datetime | None
"""A version, counted from 0; a commit time; or now."""
Snapshot = Mapping[str, Mapping[str, Any]]
"""What the log says of each live file, by its path below the table: never to be written to, others hold it too."""


@dataclass(frozen=True)
class Commit:
    """What a write left behind: the table's version, and whether anything had to be written."""

    version: int
    changed: bool


@dataclass(frozen=True)
class Lake:
    """All tables under one directory; `gold_root` may stand elsewhere: a replay never writes over newer gold."""

    root: Path
    gold_root: Path | None = None

    def table(self, name: str) -> Table:
        """The table of the contract `layer.group.entity`, whether or not anything wrote it yet."""
        found = contract(name)
        root = self.gold_root if found.identity[0] == "gold" and self.gold_root else self.root
        return Table(root.joinpath(*found.identity), found, root / ".locks" / f"{name}.lock")


class Table:
    """One Delta table: read it as of a version or a time, append, replace or merge."""

    def __init__(self, path: Path, contract: Contract, lock: Path) -> None:
        self.path = path
        self.contract = contract
        self._lock = lock

    @property
    def exists(self) -> bool:
        """Whether anything wrote the table yet."""
        return (self.path / "_delta_log").is_dir() and DeltaTable.is_deltatable(str(self.path))

    def version(self) -> int | None:
        """The newest version, counted from 0; None before the first write."""
        return self._open().version() if self.exists else None

    def scan(self, version: Moment = None) -> pl.LazyFrame:
        """The table as a lazy frame, at a version, at a commit time, or now; no rows before the first write."""
        return self._scan_files(self.files(version))

    def _scan_files(self, files: list[str]) -> pl.LazyFrame:
        if not files:
            return self.contract.empty().lazy()
        schema, by = self.contract.schema, self.contract.partition_by
        rows = pl.scan_parquet(
            files, glob=False, missing_columns="insert", hive_partitioning=bool(by),
            schema={name: dtype for name, dtype in schema.items() if name not in by},
            hive_schema={name: schema[name] for name in by} or None,
        )  # fmt: skip
        return rows.select(self.contract.column_names)

    def read(self, where: pl.Expr | None = None, version: Moment = None) -> pl.DataFrame:
        """Rows as a frame, filtered where asked."""
        rows = self.scan(version)
        return (rows if where is None else rows.filter(where)).collect()

    def files(self, version: Moment = None) -> list[str]:
        """The snapshot's own Parquet files: what DuckDB may read."""
        return sorted(str(self.path / path) for path in _snapshot(self.path, version))

    def rows(self, version: Moment = None) -> int:
        """How many rows the snapshot has, from the log alone."""
        return sum(add["num_records"] or 0 for add in _snapshot(self.path, version).values())

    def content_hash(self, version: Moment = None) -> str:
        """Content hash of the snapshot: see lake.hashing."""
        return content_hash(self.files(version), self.contract)

    def has_commit(self, commit_id: str) -> bool:
        """Whether a commit with this application id was made already."""
        return self.exists and self._open().transaction_version(commit_id) is not None

    def append(self, frame: pl.DataFrame, commit_id: str) -> Commit:
        """Add rows; a second append with the same `commit_id` is a no-op. Raises ContractBroken for a bad row."""
        with self._locked():
            table = self._open_or_create()
            if table.transaction_version(commit_id) is not None or frame.is_empty():
                return Commit(table.version(), False)
            return self._commit(table, require(frame, self.contract), [], commit_id)

    def replace(self, frame: pl.DataFrame, where: pl.Expr | None = None) -> Commit:
        """Make the rows that fulfil `where` (all rows by default) equal to `frame`; no new version where they are.

        Rows of which `where` says nothing stay. Partitions whose content stays the same keep their files. Raises
        ContractBroken for a bad row.
        """
        with self._locked():
            table, fresh = self._open_or_create(), require(frame, self.contract)
            if where is not None:
                fresh = require(pl.concat([self.read(~where.fill_null(False)), fresh]), self.contract)
            return self._rewrite(table, fresh)

    def merge(self, frame: pl.DataFrame) -> Commit:
        """Upsert by the contract's key. Raises ContractBroken for a bad row."""
        with self._locked():
            table, fresh = self._open_or_create(), require(frame, self.contract)
            kept = self.read().join(fresh, on=self.contract.key, how="anti", nulls_equal=True)
            return self._rewrite(table, pl.concat([kept, fresh]))

    def compact(
        self, retention_hours: float, keep_versions: Collection[int] = (), below_bytes: int | None = None
    ) -> int:
        """Join the small files of each partition, write a checkpoint, and delete files that no kept version names.

        `below_bytes`: larger files stay as they are; None joins all.

        Versions younger than `retention_hours`, and `keep_versions`, stay readable. Returns files deleted.
        """
        if not self.exists:
            return 0
        with self._locked():
            table = self._open()
            self._join_small_files(table, below_bytes)
            table.create_checkpoint()
            sync_log(self.path / "_delta_log")
            hours, kept = math.ceil(retention_hours), list(keep_versions)
            gone = table.vacuum(hours, dry_run=False, enforce_retention_duration=False, full=True, keep_versions=kept)
            sync_log(self.path / "_delta_log")
            return len(gone)

    def _join_small_files(self, table: DeltaTable, below_bytes: int | None) -> None:
        by_partition: dict[Values, list[str]] = {}
        small = {path: add for path, add in _live(table).items() if add["size_bytes"] < (below_bytes or math.inf)}
        for path, add in small.items():
            by_partition.setdefault(_values(add), []).append(path)
        scattered = sorted(path for paths in by_partition.values() if len(paths) > 1 for path in paths)
        if scattered:
            rows = self._scan_files([str(self.path / path) for path in scattered]).collect()
            self._commit(table, rows, [self._removal(path, small[path]) for path in scattered])

    def _rewrite(self, table: DeltaTable, wanted: pl.DataFrame) -> Commit:
        live = _live(table)
        standing = {str(self.path / path): _values(add) for path, add in live.items()}
        before, after = summed_by_partition(standing, self.contract), partition_sums(wanted, self.contract)
        changed = {values for values in before.keys() | after.keys() if before.get(values) != after.get(values)}
        if not changed:
            return Commit(table.version(), False)
        removed = [self._removal(path, add) for path, add in live.items() if _values(add) in changed]
        fresh = [part for values, part in partitions(wanted, self.contract) if values in changed]
        return self._commit(table, pl.concat(fresh) if fresh else self.contract.empty(), removed, sums=after)

    def _commit(
        self, table: DeltaTable, frame: pl.DataFrame, removed: Sequence[RemoveAction], commit_id: str | None = None,
        sums: Mapping[Values, Sums] = MappingProxyType({}),
    ) -> Commit:  # fmt: skip
        """`sums`: those of each partition of `frame`, where they are known."""
        written = [write_part(self.path, self.contract, *part) for part in partitions(frame, self.contract)]
        remember({str(self.path / add["path"]): _values(add) for add in written}, sums, self.contract)
        identified = [Transaction(commit_id, 1)] if commit_id else None
        table.create_write_transaction(
            [*(AddAction(**add) for add in written), *removed],
            mode="append",
            schema=table.schema(),
            partition_by=list(self.contract.partition_by),
            commit_properties=CommitProperties(app_transactions=identified),
            post_commithook_properties=PostCommitHookProperties(create_checkpoint=False, cleanup_expired_logs=False),
        )
        table.update_incremental()
        sync_log(self.path / "_delta_log")
        return Commit(table.version(), True)

    def _removal(self, path: str, add: Mapping[str, Any]) -> RemoveAction:
        values: dict[str, str | None] = dict(zip(self.contract.partition_by, _values(add), strict=True))
        return RemoveAction(path, True, int(time.time() * 1000), add["size_bytes"], values)

    def _open(self) -> DeltaTable:
        return DeltaTable(str(self.path))

    def _open_or_create(self) -> DeltaTable:
        if not self.exists:
            make_folder(self.path)
            DeltaTable.create(
                str(self.path),
                schema=self._schema(),
                partition_by=list(self.contract.partition_by),
                name=self.contract.name,
                description=self.contract.grain,
                configuration=_CONFIGURATION,
            )
            sync_log(self.path / "_delta_log")
            return self._open()
        return self._migrated(self._open())

    def _migrated(self, table: DeltaTable) -> DeltaTable:
        """A newer contract may add nullable columns to a table that exists; any other change needs a new table."""
        standing = {field.name: field.type for field in table.schema().fields}
        wanted = {field.name: field.type for field in self._schema().fields}
        added = [field for field in self._schema().fields if field.name not in standing]
        nullable = {column.name for column in self.contract.columns if column.nullable}
        changed = [name for name, kind in standing.items() if wanted.get(name) != kind]
        changed += [field.name for field in added if field.name not in nullable]
        if changed or tuple(table.metadata().partition_columns) != self.contract.partition_by:
            raise ContractBroken(
                f"Table {self.contract.name} was written under another contract; {changed or 'its partitions'} differ.",
                "Move the lake away and run again: silver and gold are rebuilt from the vendors' files.",
            )
        if added:
            table.alter.add_columns(added)
            table.update_incremental()
            sync_log(self.path / "_delta_log")
        return table

    def _schema(self) -> Schema:
        return Schema.from_arrow(self.contract.empty().to_arrow().schema)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._lock.parent.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self._lock, timeout=_LOCK_SECONDS):
                yield
        except Timeout as error:
            raise CommitConflict(
                f"Another writer holds {self.contract.name}.", "Wait for it, then run again."
            ) from error


def _values(add: Mapping[str, Any]) -> Values:
    partition: Mapping[str, Any] = add.get("partition_values") or add.get("partition") or {}
    return tuple(str(value) for value in partition.values())


def _snapshot(table: Path, moment: Moment = None) -> Snapshot:
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


def _live(table: DeltaTable) -> dict[str, dict[str, Any]]:
    """The data files of the version that is open."""
    actions = pl.DataFrame(table.get_add_actions(flatten=False))
    return {unquote(add["path"]): add for add in actions.iter_rows(named=True)}


def _newest_commit(table: Path) -> Path | None:
    """The file of the newest commit; the log keeps at least that one when it is tidied."""
    return max((table / "_delta_log").glob("[0-9]*[0-9].json"), default=None)


def _version_at(table: Path, moment: datetime) -> int:
    made = [(int(entry["timestamp"]), int(entry["version"])) for entry in DeltaTable(str(table)).history()]
    return max((version for at, version in made if datetime.fromtimestamp(at / 1000, UTC) <= moment), default=-1)


@lru_cache(maxsize=128)
def _live_at(table: Path, version: int, newest_commit: str, written_ns: int) -> Snapshot:
    """`newest_commit` and its time tell a table from another one that stood at the same path before."""
    opened = DeltaTable(str(table))
    opened.load_as_version(version)
    return _live(opened)
