"""Pools as they stood at each decision: who is in them, what they learned from, and what they say without a price."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest

from models.belief import Belief
from models.catalog import BLEND_MEMBERS, MODEL_MEMBERS
from models.dataset import Dataset
from models.pool import Pool
from models.training import Mask, Trained, asked_before, fit_pools, pooled
from tests.unit.models.test_members import END, YEARS, school, world
from tests.unit.models.worlds import truths

ALL = np.ones(len(YEARS), dtype=bool)
CUTOFF = datetime(2020, 9, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def data() -> Dataset:
    return world()


@pytest.fixture(scope="module")
def beliefs(data: Dataset) -> dict[str, Belief]:
    return school(data).beliefs(YEARS >= 2019)[0]


def invented(seed: int) -> dict[str, Belief]:
    return {name: Belief(truths(len(YEARS), seed + place)) for place, name in enumerate(BLEND_MEMBERS)}


def test_the_model_never_sees_the_market_and_the_blend_does(data: Dataset, beliefs: dict[str, Belief]) -> None:
    pools = fit_pools(beliefs, data, YEARS >= 2019, END)
    assert set(pools.model.weights) == set(MODEL_MEMBERS)
    assert set(pools.blend.weights) == {*MODEL_MEMBERS, "market"}
    assert pools.blend.weights["market"] == pytest.approx(1.0, abs=0.25), "the market of this world is the truth"


def changed(data: Dataset, rows: Mask) -> Dataset:
    """The same world, but for results and closing prices of these rows."""
    elsewhere = np.where(rows[:, None], truths(len(YEARS), 99), data.close.probabilities)
    names = data.rows.filter(pl.Series(rows))["match_id"].implode()
    results = data.results.with_columns(
        pl.when(pl.col("match_id").is_in(names)).then(0).otherwise("outcome").alias("outcome")
    )
    return replace(data, close=Belief(elsewhere), results=results)


def test_pools_learn_from_nothing_that_was_known_later_nor_from_rows_that_had_not_learned(data: Dataset) -> None:
    said, learned = invented(5), YEARS >= 2019
    at = data.rows["as_of_utc"]
    later, unlearned = (at >= CUTOFF).to_numpy(), ~learned
    assert later.any()
    assert unlearned.any()
    expected = fit_pools(said, data, learned, CUTOFF)
    assert fit_pools(said, changed(data, later | unlearned), learned, CUTOFF) == expected
    assert fit_pools(said, changed(data, learned & ~later), learned, CUTOFF) != expected


def test_pools_look_back_three_years(data: Dataset) -> None:
    said = invented(6)
    late = datetime(2022, 9, 15, tzinfo=UTC)
    old = YEARS == 2018
    assert fit_pools(said, changed(data, old), ALL, late) == fit_pools(said, data, ALL, late)
    assert not asked_before(data, late, late)[old].any()
    assert asked_before(data, late, late)[YEARS == 2020].all()


def test_each_month_is_pooled_by_what_came_before_it(data: Dataset) -> None:
    """Invented beliefs, so that pools have to move; every month against a fit of its own."""
    said, rows = invented(7), YEARS == 2020
    found = pooled(said, data, ALL, rows)
    months = data.rows["as_of_utc"].dt.truncate("1mo")
    assert found["model"].present.tolist() == rows.tolist()
    assert months.filter(pl.Series(rows)).n_unique() > 0
    for month in months.filter(pl.Series(rows)).unique():
        inside = rows & (months == month).to_numpy()
        slowly = fit_pools(said, data, ALL, month).model.blend(said).probabilities
        assert np.array_equal(found["model"].probabilities[inside], slowly[inside])


def test_where_a_match_has_no_price_the_blend_is_the_model(data: Dataset) -> None:
    market = data.market.probabilities.copy()
    market[:50] = np.nan
    unpriced = replace(data, market=Belief(market))
    pools = Pool({"elo": 0.6, "boosting": 0.3}), Pool({"elo": 0.2, "boosting": 0.1, "market": 0.7})
    found = Trained(school(data).members(END), *pools, matches=len(YEARS)).predict(unpriced)
    model, blend = found["model"].probabilities, found["blend"].probabilities
    assert set(found) == {*BLEND_MEMBERS, "model", "blend"}
    assert found["blend"].present.all()
    assert np.array_equal(blend[:50], model[:50])
    assert not np.allclose(blend[50:], model[50:])
    assert not found["market"].present[:50].any()


def test_without_any_decision_before_it_the_members_have_equal_weights(data: Dataset) -> None:
    pools = fit_pools(invented(8), data, ALL, datetime(2017, 1, 1, tzinfo=UTC))
    assert set(pools.model.weights.values()) == {1 / len(MODEL_MEMBERS)}
