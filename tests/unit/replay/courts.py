"""An invented night of basketball beside the football of `lakes`: two games whose scores can be counted on a hand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import polars as pl

from lake.storage import Lake
from tests.unit.replay.lakes import AS_OF, filled
from tests.unit.replay.seasons import LEAD

SPORT = "basketball"
SCORES = ((105, 100, 0.4), (101, 100, 0.2), (98, 100, 0.1), (90, 100, 0.3))
"""Home points, away points and how likely: the home side wins six times in ten, by more than three four times."""
FAIR = (("moneyline", "home", None, 0.6), ("moneyline", "away", None, 0.4), ("spread", "home", -2.5, 0.4),
        ("spread", "away", -2.5, 0.6))  # fmt: skip


def game(match: str) -> dict[str, Any]:
    """What every table says of a game."""
    return {
        "match_id": match, "competition_id": "NBA", "season_code": "2023-24", "as_of_utc": AS_OF,
        "event_at_utc": AS_OF + LEAD, "home_team_id": f"{match}-home", "away_team_id": f"{match}-away",
        "season_type": "regular",
    }  # fmt: skip


def quote(match: str, book: str, home: float, away: float, hours: float = -1, **other: Any) -> dict[str, Any]:
    """A book's prices of both sides, so many hours after the decision; the spread's with its `line`."""
    return game(match) | {
        "bookmaker": book, "quote_kind": "observed", "known_at_utc": AS_OF + timedelta(hours=hours),
        "home_odds_dec": home, "away_odds_dec": away, "known_at_basis": "observed",
    } | other  # fmt: skip


def tip_off(lake: Lake, *matches: str) -> None:
    """Two sports from here on: these games believed in, and worth taking at bet365."""
    rows = {
        "spn_decisions": [game(match) | {"is_upcoming": True} for match in matches],
        "score_grids": [
            game(match) | {"home_points": home, "away_points": away, "prob": prob}
            for match in matches for home, away, prob in SCORES
        ],
        "fair_odds": [
            game(match) | {"market": market, "selection": selection, "line": line, "prob": prob,
                           "fair_odds_dec": 1 / prob, "push_share": 0.0, "training_hash": "hash"}
            for match in matches for market, selection, line, prob in FAIR
        ],
    }  # fmt: skip
    for name, records in rows.items():
        lake.table(f"gold.{SPORT}.{name}").merge(filled(f"gold.{SPORT}.{name}", records))
    quoted(lake, "match", *(quote(match, "bet365", 1.9, 1.9) for match in matches))
    quoted(lake, "handicap", *(quote(match, "bwin", 1.7, 1.95, line=-2.5) for match in matches))


def quoted(lake: Lake, table: str, *quotes: dict[str, Any]) -> None:
    """Write prices of winners (match), spreads (handicap) or totals (total)."""
    name = f"gold.{SPORT}.fct_{table}_prices"
    lake.table(name).merge(filled(name, quotes))


def finished(lake: Lake, *results: tuple[str, int, int]) -> None:
    """Write results of (game, home points, away points), known three hours after tip-off."""
    rows = [
        game(match) | {"home_points": home, "away_points": away, "state": "finished", "known_at_basis": "observed",
                       "bronze_sha256": "0" * 64, "known_at_utc": AS_OF + LEAD + timedelta(hours=3)}
        for match, home, away in results
    ]  # fmt: skip
    lake.table(f"silver.{SPORT}.matches").merge(filled(f"silver.{SPORT}.matches", rows))


def of_sport(rows: pl.DataFrame, sport: str = SPORT) -> pl.DataFrame:
    """Rows of one sport."""
    return rows.filter(sport=sport)
