"""Faults in the data itself: names, columns, rows, prices, sides and time stamps that are wrong.

Each acts on objects or text by the shape of the endpoint, and leaves the document as it is where that names nothing.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

from sandbox.server.documents import Table, change_records, objects
from sandbox.server.fault import Fault, retold
from sandbox.vendors.base import Answer, Ask, Kind, Shape
from sandbox.vendors.view import View

EVERY_NTH = 3


def _spared(index: int) -> bool:
    return index % EVERY_NTH != 0


class _Distortion(Fault):
    kinds: ClassVar[tuple[Kind, ...]] = ("json", "csv")

    def document(self, answer: Answer, shape: Shape) -> Answer:
        """The document, distorted; a refusal is left alone."""
        if answer.status != 200:
            return answer
        if answer.kind == "csv":
            table = Table(answer.document)
            self.distort_table(table, shape)
            return retold(answer, table.text())
        document = copy.deepcopy(answer.document)
        self.distort_objects(document, shape)
        return retold(answer, document)

    def distort_table(self, table: Table, shape: Shape) -> None:
        """Change a CSV document in place."""

    def distort_objects(self, document: Any, shape: Shape) -> None:
        """Change a JSON document in place."""


class RenamedField(_Distortion):
    """A field that matters has another name."""

    name = "renamed_field"

    def distort_table(self, table: Table, shape: Shape) -> None:
        """Rename the column."""
        if shape.renamed:
            old, new = shape.renamed
            table.header = [new if name == old else name for name in table.header]

    def distort_objects(self, document: Any, shape: Shape) -> None:
        """Rename the field wherever it stands, at its own place among the others; also in a list of column names."""
        if shape.renamed is None:
            return
        old, new = shape.renamed
        for found in list(objects(document)):
            items = [(new if name == old else name, value) for name, value in found.items()]
            found.clear()
            found.update(items)
            if isinstance(found.get("headers"), list):
                found["headers"] = [new if name == old else name for name in found["headers"]]


class ShiftedColumns(_Distortion):
    """The cells of a table stand one column to the right of their names."""

    name = "shifted_columns"

    def distort_table(self, table: Table, shape: Shape) -> None:
        """Shift every row, the first column apart."""
        table.rows = [[*row[:1], "", *row[1:-1]] for row in table.rows]

    def distort_objects(self, document: Any, shape: Shape) -> None:
        """Shift the rows that are lists; objects have no columns."""
        if shape.rows is not None:
            change_records(document, shape.rows, _shifted)


def _shifted(rows: list[Any]) -> list[Any]:
    return [[*row[:1], None, *row[1:-1]] if isinstance(row, list) else row for row in rows]


class DuplicateRows(_Distortion):
    """Every third row comes twice."""

    name = "duplicate_rows"

    def distort_table(self, table: Table, shape: Shape) -> None:
        """Repeat rows."""
        table.rows = _doubled(table.rows)

    def distort_objects(self, document: Any, shape: Shape) -> None:
        """Repeat records."""
        if shape.rows is not None:
            change_records(document, shape.rows, _doubled)


def _doubled(rows: list[Any]) -> list[Any]:
    return [copy.deepcopy(row) for index, row in enumerate(rows) for _ in range(1 if _spared(index) else 2)]


class LateRows(_Distortion):
    """Every third row is held back as long as the fault lasts, and delivered after it."""

    name = "late_rows"

    def distort_table(self, table: Table, shape: Shape) -> None:
        """Hold rows back."""
        table.rows = [row for index, row in enumerate(table.rows) if _spared(index)]

    def distort_objects(self, document: Any, shape: Shape) -> None:
        """Hold records back."""
        if shape.rows is not None:
            change_records(document, shape.rows, lambda rows: [row for index, row in enumerate(rows) if _spared(index)])


class StalePrices(_Distortion):
    """Prices are those of so many hours ago (48 unless told), and time stamps too."""

    name = "stale_prices"
    default = 48.0

    def asked(self, ask: Ask, at: Callable[[datetime], View], shape: Shape) -> Ask:
        """The request, understood as of then."""
        if not shape.prices:
            return ask
        then = ask.now - timedelta(hours=self.argument)
        return replace(ask, now=then, view=at(then))


class ZeroPrice(_Distortion):
    """Every third price is 0."""

    name = "zero_price"

    def distort_table(self, table: Table, shape: Shape) -> None:
        """Put 0 into the price columns of every third row."""
        places = table.places(shape.prices)
        for row in table.rows[::EVERY_NTH]:
            for place in places:
                if place < len(row):
                    row[place] = "0"

    def distort_objects(self, document: Any, shape: Shape) -> None:
        """Put 0, as a number or as text, into price fields."""
        found = [(item, name) for item in objects(document) for name in shape.prices if name in item]
        for item, name in found[::EVERY_NTH]:
            item[name] = "0.00" if isinstance(item[name], str) else 0


class SwappedSides(_Distortion):
    """In every third row home and away have changed places."""

    name = "swapped_sides"

    def distort_table(self, table: Table, shape: Shape) -> None:
        """Swap columns of rows."""
        pairs = [table.places(pair) for pair in shape.sides]
        for row in table.rows[::EVERY_NTH]:
            for home, away in (pair for pair in pairs if len(pair) == 2):
                row[home], row[away] = row[away], row[home]

    def distort_objects(self, document: Any, shape: Shape) -> None:
        """Swap fields of the objects that have both."""
        for home, away in shape.sides:
            holders = [item for item in objects(document) if home in item and away in item]
            for item in holders[::EVERY_NTH]:
                item[home], item[away] = item[away], item[home]


class ClockSkew(_Distortion):
    """The vendor's clock is so many seconds ahead (7200 unless told): its time stamps lie in the future."""

    name = "clock_skew"
    default = 7200.0

    def distort_table(self, table: Table, shape: Shape) -> None:
        """Shift the stamp columns."""
        for place in table.places(shape.stamps):
            for row in table.rows:
                row[place] = str(_later(row[place], self.argument))

    def distort_objects(self, document: Any, shape: Shape) -> None:
        """Shift the stamp fields, ISO 8601 text or seconds since 1970."""
        for item in objects(document):
            for name in shape.stamps:
                if item.get(name):
                    item[name] = _later(item[name], self.argument)


def _later(stamp: Any, seconds: float) -> Any:
    """The stamp so many seconds later, written the way it was; text that is no time stays as it is."""
    if isinstance(stamp, (int, float)):
        return type(stamp)(stamp + seconds)
    try:
        moved = datetime.fromisoformat(stamp) + timedelta(seconds=seconds)
    except (TypeError, ValueError):
        return stamp
    text = moved.isoformat(timespec="milliseconds" if "." in stamp else "seconds")
    return text.replace("+00:00", "Z") if stamp.endswith("Z") else text


DISTORTIONS: tuple[type[Fault], ...] = (
    RenamedField,
    ShiftedColumns,
    DuplicateRows,
    LateRows,
    StalePrices,
    ZeroPrice,
    SwappedSides,
    ClockSkew,
)
