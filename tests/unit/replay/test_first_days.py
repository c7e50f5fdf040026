"""What a forecaster says while a lake is nearly empty, has a gap, or loses a learner: a belief each time, or none."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Never

import numpy as np
import polars as pl
import pytest

from core.settings import load_settings
from lake.storage import Lake
from models import artifacts, fair
from models.belief import Belief
from models.catalog import MODEL_MEMBERS
from models.dataset import Dataset
from models.families import closing
from models.kept import InFolder, InMemory, Kept
from models.recipe import Recipe
from models.registry import Registry
from models.training import Forecast, Trained
from replay import football, learning
from replay.evidence import Evidence
from tests.unit.replay.test_two_paths import known, silent

pytestmark = pytest.mark.slow
SETTINGS = load_settings(threads=1)
RECIPE = Recipe.of(SETTINGS)
WEEKS = 38


@pytest.fixture(scope="module")
def whole(lake: Lake) -> Evidence:
    return Evidence.of(lake, "football")


class NeverTrained(Registry):
    """A registry that is asked before it has a database."""

    def find(self, name: str, training_hash: str) -> None:
        """Nothing is here."""


def test_a_lake_without_a_match_trains_nobody_and_registers_nothing(tmp_path: Path) -> None:
    empty, registry = Lake(tmp_path / "lake"), NeverTrained(tmp_path / "mlflow")
    found = learning.learn(empty, registry, SETTINGS, datetime(2024, 1, 1, tzinfo=UTC), silent, lambda *_: b"")
    assert (found.registered, found.reliability, len(found.scores)) == (None, None, 0)
    assert not (tmp_path / "mlflow").exists()


@pytest.mark.parametrize("week", [0, 1, 4])
def test_before_learners_have_enough_the_goal_model_answers_every_coming_match(whole: Evidence, week: int) -> None:
    trained, said, data = _first_forecast(whole, week)
    assert "boosting" not in trained.members.fitted
    assert _all_present(said, len(data.rows))
    assert np.array_equal(said.result["boosting"].probabilities, said.result["elo"].probabilities)
    assert trained.members.stand_ins is None


def test_on_the_very_first_day_every_member_but_the_market_says_one_thing_of_equal_clubs(whole: Evidence) -> None:
    _, said, data = _first_forecast(whole, 0)
    for name in ("dixon_coles", "memory", "model"):
        assert np.array_equal(said.result[name].probabilities, said.result[name].probabilities[[0] * len(data.rows)])


def test_without_any_price_the_blend_is_the_model_and_matches_are_priced(whole: Evidence) -> None:
    unpriced = replace(whole, prices=whole.prices.clear(), total_prices=whole.total_prices.clear())
    trained, said, data = _first_forecast(unpriced, 2 * WEEKS + 1)
    assert not said.result["market"].present.any()
    assert not said.over["market"].present.any()
    assert "boosting" in trained.members.fitted
    assert "closing" not in trained.members.fitted
    for beliefs in (said.result, said.over):
        assert np.array_equal(beliefs["blend"].probabilities, beliefs["model"].probabilities)
    priced = fair.fair_odds(data, fair.grids(data, said.result["blend"], said.over["blend"]))
    assert priced["match_id"].n_unique() == len(data.rows)
    assert not priced.select(pl.any_horizontal(pl.col("prob", "fair_odds_dec").is_nan().any())).item()


def test_one_league_alone_is_forecast(whole: Evidence) -> None:
    _, said, data = _first_forecast(_only(whole, pl.col("competition_id") == "D1"), 2 * WEEKS + 1)
    assert _all_present(said, len(data.rows))


def test_a_league_that_was_away_for_a_year_is_forecast_when_it_returns(whole: Evidence) -> None:
    away = (pl.col("competition_id") == "D1") & (pl.col("season_code") == "2022-23")
    trained, said, data = _first_forecast(_only(whole, ~away), 2 * WEEKS)
    assert "network" in trained.members.fitted
    assert set(data.rows["competition_id"]) == {"E0", "D1"}
    assert _all_present(said, len(data.rows))


def test_a_learner_that_fails_is_answered_for_and_named_and_the_registry_remembers_it(
    whole: Evidence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closing, "fit", _burns)
    trained, said, data = _first_forecast(whole, 2 * WEEKS + 1)
    assert trained.members.stand_ins == "memory for closing (FloatingPointError)"
    assert np.array_equal(said.result["closing"].probabilities, said.result["memory"].probabilities)
    artifacts.write(tmp_path, trained)
    read = artifacts.read(tmp_path)
    assert read.members.stand_ins == trained.members.stand_ins
    again = read.predict(data)
    for name in MODEL_MEMBERS:
        assert np.array_equal(again.result[name].probabilities, said.result[name].probabilities)


def test_what_was_registered_says_to_the_bit_what_was_trained(whole: Evidence, tmp_path: Path) -> None:
    trained, _, data = _first_forecast(whole, 2 * WEEKS + 1)
    everything = known(whole, data.rows["as_of_utc"][0]).past(RECIPE)
    artifacts.write(tmp_path, trained)
    one, other = trained.predict(everything), artifacts.read(tmp_path).predict(everything)
    for beliefs, others in ((one.result, other.result), (one.over, other.over)):
        differ = [name for name in beliefs if not _same(beliefs[name], others[name])]
        assert differ == []


def test_a_failed_fit_is_not_kept_and_one_that_was_cut_is_made_again(
    whole: Evidence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    week = 2 * WEEKS + 1
    with monkeypatch.context() as broken:
        broken.setattr(closing, "fit", _burns)
        _first_forecast(whole, week, InFolder(tmp_path))
    files = sorted(tmp_path.iterdir())
    files[0].write_bytes(files[0].read_bytes()[:-1])
    trained, said, _ = _first_forecast(whole, week, InFolder(tmp_path))
    assert trained.members.stand_ins is None
    assert len(list(tmp_path.iterdir())) == len(files) + 1
    _, expected, _ = _first_forecast(whole, week)
    assert np.array_equal(said.result["blend"].probabilities, expected.result["blend"].probabilities)


def _burns(*_: object) -> Never:
    raise FloatingPointError("the leaves are on fire")


def _first_forecast(evidence: Evidence, week: int, kept: Kept | None = None) -> tuple[Trained, Forecast, Dataset]:
    """Trained at the decision of this week, what it says there, and of which matches."""
    moment = evidence.decisions["as_of_utc"].unique().sort()[week]
    assert isinstance(moment, datetime)
    data = known(evidence, moment).past(RECIPE)
    trained, _, _ = football.train(data, RECIPE, moment, kept or InMemory(), silent)
    coming = data.where((data.rows["as_of_utc"] == moment).to_numpy())
    return trained, trained.predict(coming), coming


def _only(evidence: Evidence, kept: pl.Expr) -> Evidence:
    decisions = evidence.decisions.filter(kept)
    of_these = pl.col("match_id").is_in(decisions["match_id"].implode())
    return Evidence(
        decisions=decisions,
        form=evidence.form.filter(kept),
        schedule=evidence.schedule.filter(of_these),
        results=evidence.results.filter(of_these),
        prices=evidence.prices.filter(of_these),
        total_prices=evidence.total_prices.filter(of_these),
        statistics=evidence.statistics.filter(of_these),
    )


def _same(one: Belief, other: Belief) -> bool:
    return np.array_equal(one.probabilities, other.probabilities, equal_nan=True)


def _all_present(said: Forecast, matches: int) -> bool:
    beliefs: list[Belief] = [*said.result.values(), *said.over.values()]
    return matches > 0 and all(belief.present.sum() == matches for belief in beliefs)
