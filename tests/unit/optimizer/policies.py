"""A staking policy that limits nothing, prices, value bets and beliefs in the shape of gold tables; all invented."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from core.market.grid import ScoreGrid
from core.market.scenarios import CERTAIN, Spread
from core.settings import Staking
from optimizer.coming import Coming, Slate

UTC_TIME = pl.Datetime("us", "UTC")
AS_OF = datetime(2024, 5, 10, 16, tzinfo=UTC)
KICKOFF = AS_OF + timedelta(hours=22)


def policy(**changes: Any) -> Staking:
    """Full Kelly without any limit, but for what a test changes."""
    free: dict[str, Any] = {
        "kelly_fraction": 1.0, "minimum_edge": 0.0, "maximum_price_odds_dec": 1001.0, "stake_increment": 0.01,
        "maximum_price_age_minutes": 1e9, "maximum_ticket_share": 1.0, "maximum_match_share": 1.0,
        "maximum_league_share": 1.0, "maximum_day_share": 1.0, "maximum_tickets": 1000,
        "maximum_market_share": 1.0, "maximum_book_share": 1.0, "maximum_drawdown_share": 1.0, "minimum_stake": 0.01,
    }  # fmt: skip
    return Staking(**(free | changes))


def fair(*rows: tuple[str, str, float], market: str = "1x2") -> pl.DataFrame:
    """Fair odds of (match, selection, probability)."""
    return pl.DataFrame(
        [(name, "E0", "2023-24", AS_OF, market, choice, None, p, 1 / p, "hash", None) for name, choice, p in rows],
        schema={
            "match_id": pl.String, "competition_id": pl.String, "season_code": pl.String, "as_of_utc": UTC_TIME,
            "market": pl.String, "selection": pl.String, "line": pl.Float64, "prob": pl.Float64,
            "fair_odds_dec": pl.Float64, "training_hash": pl.String, "stand_ins": pl.String,
        }, orient="row",
    )  # fmt: skip


def price(
    bookmaker: str, home: float, draw: float = 1.01, away: float = 1.01, match: str = "m1", minutes_old: float = 10
) -> tuple[Any, ...]:
    """One book's prices of one match."""
    aggregate = bookmaker in ("market_max", "market_average")
    return (match, bookmaker, aggregate, AS_OF - timedelta(minutes=minutes_old), home, draw, away)


def prices(*rows: tuple[Any, ...]) -> pl.DataFrame:
    """Rows of gold fct_match_prices, as far as the optimizer reads it."""
    return pl.DataFrame(
        list(rows),
        schema={
            "match_id": pl.String, "bookmaker": pl.String, "is_aggregate": pl.Boolean, "known_at_utc": UTC_TIME,
            "home_odds_dec": pl.Float64, "draw_odds_dec": pl.Float64, "away_odds_dec": pl.Float64,
        }, orient="row",
    )  # fmt: skip


def bet(
    match: str = "m1", selection: str = "home", prob: float = 0.5, odds: float = 2.2, **other: Any
) -> dict[str, Any]:
    """One row of gold value_bets joined with its match."""
    usual = {
        "sport": "football", "match_id": match, "competition_id": "E0", "season_code": "2023-24", "as_of_utc": AS_OF,
        "event_at_utc": KICKOFF, "home_team_id": "a", "away_team_id": "b", "market": "1x2", "selection": selection,
        "line": None, "prob": prob, "fair_odds_dec": 1 / prob, "bookmaker": "bet365", "price_odds_dec": odds,
        "price_known_at_utc": AS_OF - timedelta(minutes=30), "price_age_minutes": 30.0, "edge": prob * odds - 1,
        "verdict": "accepted", "training_hash": "hash", "stand_ins": None, "push_share": 0.0, "net_odds_dec": odds,
        "commission_share": 0.0, "previous_price_odds_dec": None, "second_odds_dec": None, "books_count": 1,
        "consensus_prob": None, "others_count": 0, "stake_limit": None, "liquidity": None,
    }  # fmt: skip
    return usual | other


def bets(*rows: dict[str, Any]) -> pl.DataFrame:
    """Value bets in the order given."""
    moments = ("as_of_utc", "event_at_utc", "price_known_at_utc")
    numbers = ("line", "previous_price_odds_dec", "second_odds_dec", "consensus_prob", "stake_limit", "liquidity")
    types = dict.fromkeys(moments, UTC_TIME) | dict.fromkeys(numbers, pl.Float64) | {"stand_ins": pl.String}
    return pl.DataFrame(list(rows) or [bet()], schema_overrides=types).head(len(rows))


def results_grid(*probs: tuple[float, float, float]) -> ScoreGrid:
    """Beliefs (home, draw, away) of matches that end 1-0, 0-0 or 0-1; NaN is none."""
    results = np.array(probs, dtype=float).reshape(-1, 3)
    cells = np.zeros((len(probs), 16, 16))
    cells[:, (1, 0, 0), (0, 0, 1)] = results
    cells[np.isnan(results).any(axis=1)] = np.nan
    return ScoreGrid(cells)


def believed(league: str = "E0", spread: Spread = CERTAIN, **probs: tuple[float, float, float]) -> Coming:
    """Beliefs by match, all of one league."""
    matches = pl.DataFrame({"match_id": list(probs)}, schema={"match_id": pl.String})
    named = matches.with_columns(pl.lit(league).alias("competition_id"))
    return Coming((Slate(named, results_grid(*probs.values()), spread),))
