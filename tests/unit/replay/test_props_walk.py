"""The walk-forward of props and its report, on the invented league: nothing later is known, and figures are figures."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from core.settings import load_settings
from replay.props import backtest, walk
from replay.props.quotes import NO_QUOTES, consensus
from replay.props.report import report
from tests.unit.models.props import worlds
from tests.unit.replay import hoops

SETTINGS = load_settings().of("basketball")


@pytest.fixture(scope="module")
def lessons() -> pl.DataFrame:
    return hoops.season_lessons()


@pytest.fixture(scope="module")
def walked(lessons: pl.DataFrame) -> pl.DataFrame:
    return walk.walk(lessons, NO_QUOTES, SETTINGS)[0]


def test_every_man_who_played_after_the_warm_up_is_judged_once(lessons: pl.DataFrame, walked: pl.DataFrame) -> None:
    week = lessons["as_of_utc"].dt.truncate("1w")
    after = lessons.filter((week > week.unique().sort()[walk.WARM_UP_WEEKS - 1]) & pl.col("has_played"))
    assert len(walked) == len(after) > 100
    assert walked.select("match_id", "player_id").is_unique().all()
    assert walked["made_points"].sum() == (
        after.select(2 * pl.col("made_twos") + 3 * pl.col("made_threes") + pl.col("made_free_throws")).sum().item()
    )


def test_what_comes_later_changes_no_forecast(lessons: pl.DataFrame, walked: pl.DataFrame) -> None:
    last = lessons["as_of_utc"].dt.truncate("1w") == lessons["as_of_utc"].dt.truncate("1w").max()
    lied = pl.when(last).then(40.0).otherwise("made_rebounds").alias("made_rebounds")
    other = walk.walk(lessons.with_columns(lied), NO_QUOTES, SETTINGS)[0]
    foretold = ["match_id", "player_id", "points_mean", "rebounds_mean", "double_double_prob", "plays_prob"]
    assert_frame_equal(other.select(foretold), walked.select(foretold))


def test_the_report_names_populations_and_is_json(lessons: pl.DataFrame, walked: pl.DataFrame) -> None:
    found = report(walked, NO_QUOTES, walk.outcomes(lessons), seed=1)
    assert json.loads(json.dumps(found)) == found
    assert found["prices"] == {"at_decision": {"n": 0}, "before_the_game": {"n": 0}}
    parts = found["parts"]
    assert isinstance(parts, dict)
    everyone = parts["2023-24, second half"]["everyone who played"]
    assert everyone["n"] == len(walked.filter(pl.col("event_at_utc") >= lessons["event_at_utc"].median()))
    points = everyone["points"]
    assert points["mae"] == pytest.approx(
        points["baselines_mae"][points["best_baseline"]] * (1 - points["mae_gain_share"])
    )
    assert points["best_baseline"] == min(points["baselines_mae"], key=points["baselines_mae"].get)
    assert points["mae_gain_share_ci95"][0] < points["mae_gain_share"] < points["mae_gain_share_ci95"][1]
    assert sum(points["pit_tenths"]) == pytest.approx(1.0)
    assert 0.85 < points["inside_interval"]["94"] <= 1.0
    assert points["crps"] < points["mae"]


def test_chances_are_judged_beside_prices_on_the_same_lines(lessons: pl.DataFrame) -> None:
    played = lessons.filter("has_played").select("match_id", "player_id")
    quotes = played.with_columns(
        market=pl.lit("points"), line=pl.lit(9.5), market_over_prob=pl.lit(0.5), books=pl.lit(1),
        told=pl.lit("before_the_game"),
    )  # fmt: skip
    walked, quoted = walk.walk(lessons, quotes, SETTINGS)
    assert len(quoted) == len(walked)
    assert quoted["over_prob"].is_between(0, 1).all()
    assert np.corrcoef(quoted["over_prob"], quoted["is_over"])[0, 1] > 0.3
    prices = report(walked, quoted, walk.outcomes(lessons), seed=1)["prices"]
    assert isinstance(prices, dict)
    assert prices["at_decision"] == {"n": 0}
    prices = prices["before_the_game"]
    assert prices["market_log_loss"] == pytest.approx(np.log(2))
    assert prices["log_loss"] < prices["market_log_loss"]
    assert prices["by_market"]["points"]["n"] == len(quoted)


def test_a_line_that_was_hit_exactly_is_a_push_and_is_not_judged(lessons: pl.DataFrame) -> None:
    made = walk.outcomes(lessons)
    quotes = made.select("match_id", "player_id", pl.col("made_points").cast(pl.Float64).alias("line")).with_columns(
        market=pl.lit("points"), market_over_prob=pl.lit(0.5), books=pl.lit(1), told=pl.lit("at_decision")
    )
    assert walk.walk(lessons, quotes, SETTINGS)[1].is_empty()


def test_prices_lose_their_margin_and_what_is_known_later_counts_before_the_game_alone() -> None:
    at = worlds.START
    rows = [
        ("m", "p", "player_points", side, 9.5, book, odds, at + timedelta(hours=hours))
        for book, over, under in (("x", 1.9, 1.9), ("y", 2.0, 1.8))
        for side, odds, hours in (("over", over, -2), ("under", under, -2), ("over", 5.0, 1))
    ] + [("m", "q", "player_double_double", "yes", None, "x", 3.0, at - timedelta(hours=1)),
         ("m", "q", "player_double_double", "no", None, "x", 1.5, at - timedelta(hours=1)),
         ("m", "q", "player_points", "over", 9.5, "x", 2.0, at - timedelta(hours=1))]  # fmt: skip
    names = ["match_id", "player_id", "market", "selection", "line", "bookmaker", "price_odds_dec", "known_at_utc"]
    decisions = pl.DataFrame({"match_id": ["m"], "as_of_utc": [at], "event_at_utc": [at + timedelta(hours=7)]})
    both = consensus(pl.DataFrame(rows, schema=names, orient="row"), decisions)
    found = both.filter(told="at_decision").drop("told")
    assert found.select("player_id", "market", "line", "books").rows() == [
        ("p", "points", 9.5, 2), ("q", "double_double", 0.5, 1),
    ]  # fmt: skip
    log_odds = (np.log(1.8 / 2.0) + 0.0) / 2
    assert found["market_over_prob"].to_list() == pytest.approx([1 / (1 + np.exp(-log_odds)), 1 / 3])
    later = both.filter(told="before_the_game", player_id="p")["market_over_prob"]
    assert later.to_list() == pytest.approx([1 / (1 + np.exp(-(np.log(1.9 / 5.0) + np.log(1.8 / 5.0)) / 2))])


def test_a_backtest_reads_the_lake_and_a_league_hardly_known_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake, said = hoops.lake(tmp_path), list[str]()
    first, last = worlds.START.date(), date(2024, 6, 30)
    assert backtest.report(lake, SETTINGS, first, last, said.append) == {}
    monkeypatch.setattr("replay.props.past.MINIMUM_PLAYED", 500)
    found = backtest.report(lake, SETTINGS, first, last, said.append)
    assert set(found) == {"NBA"}
    assert len(said) == 2
