"""A tiny archive of decisions with known beliefs, prices and results."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from core.market.markets import MATCH_RESULT
from core.market.sports import SPORTS
from core.settings import Settings, load_settings
from lake.contracts.model import contract
from models.belief import Belief
from models.dataset import Dataset
from replay.bets import Walked
from replay.bets import walk as walk_over
from replay.quotes import Quotes
from tests.unit.optimizer.policies import results_grid

UTC_TIME = pl.Datetime("us", "UTC")
FRIDAY = datetime(2024, 3, 1, 17, tzinfo=UTC)
LEAD = timedelta(hours=22)


def moment(week: int) -> datetime:
    """The decision of a week."""
    return FRIDAY + timedelta(weeks=week)


def decided(*matches: tuple[str, int, str, tuple[float, float, float]]) -> tuple[Dataset, Belief]:
    """Decisions of (match, week, league, our probabilities); kick-off is 22 hours later."""
    rows = pl.DataFrame(
        [
            (name, league, "2023-24", moment(week), moment(week) + LEAD, f"{name}-h", f"{name}-a", 0, 2023)
            for name, week, league, _ in matches
        ],
        schema={
            "match_id": pl.String, "competition_id": pl.String, "season_code": pl.String, "as_of_utc": UTC_TIME,
            "event_at_utc": UTC_TIME, "home_team_id": pl.String, "away_team_id": pl.String, "outcome": pl.Int64,
            "year": pl.Int64,
        }, orient="row",
    )  # fmt: skip
    p = np.array([probabilities for *_, probabilities in matches], dtype=float).reshape(-1, 3)
    told = rows.select("match_id", pl.col("event_at_utc").alias("known_at_utc"), "outcome", pl.lit(0).alias("over"))
    signals, unpriced = pl.DataFrame({"elo_difference": np.zeros(len(rows))}), Belief(np.full((len(p), 2), np.nan))
    return Dataset(rows, signals, Belief(p), Belief(p), told, unpriced, unpriced), Belief(p)


def quoted(*rows: tuple[str, int, str, float, float, float], kind: str = "opening", hours: float = -1) -> pl.DataFrame:
    """Prices of (match, week, book, home, draw, away), seen this many hours after the decision."""
    return pl.DataFrame(
        [
            (name, book, book.startswith("market_"), kind, moment(week) + timedelta(hours=hours), *odds)
            for name, week, book, *odds in rows
        ],
        schema={
            "match_id": pl.String, "bookmaker": pl.String, "is_aggregate": pl.Boolean, "quote_kind": pl.String,
            "known_at_utc": UTC_TIME, "home_odds_dec": pl.Float64, "draw_odds_dec": pl.Float64,
            "away_odds_dec": pl.Float64,
        }, orient="row",
    )  # fmt: skip


def played(*rows: tuple[str, int, int, int], hours: float = 25) -> pl.DataFrame:
    """Results of (match, week, home goals, away goals), known this many hours after the decision."""
    return pl.DataFrame(
        [(name, moment(week) + timedelta(hours=hours), "finished", home, away) for name, week, home, away in rows],
        schema={
            "match_id": pl.String, "known_at_utc": UTC_TIME, "state": pl.String, "home_goals": pl.Int64,
            "away_goals": pl.Int64,
        }, orient="row",
    )  # fmt: skip


def quotes(match_prices: pl.DataFrame) -> Quotes:
    """These 1X2 prices, and none of totals and handicaps."""
    sport = SPORTS["football"]
    empty = {market: contract(f"gold.football.{table}").empty() for market, table in sport.price_tables.items()}
    return Quotes(sport, empty | {MATCH_RESULT.name: match_prices})


def walk(world: tuple[Dataset, Belief], prices: pl.DataFrame, results: pl.DataFrame, settings: Settings) -> Walked:
    """The walk over 1X2 prices, with grids whose results are the beliefs."""
    data, belief = world
    return walk_over(data, results_grid(*belief.probabilities.tolist()), quotes(prices), results, settings)


def settings_with(**staking: Any) -> Settings:
    """Half Kelly on 1000.00 under certain beliefs, every limit out of the way, but for what a test changes."""
    free = {
        "kelly_fraction": 0.5, "minimum_edge": 0.01, "stake_increment": 1.0, "maximum_ticket_share": 1.0,
        "maximum_match_share": 1.0, "maximum_league_share": 1.0, "maximum_day_share": 1.0,
        "maximum_price_age_minutes": 1e6, "maximum_market_share": 1.0, "maximum_book_share": 1.0,
        "maximum_drawdown_share": 1.0, "solve_gap": 1e-4,
    }  # fmt: skip
    certain = {"supremacy": 0.0, "goals": 0.0, "league_goals": 0.0}
    return load_settings(staking=free | staking, uncertainties={"football": certain})
