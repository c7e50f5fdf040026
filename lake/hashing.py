"""The content hash: two tables are identical when the multisets of their rows are, whatever wrote them and when."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import duckdb
import polars as pl

from lake.contracts.model import Column, Contract

Rows = pl.DataFrame | Sequence[str]
Values = tuple[str, ...]
_CLOSED_TYPES = ("bool", "date", "float", "int", "timestamp")
"""Types whose text has no separator and is never empty."""


def content_hash(rows: Rows, contract: Contract) -> str:
    """Hash of a frame, or of Parquet files, over the contract's columns that are not volatile.

    Each row becomes one text, its MD5 one number; the numbers are summed, so neither the order of rows nor the files
    that hold them matter. Equal multisets of rows give equal hashes; memory stays bounded. 64 hexadecimal digits.
    """
    return _sums(rows, contract, ()).get((), hashlib.sha256(b"empty").hexdigest())


def partition_hashes(rows: pl.DataFrame, contract: Contract) -> dict[Values, str]:
    """The content hash of each partition that has rows, by the values of the contract's partition columns."""
    return _sums(rows, contract, contract.partition_by)


def union_of_files(files: Sequence[str], empty: str) -> str:
    """SQL that reads Parquet files under the full schema of the relation `empty`: a column that files lack is null."""
    listed = ", ".join("'" + file.replace("'", "''") + "'" for file in files)
    read = f"read_parquet([{listed}], union_by_name = true, hive_partitioning = true, hive_types_autocast = false)"
    return f"SELECT * FROM {empty} UNION ALL BY NAME SELECT * FROM {read}"


def _sums(rows: Rows, contract: Contract, groups: Sequence[str]) -> dict[Values, str]:
    if not len(rows):
        return {}
    cells = ", ".join(_as_text(column) for column in contract.columns if not column.volatile)
    by = "".join(f'"{name}", ' for name in groups)
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.register("frame", (rows if isinstance(rows, pl.DataFrame) else contract.empty()).to_arrow())
        source = "SELECT * FROM frame" if isinstance(rows, pl.DataFrame) else union_of_files(rows, "frame")
        found = connection.execute(
            f"SELECT {by} count(*), sum(md5_number_lower(row)), sum(md5_number_upper(row)) "
            f"FROM (SELECT {by} concat_ws('|', {cells}) AS row FROM ({source})) GROUP BY ALL"
        ).fetchall()
    place = len(groups)
    return {
        tuple(str(value) for value in row[:place]): hashlib.sha256(repr(row[place:]).encode()).hexdigest()
        for row in found
    }


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
