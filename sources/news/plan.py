"""Which feeds are read: a list of public ones by sport, each asked for anew every quarter of an hour at most."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import polars as pl

from sources import outcomes
from sources.base import Request
from sources.terms import Terms

SOURCE = "news"
FEED = "feed"
_FILE = Path(__file__).parent / "feeds.csv"
_ROOTS = (b"<rss", b"<feed", b":rdf", b":feed")
_HEAD_BYTES = 4_096


@cache
def feeds() -> pl.DataFrame:
    """`sport`, `feed` (our short name), `url`, and `is_simulated`: whether only the sandbox serves it."""
    return pl.read_csv(_FILE, schema_overrides={"is_simulated": pl.Boolean})


def _verdict(endpoint: str, body: bytes) -> str | None:
    """A feed says what it is at its beginning; a page that asks for consent or says sorry does not."""
    head = body[:_HEAD_BYTES].lower()
    return None if any(root in head for root in _ROOTS) else outcomes.MALFORMED


TERMS = Terms(
    SOURCE,
    hosts=tuple(sorted({urlsplit(url).netloc for url in feeds()["url"]})),
    lives={FEED: timedelta(minutes=15)},
    spacing_seconds=1.0,
    headers={"Accept": "application/rss+xml, application/atom+xml, application/xml;q=0.9"},
    is_markup=True,
    verdict=_verdict,
)


def plan(sport: str, is_simulated: bool) -> Sequence[Request]:
    """Every feed of the sport, in the order of the list."""
    wanted = feeds().filter((pl.col("sport") == sport) & (pl.col("is_simulated") == is_simulated))
    return [Request(SOURCE, FEED, url, sport=sport) for url in wanted["url"]]
