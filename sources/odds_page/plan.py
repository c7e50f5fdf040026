"""Which pages are visited: one a league, while it has matches coming; the last visit is just before kick-off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import polars as pl

from lake.competitions import Competition
from sources.base import Request
from sources.known import Known
from sources.odds_page.reading import read
from sources.page_lists import PAGE, listed, page_terms
from sources.terms import ODDS_LIVE

SOURCE = "odds_page"
HORIZON = timedelta(days=7)
CLOSING = timedelta(minutes=75)
_FILE = Path(__file__).parent / "pages.csv"
_COMING = ("scheduled", "moved")


@cache
def pages() -> pl.DataFrame:
    """`competition_id`, `bookmaker`, `url`, and `is_simulated`: whether only the sandbox serves it."""
    return listed(_FILE)


TERMS = page_terms(SOURCE, pages(), ODDS_LIVE, read)


def plan(leagues: Mapping[str, Competition], as_of: datetime, known: Known, is_simulated: bool) -> Sequence[Request]:
    """The pages of leagues with a match in the coming seven days, those that are about to begin first."""
    start = pl.col("event_at_utc")
    coming = known.matches.filter(pl.col("state").is_in(_COMING) & (start > as_of) & (start <= as_of + HORIZON))
    first = coming.group_by("competition_id").agg(start.min())
    wanted = pl.col("competition_id").is_in(list(leagues)) & (pl.col("is_simulated") == is_simulated)
    due = pages().filter(wanted).join(first, on="competition_id", maintain_order="left")
    return [
        Request(SOURCE, PAGE, row["url"], row["competition_id"], is_closing=row["event_at_utc"] <= as_of + CLOSING)
        for row in due.sort("event_at_utc", maintain_order=True).iter_rows(named=True)
    ]
