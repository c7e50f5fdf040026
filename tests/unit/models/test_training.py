"""Panels as they stood at each decision: what they learned from, and what a whole forecaster says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest

from models.belief import Belief
from models.catalog import BLEND_MEMBERS, MODEL_MEMBERS
from models.dataset import Dataset
from models.panel import Panel
from models.training import Hearing, Mask, Trained, asked_before, hearings
from tests.unit.models.registries import panel
from tests.unit.models.test_members import END, YEARS, school, world
from tests.unit.models.worlds import truths

ALL = np.ones(len(YEARS), dtype=bool)
CUTOFF = datetime(2020, 11, 3, tzinfo=UTC)


@pytest.fixture(scope="module")
def data() -> Dataset:
    return world()


def invented(seed: int) -> dict[str, Belief]:
    return {name: Belief(truths(len(YEARS), seed + place)) for place, name in enumerate(BLEND_MEMBERS)}


def heard(data: Dataset, said: dict[str, Belief], learned: Mask) -> Hearing:
    return hearings(data, said, learned)[0]


def test_the_model_never_sees_the_market_and_the_blend_does(data: Dataset) -> None:
    said = invented(4) | {"market": data.market}
    found = heard(data, said, YEARS >= 2019).panel(END)
    assert set(found.model.pool.weights) == set(MODEL_MEMBERS)
    assert set(found.blend.pool.weights) == {*MODEL_MEMBERS, "drift", "market"}
    assert found.blend.pool.weights["market"] == pytest.approx(1.0, abs=0.1), "the market of this world is the truth"


def changed(data: Dataset, rows: Mask) -> Dataset:
    """The same world, but for results and closing prices of these rows."""
    elsewhere = np.where(rows[:, None], truths(len(YEARS), 99), data.close.probabilities)
    names = data.rows.filter(pl.Series(rows))["match_id"].implode()
    results = data.results.with_columns(
        pl.when(pl.col("match_id").is_in(names)).then(0).otherwise("outcome").alias("outcome")
    )
    return replace(data, close=Belief(elsewhere), results=results)


def test_panels_learn_from_nothing_that_was_known_later_nor_from_rows_that_had_not_learned(data: Dataset) -> None:
    said, learned = invented(5), YEARS >= 2019
    later = (data.rows["as_of_utc"] >= datetime(2020, 11, 1, tzinfo=UTC)).to_numpy()
    assert later.any()
    expected = heard(data, said, learned).panel(CUTOFF)
    assert heard(changed(data, later | ~learned), said, learned).panel(CUTOFF) == expected
    assert heard(changed(data, learned & ~later), said, learned).panel(CUTOFF) != expected


def test_panels_look_back_three_years(data: Dataset) -> None:
    said = invented(6)
    late = datetime(2022, 9, 15, tzinfo=UTC)
    old = YEARS == 2018
    assert heard(changed(data, old), said, ALL).panel(late) == heard(data, said, ALL).panel(late)
    assert not asked_before(data, late, late)[old].any()
    assert asked_before(data, late, late)[YEARS == 2020].all()


def test_what_is_asked_reaches_back_from_the_season_because_calibrators_do(data: Dataset) -> None:
    """In May the calibrators of last July answer, which look at the three years before it."""
    may, july = datetime(2022, 5, 1, tzinfo=UTC), datetime(2021, 7, 1, tzinfo=UTC)
    assert np.array_equal(asked_before(data, may, july), asked_before(data, july, july))
    assert asked_before(data, july, july)[YEARS == 2018].all()


def test_each_decision_is_answered_by_the_panel_of_its_month(data: Dataset) -> None:
    """Invented beliefs, so that panels have to move; each month against a panel made for it alone."""
    said, rows = invented(7), YEARS == 2020
    hearing = heard(data, said, ALL)
    found = hearing.pooled(rows)
    moments = data.rows["as_of_utc"]
    assert found["model"].present.tolist() == rows.tolist()
    firsts = [moments.filter(pl.Series(rows)).min(), moments.filter(pl.Series(rows)).max()]
    panels: list[Panel] = [hearing.panel(moment) for moment in firsts]  # type: ignore[arg-type]
    assert panels[0] != panels[1], "October and November are weighed differently"
    for moment, one in zip(firsts, panels, strict=True):
        inside = rows & (moments == moment).to_numpy()
        slowly = one.predict(said)
        for name in ("model", "blend"):
            assert np.array_equal(found[name].probabilities[inside], slowly[name].probabilities[inside])


def test_before_there_is_anything_to_weigh_by_the_blend_trusts_the_market(data: Dataset) -> None:
    found = heard(data, invented(8), ALL).panel(datetime(2017, 1, 1, tzinfo=UTC))
    assert set(found.model.pool.weights.values()) == {1 / len(MODEL_MEMBERS)}
    assert {name: weight for name, weight in found.blend.pool.weights.items() if weight} == {"market": 1}


def test_a_forecaster_answers_both_questions_whatever_is_priced(data: Dataset) -> None:
    market = data.market.probabilities.copy()
    market[:50] = np.nan
    unpriced = replace(data, market=Belief(market))
    result = panel({"elo": 0.6, "boosting": 0.3}, {"elo": 0.2, "boosting": 0.1, "market": 0.7})
    goals = panel({"total_memory": 1.0}, {"total_memory": 0.2, "market": 0.8})
    found = Trained(school(data).members(END), result, goals, matches=len(YEARS)).predict(unpriced)
    assert set(found.result) == {*BLEND_MEMBERS, "model", "blend"}
    assert found.result["blend"].present.all()
    assert np.array_equal(found.result["blend"].probabilities[:50], found.result["model"].probabilities[:50])
    assert np.array_equal(found.over["blend"].probabilities, found.over["model"].probabilities), "no total is priced"
    assert np.allclose(found.over["model"].probabilities.sum(axis=1), 1)
