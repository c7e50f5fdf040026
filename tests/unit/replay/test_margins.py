"""What earlier seasons say about the margin: which matches count, and what was known of them; all invented."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from models.belief import Belief
from models.dataset import Dataset
from models.margins import choose_method
from replay.margins import devig_choice, earlier_closes

ROUNDS = 40
YEARS = (2016, 2017, 2018)
LAST = np.repeat([False, False, True], ROUNDS)
PRICES = ("home_odds_dec", "draw_odds_dec", "away_odds_dec")


def archive(seed: int = 1) -> tuple[Dataset, pl.DataFrame]:
    """Three seasons of one match a day, with closing prices of Pinnacle (known at kick-off) and of bet365."""
    generator = np.random.default_rng(seed)
    kickoff = [datetime(year, 8, 1, 15, tzinfo=UTC) + timedelta(days=day) for year in YEARS for day in range(ROUNDS)]
    p = generator.dirichlet([6, 4, 4], len(kickoff)) * 0.9 + 0.1 / 3
    rows = pl.DataFrame(
        {"match_id": [f"m{place}" for place in range(len(p))], "event_at_utc": kickoff,
         "year": np.repeat(YEARS, ROUNDS), "outcome": [int(generator.choice(3, p=row)) for row in p]}
    ).with_columns((pl.col("event_at_utc") - timedelta(hours=20)).alias("as_of_utc"))  # fmt: skip
    told = rows.select(
        "match_id",
        (pl.col("event_at_utc") + timedelta(hours=3)).alias("known_at_utc"),
        "outcome",
        pl.lit(0).alias("over"),
    )
    none, no_goals = Belief(np.full((len(p), 3), np.nan)), Belief(np.full((len(p), 2), np.nan))
    data = Dataset(rows, rows.select(pl.lit(0.0).alias("nothing")), none, none, told, no_goals, no_goals)
    return data, pl.concat([quoted(rows, book, 0.97 / p) for book in ("pinnacle", "bet365")])


def quoted(rows: pl.DataFrame, book: str, odds: np.ndarray[Any, Any], hours: float = 0) -> pl.DataFrame:
    return rows.select(
        "match_id", pl.lit(book).alias("bookmaker"), pl.lit("closing").alias("quote_kind"),
        (pl.col("event_at_utc") + timedelta(hours=hours)).alias("known_at_utc"),
        *(pl.Series(name, odds[:, place]) for place, name in enumerate(PRICES)),
    )  # fmt: skip


def test_the_choice_is_that_of_pinnacles_closes_of_the_seasons_before() -> None:
    data, prices = archive()
    found: Any = devig_choice(data, LAST, prices)
    closes = prices.filter(pl.col("bookmaker") == "pinnacle").select(PRICES).to_numpy()[~LAST]
    slow = choose_method(closes, data.outcome[~LAST], data.years[~LAST])
    assert (found["used"], found["chosen"], found["n"]) == ("power", slow.method, 2 * ROUNDS)
    assert set(found["scores"]) == set(slow.scores)
    for method, score in slow.scores.items():
        assert found["scores"][method] == {
            "log_loss": score.log_loss, "minus_default": score.minus_default.mean,
            "ci95": list(score.minus_default.ci95),
        }  # fmt: skip


def test_nothing_of_the_tested_season_counts_and_nothing_told_after_its_first_decision() -> None:
    data, prices = archive()
    usual = earlier_closes(data, LAST, prices)
    late = timedelta(days=3 * 365)
    corrected = data.results.with_columns(pl.lit(2, pl.Int64).alias("outcome"), pl.col("known_at_utc") + late)
    told = replace(data, results=pl.concat([data.results, corrected]))
    upset = told.results.with_columns(
        pl.when(pl.col("match_id").is_in(data.rows["match_id"].filter(pl.Series(LAST)).implode()))
        .then(2).otherwise("outcome").cast(pl.Int64).alias("outcome")
    )  # fmt: skip
    repriced = quoted(data.rows, "pinnacle", np.full((len(LAST), 3), 3.1), hours=1)
    assert earlier_closes(replace(told, results=upset), LAST, pl.concat([prices, repriced])).equals(usual)
    assert usual["year"].unique().sort().to_list() == [2016, 2017]


def test_a_result_or_a_close_that_is_not_yet_known_at_the_first_tested_decision_is_left_out() -> None:
    data, prices = archive()
    far = pl.col("known_at_utc") + timedelta(days=3 * 365)
    later = pl.when(pl.col("match_id") == "m3").then(far).otherwise("known_at_utc").alias("known_at_utc")
    for found in (
        earlier_closes(replace(data, results=data.results.with_columns(later)), LAST, prices),
        earlier_closes(data, LAST, prices.with_columns(later)),
    ):
        assert len(found) == 2 * ROUNDS - 1
        assert "m3" not in found["match_id"]


@pytest.mark.parametrize("tested", [np.ones(len(LAST), bool), np.zeros(len(LAST), bool)])
def test_without_an_earlier_season_or_a_tested_match_nothing_is_chosen(tested: np.ndarray[Any, Any]) -> None:
    data, prices = archive()
    assert devig_choice(data, tested, prices) == {"used": "power", "chosen": None, "n": 0, "scores": {}}


def test_one_earlier_season_has_scores_without_intervals_and_keeps_the_default() -> None:
    data, prices = archive()
    found: Any = devig_choice(data, np.repeat([False, True, True], ROUNDS), prices)
    assert (found["chosen"], found["n"]) == ("power", ROUNDS)
    assert all(score["ci95"] == [None, None] for score in found["scores"].values())
    assert json.dumps(found, allow_nan=False)
