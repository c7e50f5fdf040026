"""Signals, members, panels and forecasts at a decision are the same bits whether or not the lake knows what followed.

The lake is invented. Added to it are what tempts most: results corrected weeks later, play and closes told late.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest
from numpy.typing import ArrayLike

from core.settings import load_settings
from lake.storage import Lake
from models.dataset import Dataset
from models.kept import InMemory, Kept
from models.recipe import Recipe
from models.training import Trained
from replay import football
from replay.evidence import Evidence
from tests.unit.replay import conftest
from tests.unit.replay.test_two_paths import known, silent

pytestmark = pytest.mark.slow
lake, matches = conftest.lake, conftest.matches

RECIPE = Recipe()
EARLY, SOON_AFTER_A_BOUNDARY, LATE = 20, 77, 112
"""Places among the decisions' moments: with links only; as the trees' first season begins; a week before the end."""
TOLD_LATE, CORRECTED = timedelta(days=9), timedelta(days=40)


@pytest.fixture(scope="module")
def whole(lake: Lake) -> Evidence:
    return _tempting(Evidence.of(lake, "football"))


@pytest.fixture(scope="module")
def data(whole: Evidence) -> Dataset:
    return whole.past(RECIPE)


@pytest.mark.parametrize("place", [EARLY, SOON_AFTER_A_BOUNDARY, LATE])
def test_no_column_and_no_label_of_the_past_moves_when_the_future_becomes_known(
    whole: Evidence, data: Dataset, place: int
) -> None:
    moment = _moment(data, place)
    cut = known(whole, moment).past(RECIPE)
    assert len(cut.rows) < len(data.rows)
    assert list(_moved(cut, _until(data, moment))) == []
    assert list(_moved(cut.labelled(moment), data.labelled(moment))) == []


def test_what_is_learned_and_said_at_a_decision_does_not_move_either(whole: Evidence, data: Dataset) -> None:
    in_the_cut_lake, in_the_whole = InMemory(), InMemory()
    for place in (SOON_AFTER_A_BOUNDARY, LATE):
        moment = _moment(data, place)
        cut = known(whole, moment).past(RECIPE)
        one, other = _learned(cut, moment, in_the_cut_lake), _learned(data, moment, in_the_whole)
        assert one.members.fitted.keys() == other.members.fitted.keys() >= {"boosting", "closing", "network"}
        assert (one.result.to_json(), one.over.to_json()) == (other.result.to_json(), other.over.to_json())
        said, expected = one.predict(_at(cut, moment)), other.predict(_at(data, moment))
        for beliefs, others in ((said.result, expected.result), (said.over, expected.over)):
            assert beliefs.keys() == others.keys() >= {"model", "blend"}
            differ = [name for name in beliefs if not _same(beliefs[name].probabilities, others[name].probabilities)]
            assert differ == [], moment


def test_a_result_told_a_week_early_would_have_been_noticed(whole: Evidence, data: Dataset) -> None:
    moment = _moment(data, EARLY)
    hasty = pl.col("known_at_utc") - timedelta(weeks=1)
    leaking = replace(whole, results=whole.results.with_columns(hasty)).past(RECIPE)
    moved = set(_moved(known(whole, moment).past(RECIPE), _until(leaking, moment)))
    assert moved >= {"elo_difference", "pi_difference", "memory_supremacy", "state_home_goals", "total_memory_goals"}


def _tempting(evidence: Evidence) -> Evidence:
    """The same gold with every fifth result corrected later, and with closes and play of which a part is told late."""
    fifth, quarter = (pl.col("match_id").hash(seed=1) % parts == 0 for parts in (5, 4))
    corrected = evidence.results.filter(fifth).with_columns(
        pl.col("home_goals") + 2, pl.col("known_at_utc") + CORRECTED, pl.lit("corrected").alias("state")
    )
    close = (pl.col("quote_kind") == "closing") & quarter
    late = pl.when(close).then(pl.col("known_at_utc") + TOLD_LATE).otherwise("known_at_utc").alias("known_at_utc")
    play = evidence.results.with_columns(
        pl.when(quarter).then(pl.col("known_at_utc") + TOLD_LATE).otherwise("known_at_utc").alias("known_at_utc"),
        *(pl.col("home_goals").alias(f"home_{measure}") * 3 + 4 for measure in ("shots", "shots_on_target")),
        *(pl.col("away_goals").alias(f"away_{measure}") * 3 + 4 for measure in ("shots", "shots_on_target")),
    )
    empty = evidence.statistics.clear()
    shared = [name for name in empty.columns if name in play.columns]
    told = pl.concat([empty, play.select(shared).cast({name: empty.schema[name] for name in shared})], how="diagonal")
    return replace(
        evidence,
        results=pl.concat([evidence.results, corrected]),
        prices=evidence.prices.with_columns(late),
        total_prices=evidence.total_prices.with_columns(late),
        statistics=told,
    )


def _moment(data: Dataset, place: int) -> datetime:
    moment = data.rows["as_of_utc"].unique().sort()[place]
    assert isinstance(moment, datetime)
    return moment


def _until(data: Dataset, moment: datetime) -> Dataset:
    return data.where((data.rows["as_of_utc"] <= moment).to_numpy())


def _at(data: Dataset, moment: datetime) -> Dataset:
    return data.where((data.rows["as_of_utc"] == moment).to_numpy())


def _learned(data: Dataset, moment: datetime, kept: Kept) -> Trained:
    settings = load_settings(threads=1)
    return football.train(data, Recipe.of(settings), moment, kept, silent)[0]


def _moved(cut: Dataset, whole: Dataset) -> Iterator[str]:
    """Every column in which two frames of the same decisions differ, by name.

    Results and closes of decisions are labels: they are compared where they were known, as `labelled` gives them.
    """
    labels = {"outcome", "over"} if cut.outcome.min() < 0 else set()
    for name in set(cut.rows.columns) - labels:
        if not cut.rows[name].equals(whole.rows[name], null_equal=True):
            yield name
    for name in cut.signals.columns:
        if not _same(cut.signal(name), whole.signal(name)):
            yield name
    beliefs = ("market", "over_market") if labels else ("market", "over_market", "close", "over_close")
    for name in beliefs:
        if not _same(getattr(cut, name).probabilities, getattr(whole, name).probabilities):
            yield name


def _same(one: ArrayLike, other: ArrayLike) -> bool:
    return np.array_equal(np.asarray(one), np.asarray(other), equal_nan=True)
