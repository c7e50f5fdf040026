"""Looking for planted keys in everything that a run leaves behind, also where it is compressed or encoded."""

from __future__ import annotations

import base64
import gzip
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote, quote_plus

import polars as pl
import pyarrow as pa


def forms(key: str) -> set[bytes]:
    """A key as it is, as addresses write it, and in base64 at each of the three places that it may begin at."""
    plain = key.encode()
    encoded = {base64.b64encode(b"\0" * shift + plain)[4 if shift else 0 : -4] for shift in range(3)}
    return {plain, quote(key, safe="").encode(), quote_plus(key).encode(), plain.hex().encode()} | encoded


def places(folder: Path, keys: list[str]) -> list[str]:
    """Files, and cells of tables, that hold a key in any of its forms."""
    sought = {form for key in keys for form in forms(key)}
    found = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        found += [f"{path}: {where}" for where, said in _contents(path) if any(form in said for form in sought)]
    return found


def _contents(path: Path) -> Iterator[tuple[str, bytes]]:
    raw = path.read_bytes()
    yield "bytes", raw
    if raw[:2] == b"\x1f\x8b":
        yield "unpacked", gzip.decompress(raw)
    if path.suffix == ".parquet":
        yield from _cells(pl.read_parquet(path))
    if raw.startswith(b"SQLite format 3"):
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
            yield "rows", "\n".join(db.iterdump()).encode()


def _cells(rows: pl.DataFrame) -> Iterator[tuple[str, bytes]]:
    for name, kind in rows.schema.items():
        if kind == pl.String:
            yield name, "\n".join(rows[name].drop_nulls().unique()).encode()
        elif kind == pl.Binary:
            yield name, b"\n".join(_unpacked(cell) for cell in rows[name].drop_nulls())
        elif kind.is_nested():
            yield name, str(rows[name].to_list()).encode()


def _unpacked(cell: bytes) -> bytes:
    """A body as it was before it was compressed for keeping, and as it may have been compressed by the vendor."""
    try:
        body = b"".join(pa.input_stream(pa.BufferReader(cell), compression="zstd").read().splitlines(keepends=True))
    except (pa.ArrowInvalid, OSError):
        body = cell
    try:
        return body + zlib.decompress(body, 47)
    except zlib.error:
        return body
