"""The content hash: two tables are identical when the multisets of their rows are, whatever wrote them and when."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

import duckdb
import polars as pl

from lake.contracts.model import Column, Contract

Rows = pl.DataFrame | Sequence[str]
Values = tuple[str, ...]
Sums = tuple[int, int, int]
"""How many rows there are, and both halves of their MD5 numbers, summed: the sums of parts add up to those of all."""
NOTHING: Sums = (0, 0, 0)
_CLOSED_TYPES = ("bool", "date", "float", "int", "timestamp")
"""Types whose text has no separator and is never empty."""
_FILES_KEPT = 100_000
_known: dict[tuple[str, str], Sums] = {}
"""Sums of files by path and cells. A file of a table is never written to again, so they hold as long as the process."""


def content_hash(rows: Rows, contract: Contract) -> str:
    """Hash of a frame, or of Parquet files, over the contract's columns that are not volatile.

    Each row becomes one text, its MD5 one number; the numbers are summed, so neither the order of rows nor the files
    that hold them matter. Equal multisets of rows give equal hashes; memory stays bounded. 64 hexadecimal digits.
    """
    parts = partition_sums(rows, contract) if isinstance(rows, pl.DataFrame) else file_sums(rows, contract)
    sums = total(parts.values())
    return hashlib.sha256(repr(sums).encode() if sums[0] else b"empty").hexdigest()


def total(parts: Iterable[Sums]) -> Sums:
    """The sums of all parts together."""
    found = NOTHING
    for part in parts:
        found = (found[0] + part[0], found[1] + part[1], found[2] + part[2])
    return found


def partition_sums(rows: pl.DataFrame, contract: Contract) -> dict[Values, Sums]:
    """The sums of each partition that has rows, by the values of the contract's partition columns."""
    if rows.is_empty():
        return {}
    return _sums(rows, "SELECT * FROM frame", contract, contract.partition_by)


def file_sums(files: Sequence[str], contract: Contract) -> dict[str, Sums]:
    """The sums of each Parquet file of a table; those that this process knows already are not read again."""
    cells = _cells(contract)
    known = {file: _known[file, cells] for file in files if (file, cells) in _known}
    unknown = [file for file in files if file not in known]
    if not unknown:
        return known
    source = union_of_files(unknown, "frame", "filename = true, ")
    read = _sums(contract.empty().with_columns(filename=pl.lit("")), source, contract, ("filename",))
    fresh: dict[Values, Sums] = {(file,): read.get((file,), NOTHING) for file in unknown}
    remember({file: (file,) for file in unknown}, fresh, contract)
    return known | {file: fresh[(file,)] for file in unknown}


def summed_by_partition(files: Mapping[str, Values], contract: Contract) -> dict[Values, Sums]:
    """The sums of each partition that has rows, from its files by path."""
    found: dict[Values, Sums] = {}
    for file, sums in file_sums(list(files), contract).items():
        found[files[file]] = total([found.get(files[file], NOTHING), sums])
    return {values: sums for values, sums in found.items() if sums != NOTHING}


def remember(files: Mapping[str, Values], sums: Mapping[Values, Sums], contract: Contract) -> None:
    """Take over from whoever wrote these files the sums of each partition, of which every file is the only one."""
    if len(_known) >= _FILES_KEPT:
        _known.clear()
    cells = _cells(contract)
    _known.update({(file, cells): sums[values] for file, values in files.items() if values in sums})


def union_of_files(files: Sequence[str], empty: str, options: str = "") -> str:
    """SQL that reads Parquet files under the full schema of the relation `empty`: a column that files lack is null."""
    listed = ", ".join("'" + file.replace("'", "''") + "'" for file in files)
    options += "union_by_name = true, hive_partitioning = true, hive_types_autocast = false"
    read = f"read_parquet([{listed}], {options})"
    return f"SELECT * FROM {empty} UNION ALL BY NAME SELECT * FROM {read}"


def _sums(frame: pl.DataFrame, source: str, contract: Contract, groups: Sequence[str]) -> dict[Values, Sums]:
    """The sums of what `source` selects, by the values of some columns. `frame` is known to it by that name."""
    by = "".join(f'"{name}", ' for name in groups)
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.register("frame", frame.to_arrow())
        found = connection.execute(
            f"SELECT {by} count(*), sum(md5_number_lower(row)), sum(md5_number_upper(row)) "
            f"FROM (SELECT {by} concat_ws('|', {_cells(contract)}) AS row FROM ({source})) GROUP BY ALL"
        ).fetchall()
    place = len(groups)
    return {tuple(str(value) for value in row[:place]): (row[place], row[place + 1], row[place + 2]) for row in found}


def _cells(contract: Contract) -> str:
    return ", ".join(_as_text(column) for column in contract.columns if not column.volatile)


def _as_text(column: Column) -> str:
    """A cell as text, empty where null; a string has its length before it, so that no two rows share a text."""
    value = f'"{column.name}"'
    if column.type == "timestamp":
        value = f"epoch_us({value})"
    if column.type == "float":
        value = f"({value} + 0.0)"
    text = f"cast({value} AS VARCHAR)"
    if column.type not in _CLOSED_TYPES:
        text = f"strlen({text}) || ':' || {text}"
    return f"coalesce({text}, '')"
