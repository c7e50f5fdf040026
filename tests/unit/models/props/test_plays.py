"""Chances of taking part: learned from the past only, and a day's list has the last word."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from models.props import plays
from models.props.plays import LISTED_PROB


def test_later_weeks_change_nothing_in_earlier_ones(lessons: pl.DataFrame) -> None:
    played = lessons["has_played"].to_numpy()
    whole = plays.walk(lessons, played, seed=1)
    early = (lessons["as_of_utc"].dt.truncate("1w") < lessons["as_of_utc"].dt.truncate("1w").max()).to_numpy()
    late_lies = np.where(early, played, ~played)
    assert np.array_equal(plays.walk(lessons, late_lies, seed=1), whole)
    cut = plays.walk(lessons.filter(pl.Series(early)), played[early], seed=1)
    assert np.array_equal(cut, whole[early])


def test_what_happened_in_earlier_weeks_is_learned(lessons: pl.DataFrame) -> None:
    played = lessons["has_played"].to_numpy()
    never = plays.walk(lessons, np.zeros(len(lessons), dtype=bool), seed=1)
    assert never[-40:].mean() < plays.walk(lessons, played, seed=1)[-40:].mean() - 0.5


@pytest.mark.parametrize(("status", "likely"), list(LISTED_PROB.items()))
def test_the_days_list_has_the_last_word(lessons: pl.DataFrame, status: str, likely: float) -> None:
    learned = plays.fit(lessons, lessons["has_played"].to_numpy(), seed=1)
    rows = lessons.head(5).with_columns(pl.lit(status).alias("listed_status"))
    assert learned.predict(rows).tolist() == [likely] * 5


def test_chances_stay_inside_and_nobody_asked_is_nobody_answered(lessons: pl.DataFrame) -> None:
    learned = plays.fit(lessons, lessons["has_played"].to_numpy(), seed=1)
    chances = learned.predict(lessons)
    assert chances.min() >= 0.005
    assert chances.max() <= 0.995
    assert len(learned.predict(lessons.clear())) == 0
