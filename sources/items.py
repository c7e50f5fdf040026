"""From the objects of a JSON document to a typed table: which field becomes which column, and what is wrong with a row.

A field that is absent, null or empty is null; one of a wrong type costs its row, never the payload.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from sources.rows import ROW, TEXT, UTC_TIME, Refused, item_text, moment, number, number_in_text, text, whole


@dataclass(frozen=True)
class Field:
    """A column and where it stands in an item, such as `("fixture", "id")`; a `needed` one may not be null.

    `read` gives the value, or None for what is none of its type.
    """

    name: str
    path: tuple[str, ...]
    read: Callable[[object], object | None]
    type: pl.DataType
    needed: bool = False


def words(name: str, *path: str, needed: bool = False) -> Field:
    """A column of text; a number in its place is taken as its digits."""
    return Field(name, path, _words, pl.String(), needed)


def count(name: str, *path: str, needed: bool = False) -> Field:
    """A column of whole numbers."""
    return Field(name, path, whole, pl.Int64(), needed)


def amount(name: str, *path: str, needed: bool = False) -> Field:
    """A column of numbers."""
    return Field(name, path, number, pl.Float64(), needed)


def amount_in_text(name: str, *path: str, needed: bool = False) -> Field:
    """A column of numbers that the vendor may write as text."""
    return Field(name, path, number_in_text, pl.Float64(), needed)


def instant(name: str, *path: str, needed: bool = False) -> Field:
    """A column of times, UTC."""
    return Field(name, path, moment, UTC_TIME, needed)


def flag(name: str, *path: str, needed: bool = False) -> Field:
    """A column of true and false."""
    return Field(name, path, lambda value: value if isinstance(value, bool) else None, pl.Boolean(), needed)


def at(item: object, *path: str) -> Any:
    """What stands at this path of an item; None where anything on the way is no object."""
    for step in path:
        if not isinstance(item, dict):
            return None
        item = item.get(step)
    return item


def listed(item: object, *path: str) -> list[Any]:
    """The list at this path of an item; empty where there is none."""
    found = at(item, *path)
    return found if isinstance(found, list) else []


def table(items: Iterable[object], fields: Sequence[Field]) -> tuple[pl.DataFrame, list[Refused]]:
    """Rows of the items that can be read, and the others with their reason.

    Rows have a column a field, `row_number` (1 is the first item) and `row_text`. Reasons: `not_an_object`,
    `wrong_type`, `missing_field`.
    """
    rows: list[tuple[object, ...]] = []
    refused: list[Refused] = []
    for place, item in enumerate(items, start=1):
        values, fault = _values(item, fields)
        if fault is None:
            rows.append((*values, place, item_text(item)))
        else:
            refused.append(Refused(place, *fault, item))
    schema = {field.name: field.type for field in fields} | {ROW: pl.Int64(), TEXT: pl.String()}
    return pl.DataFrame(rows, schema=schema, orient="row"), refused


def _values(item: object, fields: Sequence[Field]) -> tuple[list[object], tuple[str, str] | None]:
    if not isinstance(item, dict):
        return [], ("not_an_object", f"A {type(item).__name__} stands in the place of an object.")
    values = []
    for field in fields:
        said = at(item, *field.path)
        value = None if said is None or said == "" else field.read(said)
        if value is None:
            where = ".".join(field.path)
            if said is not None and said != "":
                return [], ("wrong_type", f"{where} '{str(said)[:60]}' is no {field.type}.")
            if field.needed:
                return [], ("missing_field", f"{where} is missing.")
        values.append(value)
    return values, None


def _words(value: object) -> str | None:
    if isinstance(value, bool):
        return None
    return str(value) if isinstance(value, int | float) else text(value)
