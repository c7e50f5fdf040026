"""A small invented lake of one coming match day, and tables written as a run writes them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl

from core.market.sports import SPORTS
from core.settings import Settings
from lake.contracts.model import contract
from lake.storage import Lake
from models import fair
from replay.issue import WRITTEN, Issued, issue
from tests.gold import gold
from tests.unit.optimizer.policies import results_grid
from tests.unit.replay.histories import settings
from tests.unit.replay.seasons import LEAD, decided, moment

AS_OF = moment(0)
MATCHES = (("a", 0, "E0", (0.5, 0.3, 0.2)), ("b", 0, "E0", (0.2, 0.3, 0.5)), ("c", 0, "D1", (0.4, 0.3, 0.3)))
POLICY = """
bettor_id: ann
currency: EUR
limits: {stake_day: 60, loss_month: 200, minimum_edge: 0.01}
"""
_PLAIN: dict[str, Any] = {"string": "x", "int": 1, "float": 2.0, "bool": False, "timestamp": AS_OF}


def filled(table: str, records: Iterable[dict[str, Any]]) -> pl.DataFrame:
    """Rows of a table by its contract's name; columns left out get a usual value."""
    found = contract(table)
    usual = {column.name: None if column.nullable else _PLAIN[column.type] for column in found.columns}
    return pl.DataFrame([usual | record for record in records], schema=found.schema)


def priced(match: str, book: str, home: float, draw: float, away: float, hours: float = -1) -> dict[str, Any]:
    """A quote of a match, so many hours after the decision."""
    return {"match_id": match, "season_code": "2023-24", "bookmaker": book, "quote_kind": "observed",
            "known_at_utc": AS_OF + timedelta(hours=hours), "home_odds_dec": home, "draw_odds_dec": draw,
            "away_odds_dec": away, "event_at_utc": AS_OF + LEAD}  # fmt: skip


def made(root: Path) -> Lake:
    """Three coming matches with beliefs, and prices of two books that are worth taking on each."""
    lake, (data, _) = Lake(root), decided(*MATCHES)
    grid = results_grid(*(probs for *_, probs in MATCHES))
    told = [pl.lit("hash").alias("training_hash"), pl.lit(None, pl.String).alias("stand_ins")]
    upcoming = [row | {"is_upcoming": True} for row in data.rows.drop("outcome", "year").to_dicts()]
    quotes = [priced("a", "bet365", 2.4, 3.0, 4.0), priced("a", "bwin", 2.3, 3.0, 4.0),
              priced("b", "bet365", 4.0, 3.0, 2.3), priced("c", "bwin", 2.9, 3.0, 3.0)]  # fmt: skip
    frames = {
        "spn_decisions": filled(gold("spn_decisions"), upcoming),
        "score_grids": fair.score_grids(data, grid),
        "fair_odds": fair.fair_odds(data, grid, SPORTS["football"].quoted).with_columns(told),
        "fct_match_prices": filled(gold("fct_match_prices"), quotes),
    }
    for name, frame in frames.items():
        lake.table(gold(name)).replace(frame.select(contract(gold(name)).column_names))
    return lake


def asked(root: Path) -> Settings:
    """Settings with the policy of ann, whose file stands beside the lake."""
    path = root / "ann.yaml"
    path.write_text(POLICY, encoding="utf-8")
    limits = {"maximum_ticket_share": 0.03, "maximum_price_age_minutes": 600.0}
    return settings(**limits).model_copy(update={"policy": path})


def write(lake: Lake, issued: Issued, names: Iterable[str] = WRITTEN) -> None:
    """Write these tables of a decision, as a run does: the audit is appended, the others are merged."""
    for name in names:
        table, rows = lake.table(gold(name)), issued.rows[name]
        if name != "audit":
            table.merge(rows)
        elif len(rows):
            table.append(rows, commit_id=f"audit-{rows['entry_hash'][-1]}")


def decided_lake(root: Path) -> tuple[Lake, Settings]:
    """The lake with its decision written."""
    lake, own = made(root / "lake"), asked(root)
    write(lake, issue(lake, own, AS_OF))
    return lake, own


def over(lake: Lake, *results: tuple[str, int, int]) -> None:
    """Write results of (match, home goals, away goals), known three hours after kick-off."""
    rows = [
        {"match_id": match, "home_goals": home, "away_goals": away, "state": "finished", "season_code": "2023-24",
         "known_at_basis": "observed", "bronze_sha256": "0" * 64,
         "event_at_utc": AS_OF + LEAD, "known_at_utc": AS_OF + LEAD + timedelta(hours=3)}
        for match, home, away in results
    ]  # fmt: skip
    lake.table("silver.football.matches").merge(filled("silver.football.matches", rows))
