"""football-data.co.uk as a source: plan requests, parse payloads into silver rows and refused rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import polars as pl

from core.errors import PayloadMalformed
from lake.competitions import Competition
from lake.conform import DETAIL, REASON
from lake.entities.teams import minted
from sources.base import Parsed, Payload, Request
from sources.football_data import faults, matches, plan, quotes, statistics
from sources.football_data.reading import CELLS, TEXT, Sheet, read_sheet
from sources.known import Known

_REFUSED = ("row_number", "column", TEXT, "competition_id", "season_code", REASON, DETAIL)


class FootballData:
    """The vendor's season files, files of extra countries, and fixtures."""

    name = plan.SOURCE
    sport = "football"
    parser_version = 1
    entities: tuple[str, ...] = ("matches", "team_stats", "odds_quotes")
    snapshots: tuple[str, ...] = ()
    terms = plan.TERMS

    def plan(self, leagues: Mapping[str, Competition], as_of: datetime, known: Known) -> Sequence[Request]:
        """Every season that had begun at `as_of`, and the coming round."""
        return plan.plan(leagues, as_of)

    def is_fresh(self, request: Request, captured_at: datetime, now: datetime) -> bool:
        """Finished seasons never change; a running one lives an hour, countries six hours, fixtures four minutes."""
        return plan.is_fresh(request, captured_at, now)

    def parse(self, payload: Payload, leagues: Mapping[str, Competition], known: Known) -> Parsed:
        """Candidate and refused rows of one payload; never raises for what the vendor sent.

        `known` has the meetings that silver knows already: see `matches.with_match_ids` and `sources.sides`.
        """
        try:
            sheet = read_sheet(payload.body)
        except PayloadMalformed as error:
            return _whole_payload_refused(payload, error)
        return _parse_sheet(sheet, payload, leagues, known)


def _parse_sheet(sheet: Sheet, payload: Payload, leagues: Mapping[str, Competition], known: Known) -> Parsed:
    observed_at = pl.lit(payload.captured_at_utc) if payload.endpoint == "fixtures" else None
    named = matches.identified(sheet, payload, leagues)
    judged = faults.judged(named, payload, sheet, leagues)
    earlier = known.played if payload.endpoint == "fixtures" else known.played.clear()
    judged = faults.with_swapped_sides(matches.with_match_ids(judged, earlier), known)
    refused = judged.filter(pl.col(REASON).is_not_null())
    accepted = judged.filter(pl.col(REASON).is_null()).drop(REASON, DETAIL)
    surplus = _with_surplus_cells(accepted, sheet)
    aligned = accepted.join(surplus.filter("_off"), on="row_number", how="anti", maintain_order="left")
    priced = quotes.quotes(aligned, sheet.header, observed_at)
    stats = statistics.team_stats(accepted)
    bad = priced.filter(pl.col(REASON).is_not_null())
    return Parsed(
        rows={
            "matches": matches.states(accepted, observed_at),
            "team_stats": stats.filter(pl.col(REASON).is_null()).drop(REASON, DETAIL),
            "odds_quotes": priced.filter(pl.col(REASON).is_null()),
        },
        refused={
            "matches": refused,
            "team_stats": stats.filter(pl.col(REASON).is_not_null()),
            "odds_quotes": pl.concat([surplus.select(_REFUSED), bad.select(_REFUSED)]),
        },
        teams=minted(accepted) if payload.endpoint != "fixtures" else pl.DataFrame(),
    )


def _with_surplus_cells(rows: pl.DataFrame, sheet: Sheet) -> pl.DataFrame:
    """Rows with more filled cells than the header, as refused prices; `_off` where no price of them can be trusted."""
    width = len(sheet.header)
    surplus = rows.filter(pl.col(CELLS) > width).with_columns(quotes.misaligned(sheet.header).alias("_off"))
    lost = pl.format(
        f"{{}} cells under {width} headers: the cells beyond the header have no name and were not read.", CELLS
    )
    all_lost = pl.format(
        f"{{}} cells under {width} headers, and the prices do not add up: none of its prices was read.", CELLS
    )
    said = pl.when("_off").then(all_lost).otherwise(lost)
    return surplus.with_columns(pl.lit("").alias("column"), pl.lit("surplus_cells").alias(REASON), said.alias(DETAIL))


def _whole_payload_refused(payload: Payload, error: PayloadMalformed) -> Parsed:
    row = {
        "competition_id": payload.competition_id,
        "season_code": payload.season_code,
        "row_number": 0,
        TEXT: payload.body[:200].decode("utf-8", errors="replace"),
        REASON: "malformed_payload",
        DETAIL: error.what,
    }
    return Parsed(rows={}, refused={"matches": pl.DataFrame([row])}, teams=pl.DataFrame())
