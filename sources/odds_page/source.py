"""A bookmaker's odds page as a source: plan visits, parse pages into silver rows and refused rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import polars as pl

from core.errors import PayloadMalformed
from lake.competitions import Competition
from sources.base import Parsed, Payload, Request, Source
from sources.known import Known
from sources.markup import LayoutDrift, drifted
from sources.odds_page import plan
from sources.odds_page.quotes import quotes
from sources.odds_page.reading import read
from sources.page_lists import PAGE
from sources.rows import whole_payload_refused


class OddsPage(Source):
    """Prices of football matches. `is_simulated`: the pages that the sandbox serves, instead of real ones."""

    name = plan.SOURCE
    sport = "football"
    parser_version = 1
    entities: tuple[str, ...] = ("odds_quotes",)
    snapshots: tuple[str, ...] = (PAGE,)
    terms = plan.TERMS

    def __init__(self, is_simulated: bool = False) -> None:
        self._is_simulated = is_simulated

    def plan(self, leagues: Mapping[str, Competition], as_of: datetime, known: Known) -> Sequence[Request]:
        """The pages of leagues whose matches are coming."""
        return plan.plan(leagues, as_of, known, self._is_simulated)

    def parse(self, payload: Payload, leagues: Mapping[str, Competition], known: Known) -> Parsed:
        """Candidate and refused rows of one payload; never raises for what the vendor sent.

        A page whose layout is not known, or whose content cannot be right, is refused whole as `layout_drift`.
        """
        listed = plan.pages().filter((pl.col("url") == payload.url) & pl.col("competition_id").is_in(list(leagues)))
        try:
            matches = read(payload.body)
            if listed.is_empty():
                raise PayloadMalformed(f"{payload.url} is no page of these leagues.", "List it in pages.csv.")
            rows, refused = quotes(matches, listed.row(0, named=True), payload, leagues, known)
        except LayoutDrift as error:
            return Parsed(rows={}, refused={"odds_quotes": drifted(payload, error)})
        except PayloadMalformed as error:
            return Parsed(rows={}, refused={"odds_quotes": whole_payload_refused(payload, error)})
        return Parsed(rows={"odds_quotes": rows}, refused={"odds_quotes": refused})
