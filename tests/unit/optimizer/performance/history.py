"""An invented history: legs, closing prices, tickets and settlements in the shape of gold tables."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import polars as pl

from lake.contracts.model import contract
from tests.gold import gold
from tests.unit.optimizer.policies import AS_OF, KICKOFF

LATER = KICKOFF + timedelta(days=2)


def leg(ticket: str = "t1", place: int = 0, match: str = "m1", **changes: Any) -> dict[str, Any]:
    """One invented row of gold ticket_legs: home in 1x2 at 2.2, fair at 2.0."""
    usual = {
        "ticket_id": ticket, "leg": place, "as_of_utc": AS_OF, "sport": "football", "match_id": match,
        "competition_id": "E0", "season_code": "2023-24", "event_at_utc": KICKOFF, "home_team_id": "a",
        "away_team_id": "b", "market": "1x2",
        "selection": "home", "line": None, "bookmaker": "bet365", "price_odds_dec": 2.2, "price_known_at_utc": AS_OF,
        "fair_odds_dec": 2.0, "prob": 0.5,
    }  # fmt: skip
    return usual | changes


def legs(*rows: dict[str, Any]) -> pl.DataFrame:
    """Legs in the types of their contract."""
    return frame("ticket_legs", *rows)


def frame(table: str, *rows: dict[str, Any]) -> pl.DataFrame:
    """Rows of a gold table in the types of its contract."""
    return pl.DataFrame(list(rows), schema=contract(gold(table)).schema)


def close(bookmaker: str = "pinnacle", match: str = "m1", **odds: Any) -> dict[str, Any]:
    """One invented closing quote, of a named book or an aggregate; `odds` are the columns of its market."""
    return {
        "match_id": match, "competition_id": "E0", "season_code": "2023-24", "bookmaker": bookmaker,
        "is_aggregate": bookmaker.startswith("market_"), "quote_kind": "closing", "known_at_utc": KICKOFF,
    } | odds  # fmt: skip


def match_close(
    bookmaker: str = "pinnacle", home: float = 2.0, draw: float = 3.6, away: float = 4.0, **changes: Any
) -> dict[str, Any]:
    """An invented 1X2 close."""
    return close(bookmaker, **{"home_odds_dec": home, "draw_odds_dec": draw, "away_odds_dec": away} | changes)


def total_close(
    line: float, over: float = 1.9, under: float = 2.0, bookmaker: str = "pinnacle", **changes: Any
) -> dict[str, Any]:
    """An invented close of total goals."""
    return close(bookmaker, **{"line": line, "over_odds_dec": over, "under_odds_dec": under} | changes)


def handicap_close(
    line: float, home: float = 1.9, away: float = 2.0, bookmaker: str = "pinnacle", **changes: Any
) -> dict[str, Any]:
    """An invented close of an Asian handicap."""
    return close(bookmaker, **{"line": line, "home_odds_dec": home, "away_odds_dec": away} | changes)


def match_prices(*rows: dict[str, Any]) -> pl.DataFrame:
    """Rows of gold fct_match_prices."""
    return frame("fct_match_prices", *rows)


def total_prices(*rows: dict[str, Any]) -> pl.DataFrame:
    """Rows of gold fct_total_prices."""
    return frame("fct_total_prices", *rows)


def handicap_prices(*rows: dict[str, Any]) -> pl.DataFrame:
    """Rows of gold fct_handicap_prices."""
    return frame("fct_handicap_prices", *rows)


def ticket(name: str, **changes: Any) -> dict[str, Any]:
    """What performance reads of an invented ticket."""
    return {"ticket_id": name, "kind": "single", "edge": 0.1, "training_hash": "hash"} | changes


def settled(name: str, profit: int, stake: int = 100, at: datetime = LATER, **changes: Any) -> dict[str, Any]:
    """What performance reads of an invented settlement; the match was three hours before it was known."""
    return {
        "ticket_id": name, "outcome": "won" if profit > 0 else "lost", "stake_minor": stake, "profit_minor": profit,
        "event_at_utc": at - timedelta(hours=3), "known_at_utc": at,
    } | changes  # fmt: skip


def value(rows: pl.DataFrame, name: str, place: int, clv: float | None) -> pl.DataFrame:
    """One invented row of gold closing_line_value for a leg of these, known at kick-off."""
    one = rows.row(by_predicate=(pl.col("ticket_id") == name) & (pl.col("leg") == place), named=True)
    names = contract("gold.desk.closing_line_value").column_names
    told = {"clv": clv, "benchmark": clv and "pinnacle", "reason": None if clv else "no_close", "known_at_utc": KICKOFF}
    return frame("closing_line_value", {column: one.get(column) for column in names} | told)
