"""A newspaper's injury page as a source: plan visits, parse pages into silver rows and refused rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import polars as pl

from core.errors import PayloadMalformed
from lake.competitions import Competition
from sources.base import Parsed, Payload, Request, Source
from sources.injury_page import plan
from sources.injury_page.reading import read
from sources.injury_page.reports import injuries
from sources.known import Known
from sources.markup import LayoutDrift, drifted
from sources.page_lists import PAGE
from sources.rows import whole_payload_refused


class InjuryPage(Source):
    """Who is hurt in one sport. `is_simulated`: the pages that the sandbox serves, instead of real ones."""

    name = plan.SOURCE
    parser_version = 1
    entities: tuple[str, ...] = ("injuries",)
    snapshots: tuple[str, ...] = (PAGE,)
    terms = plan.TERMS

    def __init__(self, sport: str, is_simulated: bool = False) -> None:
        self.sport, self._is_simulated = sport, is_simulated

    def plan(self, leagues: Mapping[str, Competition], as_of: datetime, known: Known) -> Sequence[Request]:
        """The page of every league that has one."""
        return plan.plan(self.sport, leagues, self._is_simulated)

    def parse(self, payload: Payload, leagues: Mapping[str, Competition], known: Known) -> Parsed:
        """Candidate and refused rows of one payload; never raises for what the vendor sent.

        A page whose layout is not known, or whose content cannot be right, is refused whole as `layout_drift`.
        """
        listed = plan.pages().filter((pl.col("url") == payload.url) & pl.col("competition_id").is_in(list(leagues)))
        try:
            reports = read(payload.body)
            if listed.is_empty():
                raise PayloadMalformed(f"{payload.url} is no page of these leagues.", "List it in pages.csv.")
            rows, refused = injuries(reports, listed["competition_id"][0], self.name, payload, known)
        except LayoutDrift as error:
            return Parsed(rows={}, refused={"injuries": drifted(payload, error)})
        except PayloadMalformed as error:
            return Parsed(rows={}, refused={"injuries": whole_payload_refused(payload, error)})
        return Parsed(rows={"injuries": rows}, refused={"injuries": refused})
