"""Player prices of a moment, from a lake with invented players: whose they are, what they sum to, and when none are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from core.market.grid import ScoreGrid
from core.market.pricing import price
from core.settings import load_settings
from lake.conform import require
from lake.contracts.model import contract
from lake.storage import Lake
from replay import players

NOW = datetime(2020, 12, 4, 17, tzinfo=UTC)
GRID = ScoreGrid.poisson([1.8], [1.1], -0.05)
"""Of the one coming match."""


def write(lake: Lake, name: str, rows: list[dict[str, object]]) -> None:
    """Append invented rows; what a row does not say is null, or stands for a lineage that nobody reads."""
    told = contract(name)
    lineage = {"source": "x", "bronze_sha256": "0" * 64, "ingested_at_utc": NOW, "known_at_basis": "rule"}
    full = [dict.fromkeys(told.column_names) | lineage | row for row in rows]
    frame = pl.DataFrame([{k: row[k] for k in told.column_names} for row in full], schema=told.schema)
    lake.table(name).append(frame, commit_id=f"{name}-{len(rows)}")


def past(week: int) -> dict[str, object]:
    at = NOW - timedelta(weeks=week)
    return {
        "match_id": f"past{week}", "competition_id": "E0", "season_code": "2020-21", "event_at_utc": at,
        "known_at_utc": at + timedelta(hours=3),
    }  # fmt: skip


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """Two clubs that met in six weeks, a coming match, and its fair result."""
    lake = Lake(tmp_path)
    write(lake, "silver.football.player_stats", [
        past(week) | {
            "player_id": f"{team}{place:02d}", "player_name": f"{team}{place:02d}", "player_id_fpl": "1",
            "team_id": team, "position": "FWD" if place > 8 else "MID", "minutes": 90,
            "goals": int(place > 8), "threat": 10.0 * place,
        }
        for week in range(1, 7) for team in ("a", "b") for place in range(11)
    ])  # fmt: skip
    write(lake, "gold.football.fct_results", [
        past(week) | {"state": "finished", "home_team_id": "a", "away_team_id": "b", "home_goals": 2, "away_goals": 2}
        for week in range(1, 7)
    ])  # fmt: skip
    decision = {"match_id": "next", "competition_id": "E0", "season_code": "2020-21", "as_of_utc": NOW}
    offered = price(GRID).frame().filter(pl.col("fair_odds_dec") > 1).rename({"win_share": "prob"})
    known = offered.select("market", "selection", "line", "prob", "fair_odds_dec").iter_rows(named=True)
    write(lake, "gold.football.fair_odds", [decision | row | {"training_hash": "t"} for row in known])
    clubs = {"home_team_id": "a", "away_team_id": "b", "event_at_utc": NOW + timedelta(hours=22)}
    write(lake, "gold.football.spn_decisions", [decision | clubs | {"is_upcoming": True}])
    return lake


def predicted(lake: Lake) -> pl.DataFrame:
    return players.predict(lake, load_settings(), NOW)


def test_prices_keep_their_contract_and_are_of_every_player(lake: Lake) -> None:
    found = require(predicted(lake), contract("gold.football.player_predictions"))
    assert len(found) == 22
    assert found["fair_odds_dec"].to_list() == pytest.approx((1 / found["prob"]).to_list())
    assert (found["two_or_more_prob"] <= found["prob"]).all()
    assert (found["three_or_more_prob"] <= found["two_or_more_prob"]).all()


def test_a_clubs_players_have_the_goals_that_the_fair_prices_expect_of_it(lake: Lake) -> None:
    own = dict(predicted(lake).group_by("team_id").agg(pl.col("expected_goals").sum()).iter_rows())
    assert own == pytest.approx({"a": 1.8, "b": 1.1}, abs=1e-4), "every goal of this world has a scorer among them"


@pytest.mark.parametrize("rates", [(0.05, 0.3), (1.4, 1.4), (4.5, 0.6)])
def test_the_goals_of_clubs_are_the_margins_of_the_grid_that_was_priced(rates: tuple[float, float]) -> None:
    grid = ScoreGrid.poisson([rates[0]], [rates[1]], -0.05)
    margins = np.vstack([grid.cells.sum(axis=2), grid.cells.sum(axis=1)])
    below = {f"under_{goals}.5": margins[:, : goals + 1].sum(axis=1) for goals in range(5)}
    found = players.goals_of_clubs(pl.DataFrame(below))
    np.testing.assert_allclose(found, margins, atol=1e-9)
    np.testing.assert_allclose(found.sum(axis=1), 1.0, atol=1e-12)


def test_who_is_listed_out_has_no_price_and_who_was_so_last_season_has(lake: Lake) -> None:
    news = {"competition_id": "E0", "player_name": "x", "player_id_fpl": "1", "team_id": "a", "position": "FWD"}
    out = news | {"status": "injured", "available_prob": 0.0, "known_at_utc": NOW - timedelta(days=1)}
    write(lake, "silver.football.players", [
        out | {"player_id": "a10", "season_code": "2020-21"}, out | {"player_id": "a09", "season_code": "2019-20"},
        out | {"player_id": "a08", "season_code": "2020-21", "known_at_utc": NOW + timedelta(hours=1)},
    ])  # fmt: skip
    priced = set(predicted(lake)["player_id"])
    assert "a10" not in priced
    assert {"a09", "a08"} <= priced


def test_without_players_or_fair_prices_there_are_no_player_prices(tmp_path: Path, lake: Lake) -> None:
    assert predicted(Lake(tmp_path / "first_day")).is_empty()
    lake.table("gold.football.fair_odds").replace(contract("gold.football.fair_odds").empty())
    assert predicted(lake).is_empty()
    assert predicted(lake).schema == contract("gold.football.player_predictions").schema
