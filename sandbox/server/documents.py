"""Reaching into a vendor's document by its shape: records, fields and columns, of JSON objects or of CSV text."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any

Record = Any
EVERY = "*"


def record_lists(document: Any, path: tuple[str, ...]) -> Iterator[list[Record]]:
    """Every list of records at the end of a path; "*" goes into each item of a list or of an object."""
    if not path:
        if isinstance(document, list):
            yield document
        return
    head, rest = path[0], path[1:]
    if head == EVERY:
        items = document.values() if isinstance(document, dict) else document if isinstance(document, list) else ()
        for item in items:
            yield from record_lists(item, rest)
    elif isinstance(document, dict) and head in document:
        yield from record_lists(document[head], rest)


def objects(document: Any) -> Iterator[dict[str, Any]]:
    """Every JSON object in a document, from the outermost in."""
    if isinstance(document, dict):
        yield document
    if isinstance(document, (dict, list)):
        for item in document.values() if isinstance(document, dict) else document:
            yield from objects(item)


def change_records(document: Any, path: tuple[str, ...], change: Callable[[list[Record]], list[Record]]) -> None:
    """Change every list of records in place."""
    for records in record_lists(document, path):
        records[:] = change(records)


class Table:
    """A CSV document as its header and its rows; `text` writes it again, with the line ends that it came with."""

    def __init__(self, text: str) -> None:
        self._end = "\r\n" if "\r\n" in text else "\n"
        lines = list(csv.reader(io.StringIO(text)))
        self.header, self.rows = (lines[0], lines[1:]) if lines else ([], [])

    def places(self, names: tuple[str, ...]) -> list[int]:
        """Where the columns of these names stand; one that is not there is left out."""
        return [self.header.index(name) for name in names if name in self.header]

    def text(self) -> str:
        """The document as text."""
        written = io.StringIO(newline="")
        csv.writer(written, lineterminator=self._end).writerows([self.header, *self.rows])
        return written.getvalue()
