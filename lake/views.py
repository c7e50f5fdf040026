"""A private DuckDB database whose views are snapshots of lake tables: what dbt builds on, and what SQL readers open."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import polars as pl

from lake.conform import require
from lake.contracts.model import contract
from lake.hashing import union_of_files
from lake.storage import Lake


def open_snapshot(database: Path, lake: Lake, names: Sequence[str]) -> None:
    """Create `database` with one view per table, `layer_group.entity`, over exactly the snapshot's own files.

    A table that nothing wrote yet is an empty table of the contract's columns.
    """
    database.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(database)) as connection:
        for name in names:
            _add(connection, lake, name)


def read_table(database: Path, schema: str, name: str) -> pl.DataFrame:
    """One table of the database in its contract's columns; raises ContractBroken where a row breaks it."""
    wanted = contract(f"{schema.replace('_', '.', 1)}.{name}")
    with duckdb.connect(str(database), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        columns = ", ".join(f'"{column}"' for column in wanted.column_names)
        frame = pl.DataFrame(connection.sql(f'SELECT {columns} FROM "{schema}"."{name}"').to_arrow_table())
    return require(frame, wanted)


def _add(connection: duckdb.DuckDBPyConnection, lake: Lake, name: str) -> None:
    layer, group, entity = contract(name).identity
    schema, empty = f'"{layer}_{group}"', f'"empty_{layer}_{group}"'
    connection.register("frame", contract(name).empty().to_arrow())
    for folder in (schema, empty):
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {folder}")
    connection.execute(f'CREATE TABLE IF NOT EXISTS {empty}."{entity}" AS SELECT * FROM frame')
    connection.unregister("frame")
    files = lake.table(name).files()
    rows = union_of_files(files, f'{empty}."{entity}"') if files else f'SELECT * FROM {empty}."{entity}"'
    columns = ", ".join(f'"{column}"' for column in contract(name).column_names)
    connection.execute(f'CREATE OR REPLACE VIEW {schema}."{entity}" AS SELECT {columns} FROM ({rows})')
