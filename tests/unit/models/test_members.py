"""Members as they stood at each decision: nobody answers who saw it, fits are made once, and a failure is said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import polars as pl
import pytest

from models import catalog, members, scores
from models.catalog import BLEND_MEMBERS, MEMBERS, MINIMUM_LINKED, MINIMUM_MATCHES
from models.dataset import Dataset
from models.families.boosting import BoostingParameters
from models.kept import InFolder, InMemory, Kept
from models.members import School
from models.recipe import Recipe
from tests.unit.models.worlds import Floats, Integers, decisions, outcomes, truths

RECIPE = Recipe(boosting=BoostingParameters(rounds=15, learning_rate=0.2, minimum_leaf_matches=20, leaves=4))
YEARS = np.repeat([2018, 2019, 2020], 600)
END = datetime(2021, 7, 2, tzinfo=UTC)
Say = Callable[[str], None]


def silent(_said: str) -> None:
    """Progress that nobody reads."""


def world(years: Integers = YEARS, outcome: Integers | None = None, signal: Floats | None = None) -> Dataset:
    """Invented decisions whose `signal` says nothing, unless a test plants something."""
    n = len(years)
    p = truths(n, 1)
    known = outcomes(p, 2) if outcome is None else outcome
    generator = np.random.default_rng(3)
    columns = {"signal": generator.normal(size=n) if signal is None else signal}
    return decisions(years, known, columns, p, generator.normal(60, 100, n))


def school(data: Dataset, kept: Kept | None = None, say: Say = silent, code: str = "") -> School:
    return School(data, RECIPE, kept or InMemory(), code, say)


def test_a_signal_that_works_in_one_season_only_does_not_help_to_forecast_that_season() -> None:
    happened = outcomes(truths(len(YEARS), 1), 2)
    noise = np.random.default_rng(4).normal(size=len(YEARS))
    inside = YEARS == 2019
    data = world(outcome=happened, signal=np.where(inside, happened * 3.0, noise))
    beliefs, _ = school(data).beliefs(inside)
    forecast = scores.log_loss(beliefs["boosting"].probabilities[inside], happened[inside]).mean()
    fitted = school(data).members(END).predict(data.where(inside))["boosting"].probabilities
    assert forecast > 1.0, "the season itself was in the training set"
    assert scores.log_loss(fitted, happened[inside]).mean() < 0.8, "the planted signal is too weak to be found"


def test_a_season_is_forecast_alike_whatever_happens_later() -> None:
    happened = outcomes(truths(len(YEARS), 1), 2)
    upset = np.where(YEARS >= 2020, 0, happened)
    inside = YEARS == 2019
    first, second = (school(world(outcome=outcome)).beliefs(inside)[0] for outcome in (happened, upset))
    for name in BLEND_MEMBERS:
        assert np.array_equal(first[name].probabilities[inside], second[name].probabilities[inside])


def test_an_earlier_season_does_teach() -> None:
    happened = outcomes(truths(len(YEARS), 1), 2)
    upset = np.where(YEARS == 2018, 0, happened)
    inside = YEARS == 2019
    first, second = (
        school(world(outcome=outcome)).beliefs(inside)[0]["elo"].probabilities[inside] for outcome in (happened, upset)
    )
    assert (second[:, 0] > first[:, 0]).all()


def test_outside_the_decisions_asked_for_there_is_no_forecast() -> None:
    asked = YEARS == 2019
    beliefs, learned = school(world()).beliefs(asked)
    assert np.array_equal(learned, asked)
    assert set(beliefs) == set(BLEND_MEMBERS)
    for belief in beliefs.values():
        assert np.array_equal(belief.present, asked)


def test_with_too_little_before_it_a_season_is_answered_but_does_not_count() -> None:
    data = world(np.repeat([2018, 2019, 2020], [MINIMUM_MATCHES - 1, 100, 100]))
    beliefs, learned = school(data).beliefs(np.ones(len(data.years), dtype=bool))
    assert np.array_equal(learned, data.years == 2020)
    assert all(belief.present.all() for belief in beliefs.values())


def test_progress_counts_the_seasons_down() -> None:
    said: list[str] = []
    school(world(), say=said.append).beliefs(YEARS >= 2019)
    assert [line.split(", about")[0] for line in said] == [
        "1/2 members of the season from July 2019",
        "2/2 members of the season from July 2020",
    ]


def test_what_was_told_after_the_boundary_teaches_nothing() -> None:
    """A result of September 2019 that became known in August 2020 is not in the fit of July 2020."""
    data = world()
    late = data.results.with_columns(
        pl.when(pl.col("known_at_utc") < datetime(2020, 7, 1, tzinfo=UTC))
        .then(pl.lit(datetime(2020, 8, 1, tzinfo=UTC)))
        .otherwise("known_at_utc")
        .alias("known_at_utc")
    )
    told_late = replace(data, results=late)
    _, learned = school(told_late).beliefs(YEARS == 2020)
    assert not learned.any()


def test_a_correction_counts_from_when_it_is_known() -> None:
    data = world()
    june = datetime(2020, 6, 1, tzinfo=UTC)
    told = data.results.filter(pl.col("known_at_utc") < june)
    wrong = told.with_columns(((pl.col("outcome") + 1) % 3).alias("outcome"))
    corrected = replace(data, results=pl.concat([wrong, told.with_columns(pl.lit(june).alias("known_at_utc"))]))
    as_wrong, as_right = replace(data, results=wrong), replace(data, results=told)
    for year, same in ((2019, as_wrong), (2020, as_right)):
        rows = year == YEARS
        found, expected = (school(one).beliefs(rows)[0]["elo"].probabilities[rows] for one in (corrected, same))
        assert np.array_equal(found, expected)


def test_a_first_day_has_ratings_instead_of_trees() -> None:
    data = world(np.repeat([2020], MINIMUM_MATCHES - 1))
    first = school(data).members(END)
    found = first.predict(data)
    assert "boosting" not in first.fitted
    assert np.array_equal(found["boosting"].probabilities, found["elo"].probabilities)
    assert first.stand_ins is None, "nobody failed: there was only too little to learn from"
    assert school(world(np.repeat([2020], MINIMUM_MATCHES))).members(END).fitted.keys() >= {"boosting", "closing"}


def test_before_any_link_can_be_fitted_the_goal_model_answers() -> None:
    data = world(np.repeat([2020], MINIMUM_LINKED - 1))
    found = school(data).members(END).predict(data)
    assert np.array_equal(found["elo"].probabilities, found["dixon_coles"].probabilities)
    assert all(belief.present.all() for belief in found.values())


def test_matches_that_are_not_over_teach_nothing() -> None:
    happened = outcomes(truths(len(YEARS), 1), 2)
    open_ones = np.where(np.arange(len(YEARS)) % 3 == 0, -1, happened)
    data = world(outcome=open_ones)
    cut = data.where(open_ones >= 0)
    assert school(data).members(END).fitted["elo"] == school(cut).members(END).fitted["elo"]


def counting(monkeypatch: pytest.MonkeyPatch, learn: Callable[..., Any] | None = None) -> list[str]:
    """Count the fits of `boosting`; or replace them."""
    made: list[str] = []

    def counted(spec: catalog.ModelSpec) -> catalog.ModelSpec:
        def learned(data: Dataset, recipe: Recipe) -> Any:
            made.append(spec.name)
            return (learn or spec.learn)(data, recipe)

        return replace(spec, learn=learned) if spec.name == "boosting" else spec

    monkeypatch.setattr(members, "MEMBERS", tuple(counted(spec) for spec in MEMBERS))
    return made


def test_a_fit_is_made_once_for_the_same_rows_and_again_for_others(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    made, data, kept = counting(monkeypatch), world(), InFolder(tmp_path)
    first = school(data, kept).beliefs(YEARS >= 2019)[0]["boosting"].probabilities
    again = school(data, kept).beliefs(YEARS >= 2019)[0]["boosting"].probabilities
    assert (len(made), np.array_equal(first, again, equal_nan=True)) == (2, True)
    school(world(outcome=np.zeros(len(YEARS), dtype=np.int64)), kept).beliefs(YEARS == 2019)
    school(data, kept, code="changed").beliefs(YEARS == 2019)
    assert len(made) == 4


def test_a_member_that_fails_is_answered_for_and_everybody_hears_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_data: Dataset, _recipe: Recipe) -> Any:
        raise FloatingPointError("the leaves are on fire")

    counting(monkeypatch, broken)
    said: list[str] = []
    data = world()
    found = school(data, say=said.append).members(END)
    beliefs = found.predict(data)
    assert np.array_equal(beliefs["boosting"].probabilities, beliefs["elo"].probabilities)
    assert found.stand_ins == "elo for boosting (FloatingPointError)"
    assert said == ["boosting failed (the leaves are on fire); elo answers for it"]
