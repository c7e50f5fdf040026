"""One decision at a time, knowing only what was known then, says to the last bit what the walk-forward says."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import numpy as np
import polars as pl
import pytest

from core.settings import load_settings
from lake.storage import Lake
from models.belief import Belief
from models.kept import InMemory
from models.recipe import Recipe
from replay import football, walk_forward
from replay.evidence import Evidence

pytestmark = pytest.mark.slow
MOMENTS = 30


def silent(_said: str) -> None:
    """Progress that nobody reads."""


def known(evidence: Evidence, as_of: datetime) -> Evidence:
    """The same gold, cut to what a run at this moment would have had."""
    told = pl.col("known_at_utc") <= as_of
    decided = pl.col("as_of_utc") <= as_of
    return Evidence(
        decisions=evidence.decisions.filter(decided),
        form=evidence.form.filter(told),
        schedule=evidence.schedule.filter(decided),
        results=evidence.results.filter(told),
        prices=evidence.prices.filter(told),
        total_prices=evidence.total_prices.filter(told),
        statistics=evidence.statistics.filter(told),
    )


def test_thirty_moments_one_by_one_equal_the_walk_forward(lake: Lake) -> None:
    recipe, kept = Recipe.of(load_settings(threads=1)), InMemory()
    evidence = Evidence.of(lake, "football")
    whole = evidence.past(recipe)
    moments = whole.rows.filter(pl.col("season_code") == "2023-24")["as_of_utc"].unique().sort()[-MOMENTS:]
    assert len(moments) == MOMENTS
    tested = whole.rows["as_of_utc"].is_in(moments.implode()).to_numpy()
    walked, answered = walk_forward.forecast(whole, tested, recipe, InMemory(), silent)
    assert answered[tested].all()
    for moment in moments:
        data = known(evidence, moment).past(recipe)
        assert data.rows["as_of_utc"].max() == moment
        trained, _, _ = football.train(data, recipe, moment, kept, silent)
        decided = trained.predict(data.where((data.rows["as_of_utc"] == moment).to_numpy()))
        rows = (whole.rows["as_of_utc"] == moment).to_numpy()
        for one, other in ((decided.result, walked.result), (decided.over, walked.over)):
            for name in one.keys() | other.keys():
                same = np.array_equal(one[name].probabilities, other[name].probabilities[rows], equal_nan=True)
                assert same, (name, moment)


def test_another_past_would_have_been_noticed(lake: Lake) -> None:
    """The comparison has teeth: one result less before a moment, and what is said at it is another."""
    evidence = Evidence.of(lake, "football")
    moment = evidence.decisions["as_of_utc"].max()
    assert isinstance(moment, datetime)
    cut = known(evidence, moment)
    last = cut.results.sort("known_at_utc", "match_id")[-1]["match_id"][0]
    said = [
        _at(replace(cut, results=results), moment)
        for results in (cut.results, cut.results.filter(pl.col("match_id") != last))
    ]
    assert not np.array_equal(said[0].probabilities, said[1].probabilities)


def _at(evidence: Evidence, moment: datetime) -> Belief:
    recipe = Recipe.of(load_settings(threads=1))
    data = evidence.past(recipe)
    trained, _, _ = football.train(data, recipe, moment, InMemory(), silent)
    return trained.predict(data.where((data.rows["as_of_utc"] == moment).to_numpy())).result["blend"]
