"""Basketball's features, lines and beliefs at a decision are the same bits whether or not gold knows what followed.

The league is invented. It has what tempts most: results told nine days late, and corrected weeks later.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from numpy.typing import ArrayLike

from models.basketball import closing, pool, training
from models.basketball.belief import ScoreBelief
from models.basketball.games import MEMBERS, Games
from models.basketball.market import MODEL
from models.basketball.recipe import GameRecipe
from models.kept import InMemory
from replay.basketball.evidence import Evidence
from replay.basketball.walk import CLOSE, Walk
from tests.leakage import hardwood
from tests.unit.replay.arenas import FEW
from tests.unit.replay.test_two_paths import silent

pytestmark = pytest.mark.slow
RECIPE = GameRecipe(closing=FEW, threads=1)
ENOUGH = 60
MOMENTS = (datetime(2020, 7, 19, 17, tzinfo=UTC), datetime(2020, 12, 1, 17, tzinfo=UTC))
"""Decisions soon after trees are first fitted, and a month before the end."""


@pytest.fixture(autouse=True)
def _little_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closing, "MINIMUM_GAMES", ENOUGH)
    monkeypatch.setattr(pool, "MINIMUM_GAMES", ENOUGH)


@pytest.fixture(scope="module")
def whole() -> Evidence:
    return hardwood.evidence()


@pytest.fixture(scope="module")
def games(whole: Evidence) -> Games:
    return whole.past(RECIPE)


@pytest.mark.parametrize("moment", MOMENTS)
def test_nothing_that_was_known_of_a_past_game_moves_when_the_future_becomes_known(
    whole: Evidence, games: Games, moment: datetime
) -> None:
    cut = hardwood.known(whole, moment).past(RECIPE)
    assert cut.rows["as_of_utc"].max() == moment
    assert ENOUGH < len(cut) < len(games)
    assert (np.isfinite(cut.result).sum(), np.isfinite(cut.market).all()) > (2 * ENOUGH, False)
    assert list(_moved(cut, _until(games, moment), moment)) == []


@pytest.mark.parametrize("moment", MOMENTS)
def test_what_is_learned_and_said_at_a_decision_does_not_move_either(
    whole: Evidence, games: Games, moment: datetime
) -> None:
    cut = hardwood.known(whole, moment).past(RECIPE)
    walked, expected = (_walked(each) for each in (cut, games))
    assert walked.keys() == expected.keys() == {MODEL, *MEMBERS}
    before = (games.rows["as_of_utc"] <= moment).to_numpy()
    assert walked[MODEL].present.sum() > 20
    assert [name for name in walked if not _alike(walked[name], expected[name].where(before))] == []
    one, other = (training.train(each, moment, _learner(), silent) for each in (cut, games))
    assert one.closing is not None
    assert other.closing is not None
    assert (one.closing.to_text(), one.readers, one.pool, one.blend) == (
        other.closing.to_text(), other.readers, other.pool, other.blend,
    )  # fmt: skip


def test_a_result_told_a_week_early_would_have_been_noticed(whole: Evidence) -> None:
    moment, hasty = MOMENTS[0], pl.col("known_at_utc") - timedelta(weeks=1)
    leaking = replace(whole, results=whole.results.with_columns(hasty)).past(RECIPE)
    cut = hardwood.known(whole, moment).past(RECIPE)
    assert {"elo", "filter", "memory", "filter_margin", "memory_margin"} <= set(
        _moved(cut, _until(leaking, moment), moment)
    )
    assert not _alike(_walked(cut)[MODEL], _walked(_until(leaking, moment))[MODEL])


def _learner() -> closing.Learner:
    return training.learner(RECIPE, InMemory(), "")


def _walked(games: Games) -> dict[str, ScoreBelief]:
    """All forecasters but the closing lines themselves, which are what the others are judged by."""
    told = Walk.of(games, _learner(), silent).forecasters
    return {name: belief for name, belief in told.items() if name != CLOSE}


def _until(games: Games, moment: datetime) -> Games:
    return games.where((games.rows["as_of_utc"] <= moment).to_numpy())


def _moved(cut: Games, whole: Games, moment: datetime) -> Iterator[str]:
    """Whatever differs of the same decisions, by name: closing lines and results where they were known."""
    for frame in ("rows", "features"):
        one, other = getattr(cut, frame), getattr(whole, frame)
        assert one.columns == other.columns
        yield from (name for name in one.columns if not one[name].equals(other[name], null_equal=True))
    yield from (name for name in cut.lines if not _same(cut.lines[name], whole.lines[name]))
    told = (whole.known_at_utc <= moment).fill_null(False).to_numpy()
    labels = ("closing", "result")
    yield from (name for name in labels if not _same(getattr(cut, name)[told], getattr(whole, name)[told]))
    if np.isfinite(cut.result[~told]).any() or not _same(cut.market, whole.market):
        yield "market"


def _alike(one: ScoreBelief, other: ScoreBelief) -> bool:
    return all(_same(getattr(one, part.name), getattr(other, part.name)) for part in fields(ScoreBelief))


def _same(one: ArrayLike, other: ArrayLike) -> bool:
    return np.array_equal(np.asarray(one), np.asarray(other), equal_nan=True)
