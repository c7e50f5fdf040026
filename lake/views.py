"""A private DuckDB database whose views are snapshots of lake tables: what dbt builds on, and what SQL readers open."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import polars as pl

from lake.conform import require
from lake.contracts.model import contract
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
    connection.execute(f'CREATE SCHEMA IF NOT EXISTS "{layer}_{group}"')
    target = f'"{layer}_{group}"."{entity}"'
    files = lake.table(name).files()
    if files:
        listed = ", ".join("'" + file.replace("'", "''") + "'" for file in files)
        source = f"read_parquet([{listed}], hive_partitioning = true, hive_types_autocast = false)"
        connection.execute(f"CREATE OR REPLACE VIEW {target} AS SELECT * FROM {source}")
        return
    connection.register("empty_table", contract(name).empty().to_arrow())
    connection.execute(f"CREATE OR REPLACE TABLE {target} AS SELECT * FROM empty_table")
    connection.unregister("empty_table")
