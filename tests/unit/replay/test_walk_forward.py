"""The backtest on a tiny lake of two leagues: same matches for all, honest scopes, one hash."""

from __future__ import annotations

import json
import math
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from core.settings import load_settings
from lake.storage import Lake
from models.catalog import BLEND_MEMBERS
from models.scores import log_loss
from replay import walk_forward
from replay.variants import GRID

pytestmark = pytest.mark.slow

LEAGUES = {"E0": 6, "D1": 4}
FIRST, LAST = date(2023, 7, 1), date(2024, 6, 30)


def silent(_said: str) -> None:
    """Progress that nobody reads."""


@pytest.fixture(scope="module")
def report(lake: Lake) -> dict[str, Any]:
    row = walk_forward.backtest(lake, load_settings(threads=1), FIRST, LAST, silent)
    found: dict[str, Any] = json.loads(row["report"][0])
    assert row["backtest_hash"][0] == found["hash"]
    return found


def test_every_scope_counts_the_matches_of_the_tested_season_and_parts_add_up(report: dict[str, Any]) -> None:
    assert report["overall"]["n"] == 38 * sum(LEAGUES.values())
    assert {name: scope["n"] for name, scope in report["by_league"].items()} == {k: 38 * n for k, n in LEAGUES.items()}
    assert {name: scope["n"] for name, scope in report["by_season"].items()} == {"2023-24": 380}
    assert report["benchmarks"] == {"market_open": {"pinnacle": 380}, "market_close": {"pinnacle": 380}}
    assert report["data"] == "sandbox"


def test_all_forecasters_are_judged_and_the_close_is_the_best_of_them(
    report: dict[str, Any], matches: pl.DataFrame
) -> None:
    cards = report["overall"]["forecasters"]
    assert set(cards) == {*BLEND_MEMBERS, "model", "blend", "market_open", "market_close"}
    assert min(cards, key=lambda name: cards[name]["log_loss"]) in {"market_close", "market_open", "market", "blend"}
    tested = matches.filter(pl.col("season_code") == "2023-24")
    outcome = (1 - (tested["home_goals"] - tested["away_goals"]).sign()).to_numpy().astype(np.int64)
    truth = log_loss(tested.select("p0", "p1", "p2").to_numpy(), outcome).mean()
    assert cards["market_close"]["log_loss"] == pytest.approx(truth, abs=0.01)
    assert cards["market_close"]["log_loss_minus_close_ci95"] == [0, 0]
    assert cards["elo"]["log_loss_minus_close_ci95"][0] > 0, "ratings know less than the truth, and significantly"


def test_every_number_of_the_report_is_finite(report: dict[str, Any]) -> None:
    def numbers(value: Any) -> list[float]:
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
        return [float(value)] if inner is None and isinstance(value, (int, float)) else [
            number for part in inner or [] for number in numbers(part)
        ]  # fmt: skip

    assert len(numbers(report)) > 100
    assert all(math.isfinite(number) for number in numbers(report))


def test_the_same_backtest_again_gives_the_same_document(lake: Lake, report: dict[str, Any]) -> None:
    row = walk_forward.backtest(lake, load_settings(threads=1), FIRST, LAST, silent)
    assert json.loads(row["report"][0]) == report


def test_another_backtest_of_the_same_days_is_one_more_trial_and_changes_nothing_else(
    lake: Lake, tmp_path: Path
) -> None:
    beside, days = Lake(shutil.copytree(lake.root, tmp_path / "lake")), (date(2019, 1, 1), date(2019, 2, 1))
    alone = walk_forward.backtest(beside, load_settings(threads=1), *days, silent)
    other = alone.with_columns(pl.lit("another").alias("backtest_hash"))
    beside.table("gold.football.backtests").merge(pl.concat([alone, other]))
    again = walk_forward.backtest(beside, load_settings(threads=1), *days, silent)
    first, second = (json.loads(row["report"][0]) for row in (alone, again))
    assert (first["overfitting"].pop("trials"), second["overfitting"].pop("trials")) == (len(GRID), len(GRID) + 1)
    assert first == second


def test_the_search_is_counted_on_the_months_of_the_walk(report: dict[str, Any]) -> None:
    found = report["overfitting"]
    assert found["periods"] == 9, "38 weeks from August to April"
    assert found["best"]["sharpe"] >= found["sharpe"]
    assert (found["best"]["deflated_sharpe"], found["probability_of_overfitting"]) == (None, None)


def test_the_devig_method_is_chosen_on_the_seasons_before_the_tested_one(report: dict[str, Any]) -> None:
    assert report["devig"]["used"] == "power"
    assert report["devig"]["n"] == 2 * 38 * sum(LEAGUES.values())
    assert report["devig"]["chosen"] in report["devig"]["scores"]


def test_a_backtest_of_one_league_leaves_the_other_leagues_of_the_lake_out(lake: Lake) -> None:
    """DEFECT: the leagues asked for are written beside the result, and never applied to it."""
    row = walk_forward.backtest(lake, load_settings(threads=1, leagues=("E0",)), FIRST, LAST, silent)
    assert row["leagues"][0] == "E0"
    assert set(json.loads(row["report"][0])["by_league"]) == {"E0"}


def test_a_range_without_a_match_is_an_empty_report(lake: Lake) -> None:
    row = walk_forward.backtest(lake, load_settings(threads=1), date(2019, 1, 1), date(2019, 2, 1), silent)
    report = json.loads(row["report"][0])
    assert report["overall"] == {"n": 0, "forecasters": {}}
    assert report["bets"]["n"] == 0
    assert (report["overfitting"]["periods"], report["overfitting"]["best"]) == (0, None)
    assert (report["devig"]["n"], report["devig"]["chosen"]) == (0, None)
