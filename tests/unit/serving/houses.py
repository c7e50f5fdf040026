"""Lakes in the state that the report meets: empty, and with one decided day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from lake.contracts.model import contract
from lake.storage import Lake
from optimizer.ledger import chained, transactions
from tests.gold import gold

AS_OF = datetime(2024, 5, 10, 16, tzinfo=UTC)
KICKOFF = AS_OF + timedelta(hours=22)
EVIL = "<script>alert('fc')</script> & \"Söhne\""
_PLAIN: dict[str, Any] = {"string": "x", "int": 1, "float": 2.0, "bool": True, "timestamp": AS_OF}


def rows(name: str, *records: dict[str, Any], sport: str = "football") -> pl.DataFrame:
    """Rows of a gold table; columns left out get a usual value."""
    found = contract(gold(name, sport))
    usual = {
        column.name: column.allowed[0] if column.allowed else None if column.nullable else _PLAIN[column.type]
        for column in found.columns
    } | {"season_code": "2023-24"}
    kept = [{key: value for key, value in (usual | record).items() if key in found.column_names} for record in records]
    return pl.DataFrame(kept, schema=found.schema)


def decided(root: Path, club: str = EVIL) -> Lake:
    """One match priced, one ticket issued and booked, by a club of this name."""
    lake = Lake(root)
    match = {"match_id": "m1", "competition_id": "E0", "as_of_utc": AS_OF, "event_at_utc": KICKOFF,
             "home_team_id": "a", "away_team_id": "b", "market": "1x2", "training_hash": "h"}  # fmt: skip
    fair = [
        match | {"selection": name, "prob": p, "fair_odds_dec": 1 / p, "forecaster": "blend", "line": None}
        for name, p in (("home", 0.5), ("draw", 0.3), ("away", 0.2))
    ]
    bet = fair[0] | {"bookmaker": "bet365", "price_odds_dec": 2.2, "edge": 0.1, "verdict": "accepted"}
    ticket = bet | {"ticket_id": "T1", "leg": 0, "stake_minor": 1250, "currency": "EUR", "kind": "single",
                    "minimum_price_odds_dec": 2.01, "price_age_minutes": 60.0, "price_known_at_utc": AS_OF,
                    "expected_log_growth": 0.0007, "binding_limit": "kelly"}  # fmt: skip
    measures = ("log_loss", "brier", "rps", "kl_to_close", "log_loss_minus_close")
    scores = [
        {"training_hash": "h", "as_of_utc": AS_OF, "forecaster": name, "measure": measure, "value": 0.2, "matches": 380,
         "low_ci95": 0.1 if measure == "log_loss_minus_close" else None,
         "high_ci95": 0.3 if measure == "log_loss_minus_close" else None}
        for name in ("blend", "elo") for measure in measures
    ]  # fmt: skip
    frames = {
        "spn_decisions": rows("spn_decisions", match | {"is_upcoming": True}),
        "dim_teams": rows("dim_teams", {"team_id": "a", "team_name": club}, {"team_id": "b", "team_name": "Away"}),
        "fair_odds": rows("fair_odds", *fair),
        "predictions": rows("predictions", *fair),
        "value_bets": rows("value_bets", bet),
        "tickets": rows("tickets", ticket),
        "ticket_legs": rows("ticket_legs", ticket),
        "model_performance": rows("model_performance", *scores),
    }
    for name, frame in frames.items():
        lake.table(gold(name)).replace(frame)
    settled = lake.table(gold("settlements")).read()
    entries = transactions(frames["tickets"], settled, 100_000, "EUR", AS_OF)
    ledger = lake.table(gold("ledger"))
    ledger.append(chained(ledger.read(), entries), "opening")
    return lake
