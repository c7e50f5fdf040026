"""The backtest on a tiny lake of two leagues: same matches for all, honest scopes, one hash."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from core.settings import load_settings
from lake.contracts.model import contract
from lake.storage import Lake
from models.catalog import BLEND_MEMBERS
from models.scores import log_loss
from replay import walk_forward

pytestmark = pytest.mark.slow

LEAGUES = {"E0": 6, "D1": 4}
FIRST, LAST = date(2023, 7, 1), date(2024, 6, 30)
GOLD = "gold.football"


def silent(_said: str) -> None:
    """Progress that nobody reads."""


def _matches() -> pl.DataFrame:
    """Three seasons of weekly rounds whose true probabilities are kept in the columns p0, p1 and p2."""
    generator = np.random.default_rng(17)
    rows = []
    for year in (2021, 2022, 2023):
        for week in range(38):
            kickoff = datetime(year, 8, 7, 14, tzinfo=UTC) + timedelta(weeks=week)
            for league, per_week in LEAGUES.items():
                for place in range(per_week):
                    p = generator.dirichlet([6, 4, 4])
                    outcome = int(generator.choice(3, p=p))
                    goals = ((1, 0), (1, 1), (0, 2))[outcome]
                    name = f"{league}-{year}-{week:02d}-{place}"
                    clubs = [f"{league}-{(2 * place + week + side) % (2 * per_week)}" for side in (0, 1)]
                    rows.append((name, league, f"{year}-{(year + 1) % 100}", kickoff, *clubs, *goals, *p))
    names = ["match_id", "competition_id", "season_code", "event_at_utc", "home_team_id", "away_team_id"]
    frame = pl.DataFrame(rows, schema=[*names, "home_goals", "away_goals", "p0", "p1", "p2"], orient="row")
    return frame.with_columns(
        (pl.col("event_at_utc") - timedelta(hours=22)).alias("as_of_utc"), pl.lit(False).alias("is_upcoming")
    )


def _filled(name: str, frame: pl.DataFrame, **usual: Any) -> pl.DataFrame:
    """The frame with every other column of the contract: null, or a usual value of its type."""
    plain: Mapping[str, Any] = {"string": "x", "int": 1, "float": 1.0, "bool": False, "timestamp": None}
    found = contract(f"{GOLD}.{name}")
    missing = [column for column in found.columns if column.name not in frame.columns]
    return frame.with_columns(
        pl.lit(usual.get(column.name, None if column.nullable else plain[column.type])).alias(column.name)
        for column in missing
    )


def _prices(matches: pl.DataFrame) -> pl.DataFrame:
    """Opening prices with noise from two books, and the close of Pinnacle at the truth."""
    generator = np.random.default_rng(18)
    p = matches.select("p0", "p1", "p2").to_numpy()
    frames = []
    for book, kind, spread in (("pinnacle", "opening", 0.06), ("bet365", "opening", 0.1), ("pinnacle", "closing", 0.0)):
        noisy = p * np.exp(generator.normal(0, spread, p.shape))
        odds = 1 / (noisy / noisy.sum(axis=1, keepdims=True) * 1.03)
        known = pl.col("event_at_utc") if kind == "closing" else pl.col("as_of_utc") - timedelta(hours=1)
        frames.append(
            matches.with_columns(
                pl.lit(book).alias("bookmaker"), pl.lit(kind).alias("quote_kind"), known.alias("known_at_utc"),
                pl.lit(False).alias("is_aggregate"),
                *(
                    pl.Series(f"{side}_odds_dec", odds[:, n]).clip(1.01, 900)
                    for n, side in enumerate(("home", "draw", "away"))
                ),
            )
        )  # fmt: skip
    return pl.concat(frames)


@pytest.fixture(scope="module")
def matches() -> pl.DataFrame:
    return _matches()


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory, matches: pl.DataFrame) -> Lake:
    made = Lake(tmp_path_factory.mktemp("lake"))
    form = pl.concat(
        matches.select(pl.col(f"{side}_team_id").alias("team_id"), "competition_id", "season_code", "match_id",
                       "event_at_utc", (pl.col("event_at_utc") + timedelta(hours=3)).alias("known_at_utc"))
        for side in ("home", "away")
    )  # fmt: skip
    over = matches.with_columns(
        (pl.col("event_at_utc") + timedelta(hours=3)).alias("known_at_utc"), pl.lit("finished").alias("state")
    )
    frames = {
        "spn_decisions": matches, "feat_match_schedule": matches, "fct_results": over, "feat_team_form": form,
        "fct_match_prices": _prices(matches),
    }  # fmt: skip
    for name, frame in frames.items():
        made.table(f"{GOLD}.{name}").replace(_filled(name, frame))
    return made


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
