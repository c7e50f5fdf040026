"""What sources share that visit pages of a list: the list, and the terms on which pages are visited."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import polars as pl

from core.errors import PayloadMalformed
from sources import outcomes
from sources.terms import Terms

PAGE = "page"
_SPACING_SECONDS = 2.0


def listed(file: Path) -> pl.DataFrame:
    """The rows of a list of pages: `url`, `is_simulated` (whether only the sandbox serves it), and the list's own."""
    return pl.read_csv(file, schema_overrides={"is_simulated": pl.Boolean})


def page_terms(source: str, pages: pl.DataFrame, life: timedelta, read: Callable[[bytes], object]) -> Terms:
    """Terms of the hosts of these pages; a page that `read` raises PayloadMalformed for is known while it is open."""

    def verdict(endpoint: str, body: bytes) -> str | None:
        try:
            read(body)
        except PayloadMalformed:
            return outcomes.MALFORMED
        return None

    hosts = tuple(sorted({urlsplit(url).netloc for url in pages["url"]}))
    return Terms(source, hosts, {PAGE: life}, spacing_seconds=_SPACING_SECONDS, is_markup=True, verdict=verdict)
