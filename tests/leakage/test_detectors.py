"""Each detector finds the fault that is planted for it, and is silent where there is none."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from models.belief import Belief
from models.dataset import Dataset, prices_at_decision
from models.families import market
from models.families.boosting import BoostingParameters
from models.kept import InMemory
from models.members import Mask, School
from models.recipe import Recipe
from tests.leakage.detectors import (
    better_than_the_close,
    changed_columns,
    prices_after_the_decision,
    rewritten_history,
    windows_that_reach_the_match,
)
from tests.leakage.worlds import NOW, Facts, Gold, built, joined, known, training_frame

pytestmark = pytest.mark.slow
AS_OF = datetime(2026, 3, 13, 17, tzinfo=UTC)
RECIPE = Recipe(boosting=BoostingParameters(rounds=40, minimum_leaf_matches=40))


@pytest.fixture(scope="session")
def present(history: Facts, folder: Path) -> Gold:
    """Gold at the sandbox's present."""
    return built(folder, history, NOW)


@pytest.fixture(scope="session")
def honest(present: Gold) -> Dataset:
    """What learners read when nothing is planted."""
    return training_frame(present)


def _with_cheat(data: Dataset, cheat: pl.Series) -> Dataset:
    """The training frame with one more numeric column."""
    planted = replace(data, rows=data.rows.with_columns(cheat.alias("cheat")))
    assert "cheat" in planted.features.columns
    return planted


def _result(data: Dataset) -> pl.Series:
    return pl.Series("cheat", np.where(data.outcome < 0, np.nan, data.outcome.astype(float)))


def _forecast(data: Dataset) -> tuple[dict[str, Belief], Mask]:
    return School(data, RECIPE, InMemory(), "", lambda _: None).beliefs(data.years == 2025)


def _beats_the_close(data: Dataset, present: Gold) -> bool:
    beliefs, forecast = _forecast(data)
    assert forecast.sum() > 300
    closing = present["fct_match_prices"].filter(pl.col("quote_kind") == "closing")
    close, _ = market.benchmark(data.rows, closing.sort("known_at_utc").unique(["match_id", "bookmaker"], keep="first"))
    days = data.rows["event_at_utc"].dt.date().to_physical().to_numpy().astype(np.int64)
    return better_than_the_close(beliefs["boosting"].probabilities, close.probabilities, data.outcome, days)


def test_the_result_as_a_feature_is_caught_because_it_beats_the_close(honest: Dataset, present: Gold) -> None:
    assert _beats_the_close(_with_cheat(honest, _result(honest)), present)


def test_a_noisy_result_as_a_feature_is_caught_too(honest: Dataset, present: Gold) -> None:
    noise = np.random.default_rng(7).normal(0, 0.5, len(honest.outcome))
    assert _beats_the_close(_with_cheat(honest, _result(honest) + noise), present)


def test_honest_features_do_not_beat_the_close(honest: Dataset, present: Gold) -> None:
    assert not _beats_the_close(honest, present)


def test_pure_noise_as_a_feature_does_not_beat_the_close(honest: Dataset, present: Gold) -> None:
    noise = pl.Series("cheat", np.random.default_rng(7).normal(0, 1, len(honest.outcome)))
    assert not _beats_the_close(_with_cheat(honest, noise), present)


def test_a_forecast_that_is_the_close_is_not_better_than_the_close() -> None:
    p = np.tile([0.5, 0.3, 0.2], (400, 1))
    outcome = np.random.default_rng(0).choice(3, 400, p=[0.5, 0.3, 0.2])
    assert not better_than_the_close(p, p, outcome, np.arange(400) // 8)


def test_the_result_as_a_feature_is_caught_at_the_decision_because_the_cut_does_not_have_it(
    history: Facts, folder: Path
) -> None:
    """At a decision moment the result of the match to come exists in the full history only."""
    cut = joined(built(folder, known(history, AS_OF), AS_OF))
    scores = history["matches"].filter(pl.col("state") == "finished").select("match_id", "home_goals")
    full = cut.join(scores, on="match_id", how="left")
    blind = cut.join(
        scores.join(cut.filter(~pl.col("is_upcoming")), on="match_id", how="semi"), on="match_id", how="left"
    )
    assert changed_columns(blind, full, ["match_id"]) == ["home_goals"]
    assert changed_columns(cut, cut.sample(fraction=1, shuffle=True, seed=1), ["match_id"]) == []


def test_a_future_result_in_the_features_is_found(history: Facts, folder: Path) -> None:
    """A result of next Saturday that carries an earlier time: form of the full and the cut history differ."""
    first = history["matches"].filter((pl.col("state") == "finished") & (pl.col("known_at_utc") > AS_OF))
    early = history["matches"].join(
        first.sort("known_at_utc").head(3).select("match_id", "state"), on=["match_id", "state"], how="semi"
    )
    leaked = early.with_columns(pl.lit(AS_OF - timedelta(hours=1)).alias("known_at_utc"))
    honest = built(folder, known(history, AS_OF), AS_OF)["feat_team_form"]
    faulty = dict(known(history, AS_OF)) | {"matches": pl.concat([known(history, AS_OF)["matches"], leaked])}
    assert changed_columns(honest, built(folder, faulty, AS_OF)["feat_team_form"], ["team_id", "known_at_utc"]) != []


def test_prices_used_for_decisions_are_open_at_the_decision(present: Gold) -> None:
    decisions = present["spn_decisions"]
    taken = prices_at_decision(decisions, present["fct_match_prices"])
    assert len(taken) > 5000
    assert prices_after_the_decision(decisions, taken).is_empty()


def test_a_closing_price_that_is_used_for_a_decision_is_found(present: Gold) -> None:
    decisions = present["spn_decisions"]
    closing = present["fct_match_prices"].filter(pl.col("quote_kind") == "closing")
    assert len(prices_after_the_decision(decisions, closing.head(500))) == 500
    relabelled = closing.head(500).with_columns(pl.lit("opening").alias("quote_kind"))
    assert len(prices_after_the_decision(decisions, relabelled)) == 500


def _sample(decisions: pl.DataFrame) -> pl.DataFrame:
    return decisions.filter(pl.col("season_code") >= "2025-26").sort("match_id").gather_every(3)


def test_no_feature_window_reaches_the_match_itself(history: Facts, present: Gold) -> None:
    results = history["matches"].filter(pl.col("state") == "finished")
    sample = _sample(joined(present))
    assert len(sample) > 120
    assert windows_that_reach_the_match(sample, results) == []


def test_a_feature_window_that_includes_the_match_itself_is_found(history: Facts, present: Gold) -> None:
    """Form that holds from kick-off instead of three hours after the end, asked for at kick-off."""
    form = present["feat_team_form"].with_columns(pl.col("event_at_utc").alias("known_at_utc"))
    past = (
        present["spn_decisions"].filter(~pl.col("is_upcoming")).with_columns(pl.col("event_at_utc").alias("as_of_utc"))
    )
    faulty = joined({"spn_decisions": past, "feat_team_form": form.unique(["team_id", "known_at_utc"])})
    results = history["matches"].filter(pl.col("state") == "finished")
    sample = _sample(faulty)
    assert len(windows_that_reach_the_match(sample, results)) > 0.5 * len(sample)


def test_a_correction_that_reaches_back_is_found(present: Gold) -> None:
    form, moment = present["feat_team_form"], datetime(2026, 9, 10, tzinfo=UTC)
    key = ["team_id", "known_at_utc"]
    place = pl.int_range(pl.len()) == form.with_row_index().filter(pl.col("known_at_utc") < moment)["index"][0]
    back = form.with_columns(pl.when(place).then(9.0).otherwise("goals_for_l5").alias("goals_for_l5"))
    forth = form.with_columns(
        pl.when(pl.col("known_at_utc") >= moment).then(9.0).otherwise("goals_for_l5").alias("goals_for_l5")
    )
    assert rewritten_history(form, back, "known_at_utc", moment, key) == ["goals_for_l5"]
    assert rewritten_history(form, forth, "known_at_utc", moment, key) == []


def test_a_row_that_came_or_went_and_a_value_that_became_null_are_found() -> None:
    rows = pl.DataFrame({"id": [1, 2, 3], "x": [1.0, 2.0, None]})
    assert changed_columns(rows, rows.head(2), ["id"]) == ["rows"]
    assert changed_columns(rows, rows.with_columns(pl.lit(None, pl.Float64).alias("x")), ["id"]) == ["x"]
    assert changed_columns(rows, rows.drop("x"), ["id"]) == ["x"]
    assert changed_columns(rows, rows.reverse(), ["id"]) == []


def test_a_belief_that_is_honest_stays_a_belief(honest: Dataset) -> None:
    beliefs, forecast = _forecast(honest)
    assert isinstance(beliefs["boosting"], Belief)
    assert beliefs["boosting"].present[forecast].all()
    assert not beliefs["boosting"].present[~forecast].any()
