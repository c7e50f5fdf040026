"""What groups add to players' nights, on the invented league: what is unknown has no say, and costs are paired."""

from __future__ import annotations

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from core.settings import load_settings
from models.props import groups, plays
from replay.props import parts, walk
from replay.props.quotes import NO_QUOTES
from tests.unit.replay import hoops

SETTINGS = load_settings(threads=1).of("basketball")


@pytest.fixture(scope="module")
def lessons() -> pl.DataFrame:
    return hoops.season_lessons()


def test_groups_share_no_column_and_each_has_some(lessons: pl.DataFrame) -> None:
    names = [name for group in groups.LEARNED for name in groups.learned(group, lessons)]
    assert len(names) == len(set(names))
    assert all(groups.learned(group, lessons) for group in groups.LEARNED)
    levels = {"even_minutes_h25", "typical_minutes", "games_played", "even_minutes_least", "departed_minutes"}
    assert set(plays.FEATURES) - set(names) == levels


def test_what_is_unknown_is_the_same_for_all_and_everything_else_is_as_it_was(lessons: pl.DataFrame) -> None:
    for group in groups.LEARNED:
        names, found = groups.learned(group, lessons), groups.unknown(group, lessons)
        assert found.select(names).unique().height == 1
        assert_frame_equal(found.drop(names), lessons.drop(names))


def test_costs_are_paired_by_night(lessons: pl.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups, "LEARNED", {"opponent": groups.LEARNED["opponent"]})
    found = parts.compare(lessons, SETTINGS, lambda _: None)
    full, other = (
        walk.walk(rows, NO_QUOTES, SETTINGS)[0]["points_error"].mean()
        for rows in (lessons, groups.unknown("opponent", lessons))
    )
    mean, ends = found.without["opponent"]
    assert found.points_mae == pytest.approx(full)
    assert found.points_mae + mean == pytest.approx(other)
    assert mean != 0.0
    low, high = ends or (1.0, 0.0)
    assert low <= mean <= high
