"""Which pages are visited: one a league."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import polars as pl

from lake.competitions import Competition
from sources.base import Request
from sources.injury_page.reading import read
from sources.page_lists import PAGE, listed, page_terms
from sources.terms import STATISTICS_LIVE

SOURCE = "injury_page"
_FILE = Path(__file__).parent / "pages.csv"


@cache
def pages() -> pl.DataFrame:
    """`sport`, `competition_id`, `url`, and `is_simulated`: whether only the sandbox serves it."""
    return listed(_FILE)


TERMS = page_terms(SOURCE, pages(), STATISTICS_LIVE, read)


def plan(sport: str, leagues: Mapping[str, Competition], is_simulated: bool) -> Sequence[Request]:
    """The page of every league that has one, in the order of the list."""
    wanted = (pl.col("sport") == sport) & pl.col("competition_id").is_in(list(leagues))
    listed = pages().filter(wanted & (pl.col("is_simulated") == is_simulated))
    return [
        Request(SOURCE, PAGE, url, league, sport=sport) for league, url in listed.select("competition_id", "url").rows()
    ]
