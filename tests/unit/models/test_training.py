"""Learning out of fold: no season is forecast by anything that saw it, and a first day has ratings only."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from models import scores
from models.belief import Belief
from models.catalog import BLEND_MEMBERS, MINIMUM_MATCHES, MODEL_MEMBERS
from models.dataset import Dataset
from models.families.boosting import BoostingParameters
from models.pool import Pool
from models.recipe import Recipe
from models.training import Members, Trained, fit_members, fit_pools, out_of_fold, train
from tests.unit.models.worlds import Floats, Integers, decisions, outcomes, truths

RECIPE = Recipe(boosting=BoostingParameters(rounds=15, learning_rate=0.2, minimum_leaf_matches=20, leaves=4))
YEARS = np.repeat([2018, 2019, 2020], 600)
Say = Callable[[str], None]


def silent(_said: str) -> None:
    """Progress that nobody reads."""


def world(years: Integers = YEARS, outcome: Integers | None = None, signal: Floats | None = None) -> Dataset:
    """Decisions whose `signal` says nothing, unless a test plants something."""
    n = len(years)
    p = truths(n, 1)
    known = outcomes(p, 2) if outcome is None else outcome
    generator = np.random.default_rng(3)
    columns = {"signal": generator.normal(size=n) if signal is None else signal}
    return decisions(years, known, columns, p, generator.normal(60, 100, n))


def test_a_signal_that_works_in_one_season_only_does_not_help_to_forecast_that_season() -> None:
    happened = outcomes(truths(len(YEARS), 1), 2)
    noise = np.random.default_rng(4).normal(size=len(YEARS))
    inside = YEARS == 2019
    cheat = np.where(inside, happened * 3.0, noise)
    data = world(outcome=happened, signal=cheat)
    beliefs, _ = out_of_fold(data, [2019, 2020], RECIPE, silent)
    forecast = scores.log_loss(beliefs["boosting"].probabilities[inside], happened[inside]).mean()
    fitted = fit_members(data, RECIPE).predict(data.where(inside))["boosting"].probabilities
    assert forecast > 1.0, "the season itself was in the training set"
    assert scores.log_loss(fitted, happened[inside]).mean() < 0.8, "the planted signal is too weak to be found"


def test_a_season_is_forecast_alike_whatever_happens_in_it_or_later() -> None:
    happened = outcomes(truths(len(YEARS), 1), 2)
    upset = np.where(YEARS >= 2019, 0, happened)
    inside = YEARS == 2019
    first, second = (out_of_fold(world(outcome=outcome), [2019], RECIPE, silent)[0] for outcome in (happened, upset))
    for name in BLEND_MEMBERS:
        assert np.array_equal(first[name].probabilities[inside], second[name].probabilities[inside])


def test_an_earlier_season_does_teach() -> None:
    happened = outcomes(truths(len(YEARS), 1), 2)
    upset = np.where(YEARS == 2018, 0, happened)
    inside = YEARS == 2019
    first, second = (
        out_of_fold(world(outcome=outcome), [2019], RECIPE, silent)[0]["elo"].probabilities[inside]
        for outcome in (happened, upset)
    )
    assert (second[:, 0] > first[:, 0]).all()


def test_outside_the_seasons_asked_for_there_is_no_forecast() -> None:
    beliefs, forecast = out_of_fold(world(), [2019, 2027], RECIPE, silent)
    assert np.array_equal(forecast, YEARS == 2019)
    assert set(beliefs) == set(BLEND_MEMBERS)
    for belief in beliefs.values():
        assert np.array_equal(belief.present, YEARS == 2019)


def test_a_season_with_too_little_before_it_is_left_out_and_said_to_nobody() -> None:
    said: list[str] = []
    data = world(np.repeat([2018, 2019, 2020], [MINIMUM_MATCHES - 1, 100, 100]))
    _, forecast = out_of_fold(data, [2018, 2019, 2020], RECIPE, said.append)
    assert np.array_equal(forecast, data.years == 2020)
    assert len(said) == 1
    assert said[0].startswith("season 2020/21: 599 matches")


def test_a_first_day_has_ratings_instead_of_trees() -> None:
    data = world(np.repeat([2020], MINIMUM_MATCHES - 1))
    members = fit_members(data, RECIPE)
    found = members.predict(data)
    assert "boosting" not in members.fitted
    assert np.array_equal(found["boosting"].probabilities, found["elo"].probabilities)
    assert fit_members(world(np.repeat([2020], MINIMUM_MATCHES)), RECIPE).fitted.keys() >= {"boosting", "closing"}


def test_without_any_result_there_is_nothing_to_learn() -> None:
    with pytest.raises(ValueError, match="No finished match"):
        fit_members(world(outcome=np.full(len(YEARS), -1)), RECIPE)


def test_matches_that_are_not_over_teach_nothing() -> None:
    happened = outcomes(truths(len(YEARS), 1), 2)
    open_ones = np.where(np.arange(len(YEARS)) % 3 == 0, -1, happened)
    data = world(outcome=open_ones)
    cut = data.where(open_ones >= 0)
    assert fit_members(data, RECIPE).fitted["elo"] == fit_members(cut, RECIPE).fitted["elo"]


def test_the_model_never_sees_the_market_and_the_blend_does() -> None:
    data = world()
    beliefs, forecast = out_of_fold(data, [2019, 2020], RECIPE, silent)
    model, blend = fit_pools(beliefs, data, forecast)
    assert set(model.weights) == set(MODEL_MEMBERS)
    assert set(blend.weights) == {*MODEL_MEMBERS, "market"}
    assert blend.weights["market"] == pytest.approx(1.0, abs=0.25), "the market of this world is the truth"


def test_pools_learn_from_no_row_outside_those_given() -> None:
    data = world()
    beliefs, _ = out_of_fold(data, [2019, 2020], RECIPE, silent)
    rows = data.years == 2019
    elsewhere = np.where(rows[:, None], data.close.probabilities, 1 / 3)
    upset = data.rows.with_columns(pl.when(pl.Series(rows)).then("outcome").otherwise(0).alias("outcome"))
    other = Dataset(upset, data.signals, data.market, Belief(elsewhere))
    assert fit_pools(beliefs, data, rows) == fit_pools(beliefs, other, rows)


def test_where_a_match_has_no_price_the_blend_is_the_model() -> None:
    data = world()
    market = data.market.probabilities.copy()
    market[:50] = np.nan
    data = Dataset(data.rows, data.signals, Belief(market), data.close)
    members = Members({"elo": fit_members(data, RECIPE).fitted["elo"]})
    pools = Pool({"elo": 0.6, "boosting": 0.3}), Pool({"elo": 0.2, "boosting": 0.1, "market": 0.7})
    found = Trained(members, *pools, matches=len(YEARS)).predict(data)
    model, blend = found["model"].probabilities, found["blend"].probabilities
    assert set(found) == {*BLEND_MEMBERS, "model", "blend"}
    assert found["blend"].present.all()
    assert np.array_equal(blend[:50], model[:50])
    assert not np.allclose(blend[50:], model[50:])
    assert not found["market"].present[:50].any()


def test_training_twice_on_the_same_data_gives_the_same_forecaster() -> None:
    data = world()
    (first, beliefs), (second, again) = (train(data, RECIPE, silent) for _ in range(2))
    assert first.model == second.model
    assert first.blend == second.blend
    assert first.matches == len(YEARS)
    for name in ("boosting", "closing"):
        assert first.members.fitted[name].to_text() == second.members.fitted[name].to_text()
    assert all(np.array_equal(beliefs[m].probabilities, again[m].probabilities, equal_nan=True) for m in beliefs)
