"""Delta Lake tables under one root: the only door to deltalake, and the commit path.

A commit is: new file names → fsync of files and folders → one Delta transaction → fsync of the log. A file name is
never reused, a repeated commit is a no-op, and writers of one table wait for each other behind a lock.
"""

from __future__ import annotations

import json
import os
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import polars as pl
from deltalake import DeltaTable, Schema
from deltalake.transaction import AddAction, CommitProperties, RemoveAction, Transaction
from filelock import FileLock

from core.errors import ContractBroken, TableMissing
from lake.conform import require
from lake.contracts.model import Contract, contract
from lake.hashing import content_hash

_CONFIGURATION = {"delta.enableDeletionVectors": "false", "delta.checkpointInterval": "20"}


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
        layer_root = self.gold_root if found.identity[0] == "gold" and self.gold_root else self.root
        return Table(layer_root.joinpath(*found.identity), found, self.root / ".locks" / f"{name}.lock")


class Table:
    """One Delta table: read it as of a version or a time, append, replace or merge."""

    def __init__(self, path: Path, contract: Contract, lock: Path) -> None:
        self.path = path
        self.contract = contract
        self._lock = lock

    # reading ------------------------------------------------------------------------------------------------------

    @property
    def exists(self) -> bool:
        """Whether anything wrote the table yet."""
        return (self.path / "_delta_log").is_dir() and DeltaTable.is_deltatable(str(self.path))

    def version(self) -> int | None:
        """The newest version, counted from 0; None before the first write."""
        return self._open().version() if self.exists else None

    def scan(self, version: int | datetime | None = None) -> pl.LazyFrame:
        """The table as a lazy frame, at a version, at a commit time, or now; no rows before the first write."""
        files = self.files(version)
        if not files:
            return self.contract.empty().lazy()
        own = {name: dtype for name, dtype in self.contract.schema.items() if name not in self.contract.partition_by}
        rows = pl.scan_parquet(
            files, schema=own, missing_columns="insert", hive_partitioning=True, hive_schema=self._hive_schema()
        )
        return rows.select(self.contract.column_names)

    def read(self, where: pl.Expr | None = None, version: int | datetime | None = None) -> pl.DataFrame:
        """Rows as a frame, filtered where asked."""
        rows = self.scan(version)
        return (rows if where is None else rows.filter(where)).collect()

    def files(self, version: int | datetime | None = None) -> list[str]:
        """The snapshot's own Parquet files: what DuckDB may read."""
        if not self.exists:
            return []
        return sorted(str(self.path / path) for path in self._live(self._open(version)))

    def rows(self, version: int | None = None) -> int:
        """How many rows the snapshot has, from the log alone."""
        if not self.exists:
            return 0
        return sum(add["num_records"] or 0 for add in self._live(self._open(version)).values())

    def content_hash(self, version: int | None = None) -> str:
        """Content hash of the snapshot: see lake.hashing."""
        return content_hash(self.files(version), self.contract)

    def has_commit(self, commit_id: str) -> bool:
        """Whether a commit with this application id was made already."""
        return self.exists and self._open().transaction_version(commit_id) is not None

    # writing ------------------------------------------------------------------------------------------------------

    def append(self, frame: pl.DataFrame, commit_id: str) -> Commit:
        """Add rows; a second append with the same `commit_id` is a no-op. Raises ContractBroken for a bad row."""
        with self._locked():
            table = self._open_or_create()
            if table.transaction_version(commit_id) is not None or frame.is_empty():
                return Commit(table.version(), False)
            return self._commit(table, require(frame, self.contract), [], commit_id)

    def replace(self, frame: pl.DataFrame, where: pl.Expr | None = None) -> Commit:
        """Make the rows that fulfil `where` (all rows by default) equal to `frame`; no new version where they are.

        Partitions whose content stays the same keep their files. Raises ContractBroken for a bad row.
        """
        with self._locked():
            table = self._open_or_create()
            standing = self.scan()
            kept = standing.filter(~where).collect() if where is not None else self.contract.empty()
            wanted = require(
                pl.concat([kept, frame.select(self.contract.column_names).cast(self.contract.schema)]),
                self.contract,
            )
            return self._rewrite(table, standing.collect(), wanted)

    def merge(self, frame: pl.DataFrame) -> Commit:
        """Upsert by the contract's key. Raises ContractBroken for a bad row."""
        with self._locked():
            table = self._open_or_create()
            standing = self.read()
            fresh = require(frame, self.contract)
            kept = standing.join(fresh, on=self.contract.key, how="anti", nulls_equal=True)
            return self._rewrite(table, standing, pl.concat([kept, fresh]))

    def compact(self, retention_hours: float) -> int:
        """Join small files, write a checkpoint, delete files unused for `retention_hours`; returns files deleted."""
        if not self.exists:
            return 0
        with self._locked():
            table = self._open()
            table.optimize.compact()
            table.create_checkpoint()
            gone = table.vacuum(retention_hours=int(retention_hours), dry_run=False, enforce_retention_duration=False)
            return len(gone)

    # the commit path ----------------------------------------------------------------------------------------------

    def _rewrite(self, table: DeltaTable, standing: pl.DataFrame, wanted: pl.DataFrame) -> Commit:
        changed = _changed_partitions(standing, wanted, self.contract)
        if changed is None:
            return Commit(table.version(), False)
        removed = [self._removal(path, add) for path, add in self._live(table).items() if _values(add) in changed]
        fresh = [part for values, part in _partitions(wanted, self.contract) if values in changed]
        return self._commit(
            table, pl.concat(fresh) if fresh else self.contract.empty(), removed, f"rewrite-{uuid.uuid4()}"
        )

    def _commit(self, table: DeltaTable, frame: pl.DataFrame, removed: list[RemoveAction], commit_id: str) -> Commit:
        added = [self._write_file(values, part) for values, part in _partitions(frame, self.contract)]
        table.create_write_transaction(
            [*added, *removed],
            mode="append",
            schema=table.schema(),
            partition_by=list(self.contract.partition_by),
            commit_properties=CommitProperties(app_transactions=[Transaction(commit_id, 1)]),
        )
        table.update_incremental()
        _fsync_folder(self.path / "_delta_log")
        return Commit(table.version(), True)

    def _write_file(self, values: tuple[str | None, ...], part: pl.DataFrame) -> AddAction:
        names = self.contract.partition_by
        folder = self.path.joinpath(*(f"{name}={value}" for name, value in zip(names, values, strict=True)))
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"part-{uuid.uuid4()}.parquet"
        part.drop(names).write_parquet(file, compression="zstd", compression_level=1)
        _fsync(file)
        _fsync(folder)
        return AddAction(
            path=file.relative_to(self.path).as_posix(),
            size=file.stat().st_size,
            partition_values=dict(zip(names, values, strict=True)),
            modification_time=int(time.time() * 1000),
            data_change=True,
            stats=json.dumps({"numRecords": len(part)}),
        )

    def _removal(self, path: str, add: Mapping[str, Any]) -> RemoveAction:
        values = dict(zip(self.contract.partition_by, _values(add), strict=True))
        return RemoveAction(path, True, int(time.time() * 1000), add["size_bytes"], values)

    # small parts --------------------------------------------------------------------------------------------------

    def _open(self, version: int | datetime | None = None) -> DeltaTable:
        if not self.exists:
            raise TableMissing(f"Table {self.contract.name} has not been written yet.", "Run `fairline run` first.")
        table = DeltaTable(str(self.path))
        if version is not None:
            table.load_as_version(version)
        return table

    def _open_or_create(self) -> DeltaTable:
        if not self.exists:
            self.path.mkdir(parents=True, exist_ok=True)
            DeltaTable.create(
                str(self.path),
                schema=self._delta_schema(),
                partition_by=list(self.contract.partition_by),
                name=self.contract.name,
                description=self.contract.grain,
                configuration=_CONFIGURATION,
            )
            _fsync_folder(self.path / "_delta_log")
        return self._migrated(self._open())

    def _migrated(self, table: DeltaTable) -> DeltaTable:
        """A newer contract may add nullable columns to a table that exists; any other change needs a new table."""
        standing = {field.name for field in table.schema().fields}
        added = [field for field in self._delta_schema().fields if field.name not in standing]
        if standing - set(self.contract.column_names):
            raise ContractBroken(
                f"Table {self.contract.name} was written under another contract: it has {sorted(standing)}.",
                "Move the lake away and run again: silver and gold are rebuilt from the vendors' files.",
            )
        if added:
            table.alter.add_columns(added)
            table.update_incremental()
        return table

    def _delta_schema(self) -> Schema:
        return Schema.from_arrow(self.contract.empty().to_arrow().schema)

    def _live(self, table: DeltaTable) -> dict[str, dict[str, Any]]:
        actions = pl.DataFrame(table.get_add_actions(flatten=False))
        return {unquote(add["path"]): add for add in actions.iter_rows(named=True)}

    def _hive_schema(self) -> dict[str, pl.DataType] | None:
        return {name: self.contract.schema[name] for name in self.contract.partition_by} or None

    def _locked(self) -> FileLock:
        self._lock.parent.mkdir(parents=True, exist_ok=True)
        return FileLock(self._lock, timeout=600)


def _partitions(frame: pl.DataFrame, contract: Contract) -> list[tuple[tuple[str | None, ...], pl.DataFrame]]:
    if frame.is_empty():
        return []
    if not contract.partition_by:
        return [((), frame)]
    parts = frame.partition_by(*contract.partition_by, as_dict=True, maintain_order=True)
    return sorted(
        ((tuple(str(value) for value in values), part) for values, part in parts.items()), key=lambda item: item[0]
    )


def _values(add: Mapping[str, Any]) -> tuple[str | None, ...]:
    partition: Mapping[str, Any] = add.get("partition_values") or add.get("partition") or {}
    return tuple(str(value) for value in partition.values())


def _changed_partitions(
    standing: pl.DataFrame, wanted: pl.DataFrame, contract: Contract
) -> set[tuple[str | None, ...]] | None:
    """Partitions whose content differs; None where nothing does."""
    before = {values: content_hash(part, contract) for values, part in _partitions(standing, contract)}
    after = {values: content_hash(part, contract) for values, part in _partitions(wanted, contract)}
    changed = {values for values in before.keys() | after.keys() if before.get(values) != after.get(values)}
    return changed or None


def _fsync_folder(folder: Path) -> None:
    newest: Sequence[Path] = sorted(folder.glob("*.json"))[-1:]
    for file in newest:
        _fsync(file)
    _fsync(folder)


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
