"""Which pages are visited: one a league."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import polars as pl

from core.errors import PayloadMalformed
from lake.competitions import Competition
from sources import outcomes
from sources.base import Request
from sources.injury_page.reading import read
from sources.terms import STATISTICS_LIVE, Terms

SOURCE = "injury_page"
PAGE = "page"
_FILE = Path(__file__).parent / "pages.csv"


@cache
def pages() -> pl.DataFrame:
    """`sport`, `competition_id`, `url`, and `is_simulated`: whether only the sandbox serves it."""
    return pl.read_csv(_FILE, schema_overrides={"is_simulated": pl.Boolean})


def _verdict(endpoint: str, body: bytes) -> str | None:
    """A page that cannot be read is known while it is still open, so that a picture of it can be kept."""
    try:
        read(body)
    except PayloadMalformed:
        return outcomes.MALFORMED
    return None


TERMS = Terms(
    SOURCE,
    hosts=tuple(sorted({urlsplit(url).netloc for url in pages()["url"]})),
    lives={PAGE: STATISTICS_LIVE},
    spacing_seconds=2.0,
    is_markup=True,
    verdict=_verdict,
)


def plan(sport: str, leagues: Mapping[str, Competition], is_simulated: bool) -> Sequence[Request]:
    """The page of every league that has one, in the order of the list."""
    wanted = (pl.col("sport") == sport) & pl.col("competition_id").is_in(list(leagues))
    listed = pages().filter(wanted & (pl.col("is_simulated") == is_simulated))
    return [
        Request(SOURCE, PAGE, url, league, sport=sport) for league, url in listed.select("competition_id", "url").rows()
    ]
