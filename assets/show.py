"""What an asset shows of itself in the UI: row counts, a preview, a picture."""

import base64

import polars as pl
from dagster import MetadataValue, TableColumn, TableRecord, TableSchema

from lake.contracts.model import Contract
from lake.storage import Table

_PREVIEW_ROWS = 8
_TEXT_WIDTH = 40
Metadata = dict[str, MetadataValue]  # type: ignore[type-arg]  # values of any kind


def table_metadata(table: Table) -> Metadata:
    """Rows, version, schema and a preview of a table's newest snapshot."""
    newest = table.scan().tail(_PREVIEW_ROWS).collect()
    return {
        "dagster/row_count": MetadataValue.int(table.rows()),
        "version": MetadataValue.int(table.version() or 0),
        "grain": MetadataValue.text(table.contract.grain),
        "dagster/column_schema": MetadataValue.table_schema(_schema(table.contract)),
        "preview": preview(newest),
    }


def preview(frame: pl.DataFrame) -> MetadataValue:  # type: ignore[type-arg]  # of whichever kind shows it
    """The first rows of a frame as a table."""
    shown = frame.head(_PREVIEW_ROWS)
    records = [TableRecord({name: _text(value) for name, value in row.items()}) for row in shown.iter_rows(named=True)]
    columns = [TableColumn(name, str(dtype)) for name, dtype in shown.schema.items()]
    return MetadataValue.table(records, TableSchema(columns))


def picture(title: str, png: bytes) -> MetadataValue:  # type: ignore[type-arg]  # of whichever kind shows it
    """A PNG shown inline."""
    return MetadataValue.md(f"![{title}](data:image/png;base64,{base64.b64encode(png).decode()})")


def _schema(contract: Contract) -> TableSchema:
    return TableSchema([TableColumn(c.name, c.type, description=c.description) for c in contract.columns])


def _text(value: object) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= _TEXT_WIDTH else f"{text[:_TEXT_WIDTH]}…"
