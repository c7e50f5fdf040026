"""One invented league and what was learned from it, made once for all tests of this folder."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest

from models.props import features, model
from models.props import lessons as props_lessons
from models.props.history import Archive
from models.props.model import PropsModel
from models.props.night import GameBelief
from tests.unit.models.props import worlds

DAYS = 24


@pytest.fixture(scope="session")
def league() -> Archive:
    return worlds.archive(DAYS)


@pytest.fixture(scope="session")
def games() -> pl.DataFrame:
    """Both sides of every game."""
    return features.sides(worlds.matches(DAYS))


@pytest.fixture(scope="session")
def lessons(league: Archive, games: pl.DataFrame) -> pl.DataFrame:
    end = worlds.START + timedelta(days=2 * DAYS)
    return props_lessons.lessons(league, games, end, seed=1)


@pytest.fixture(scope="session")
def learned(lessons: pl.DataFrame) -> PropsModel:
    return model.fit(lessons, worlds.START + timedelta(days=2 * DAYS), seed=1)


@pytest.fixture(scope="session")
def belief(learned: PropsModel, league: Archive, games: pl.DataFrame) -> GameBelief:
    """Of one game of the last day, as known before it."""
    last = games["as_of_utc"].max()
    return learned.believe(features.features(league, games.filter(pl.col("as_of_utc") == last), last))[0]
