"""Invented games of basketball that trees can learn from: what every model of a backtest is asked, without a lake."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

from models.basketball import closing
from models.basketball.closing import ClosingParameters
from models.basketball.games import Games
from models.basketball.groups import GROUPS, MATCH_TABLES, TEAM_TABLES, of_table
from models.basketball.recipe import GameRecipe
from replay.basketball import ablation, walk

FEW = ClosingParameters(rounds=20, learning_rate=0.2, leaves=4, minimum_leaf_matches=10, feature_share=1.0)
SEASONS = (2019, 2020, 2021)
GAMES = 400
"""A season."""


def columns() -> dict[str, str]:
    """One column of each group of features, by group."""
    of_teams = {group: f"home_{name}" for table in TEAM_TABLES for name, group in of_table(table).items()}
    of_games = {group: name for table in MATCH_TABLES for name, group in of_table(table).items()}
    signals = {"memory_doubt": "memory_total_variance", "memory_absences": "memory_margin_healthy",
               "ratings": "filter_margin"}  # fmt: skip
    return of_teams | of_games | signals


def games(seeds: Mapping[str, int] | None = None) -> Games:
    """Three seasons; a closing line is what memory says plus twice what `schedule` and `absences` say.

    `seeds`: of the numbers of a group or of a member's line, where they shall be others than usual.
    """
    number, rng = len(SEASONS) * GAMES, np.random.default_rng(1)
    others = seeds or {}
    usual = {name: place for place, name in enumerate((*GROUPS, "elo", "filter", "memory"))}
    drawn = {
        name: np.random.default_rng(others.get(name, seed)).normal(size=(number, 2)) for name, seed in usual.items()
    }
    memory = rng.normal(0, 5, (number, 2)) + [2.0, 220.0] + 0.5 * drawn["memory"]
    moves = 2.0 * np.column_stack([drawn["schedule"][:, 0], drawn["absences"][:, 0]])
    close = memory + moves + rng.normal(0, 0.3, (number, 2))
    result = np.round(close + rng.normal(0, 12, (number, 2)))
    result[:, 0] = np.where(result[:, 0] == 0, 1, result[:, 0])
    lines = {"elo": close + 4 * drawn["elo"], "filter": close + 3 * drawn["filter"], "memory": memory}
    features = {name: drawn[group][:, 0] for group, name in columns().items()}
    features |= {"memory_margin": memory[:, 0], "memory_total": memory[:, 1]}
    rows = _rows()
    return Games(
        rows, pl.DataFrame(features), lines, close, result, rows["event_at_utc"].dt.offset_by("3h"),
        np.full((number, 2), np.nan),
    )  # fmt: skip


def _rows() -> pl.DataFrame:
    days = [
        (f"{year}-{year - 1999}", datetime(year, 10, 25, 17, tzinfo=UTC) + timedelta(days=place // 3), place)
        for year in SEASONS
        for place in range(GAMES)
    ]
    return pl.DataFrame(
        [
            {"match_id": f"{season}-{place}", "competition_id": "NBA", "season_code": season, "season_type": "regular",
             "as_of_utc": day, "event_at_utc": day + timedelta(hours=7), "home_team_id": "a", "away_team_id": "b",
             "is_neutral": False, "is_upcoming": False}
            for season, day, place in days
        ]
    ).with_columns(pl.col("as_of_utc", "event_at_utc").dt.cast_time_unit("us"))  # fmt: skip


def shown(monkeypatch: pytest.MonkeyPatch, played: Games | None = None) -> None:
    """Every lake shows these games from here on, and a season is enough for a few small trees."""
    recipe = GameRecipe(closing=FEW, threads=1)
    evidence = SimpleNamespace(past=lambda _recipe: played or games())
    for module in (walk, ablation):
        monkeypatch.setattr(module, "GameRecipe", SimpleNamespace(of=lambda _settings: recipe))
        monkeypatch.setattr(module, "Evidence", SimpleNamespace(of=lambda _lake, _sport: evidence))
    monkeypatch.setattr(closing, "MINIMUM_GAMES", GAMES)
