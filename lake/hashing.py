"""The content hash: two tables are identical when the multisets of their rows are, whatever wrote them and when."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import duckdb
import polars as pl

from lake.contracts.model import Column, Contract

_FIELD_SEPARATOR = chr(31)


def content_hash(rows: pl.DataFrame | Sequence[str], contract: Contract) -> str:
    """Hash of a frame, or of Parquet files, over the contract's columns that are not volatile.

    Each row becomes one text, its MD5 one number; the numbers are summed, so neither the order of rows nor the files
    that hold them matter. Equal multisets of rows give equal hashes; memory stays bounded. 64 hexadecimal digits.
    """
    if not len(rows):
        return hashlib.sha256(b"empty").hexdigest()
    columns = [column for column in contract.columns if not column.volatile]
    text = f"concat_ws('{_FIELD_SEPARATOR}', {', '.join(_as_text(column) for column in columns)})"
    sums = (
        f"SELECT count(*), sum(md5_number_lower(row)), sum(md5_number_upper(row)) FROM (SELECT {text} AS row FROM {{}})"
    )
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        if isinstance(rows, pl.DataFrame):
            connection.register("rows", rows.to_arrow())
            found = connection.execute(sums.format("rows")).fetchone()
        else:
            files = "read_parquet(?, hive_partitioning = true, hive_types_autocast = false)"
            found = connection.execute(sums.format(files), [list(rows)]).fetchone()
    return hashlib.sha256(repr(found).encode()).hexdigest()


def _as_text(column: Column) -> str:
    name = f'"{column.name}"'
    value = f"epoch_us({name})" if column.type == "timestamp" else name
    if column.type == "float":
        value = f"({name} + 0.0)"
    return f"coalesce(cast({value} AS VARCHAR), chr(0))"
