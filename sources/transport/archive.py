"""Vendor files replayed from a directory with `index.csv`: the archive, and the sandbox's world.

A file that the vendor had not yet served at the moment of decision is left out only where its rows carry no time of
their own; season files do, so they may be read at an earlier moment (docs/sources/football_data.md).
"""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from core.clock import parse_instant
from core.errors import PayloadMalformed
from sources.base import Capture, Request


@dataclass(frozen=True)
class ArchiveTransport:
    """Answers requests from the files that `index.csv` lists; an address it does not list gives no capture."""

    root: Path

    def fetch(self, requests: Sequence[Request]) -> Iterator[Capture]:
        """One capture per listed file of each request, oldest first. Raises PayloadMalformed for a corrupt file."""
        wanted = {request.url: request for request in requests}
        for entry in self._index().filter(pl.col("url").is_in(list(wanted))).iter_rows(named=True):
            captured_at, request = parse_instant(entry["captured_at_utc"]), wanted[entry["url"]]
            if request.until is not None and captured_at > request.until:
                continue
            yield Capture(
                request=request,
                captured_at_utc=captured_at,
                requested_at_utc=captured_at,
                outcome="ok",
                body=self._body(entry),
                status=200,
                content_type=entry["content_type"],
            )

    def addresses(self) -> list[str]:
        """Every address that it can answer, once each, in order."""
        return self._index()["url"].unique().sort().to_list()

    def _index(self) -> pl.DataFrame:
        index = pl.read_csv(self.root / "index.csv", infer_schema=False)
        return index.sort("captured_at_utc", "url")

    def _body(self, entry: dict[str, str]) -> bytes:
        way_out = "Fetch the archive again, or correct index.csv."
        try:
            stored = (self.root / entry["path"]).read_bytes()
            body = gzip.decompress(stored) if entry["path"].endswith(".gz") else stored
        except (OSError, EOFError, zlib.error) as error:
            raise PayloadMalformed(f"{entry['path']} cannot be read ({type(error).__name__}).", way_out) from error
        if hashlib.sha256(stored).hexdigest() != entry["sha256"]:
            raise PayloadMalformed(
                f"{entry['path']} is not the file that index.csv describes (its sha256 differs).",
                way_out,
            )
        return body
