"""Minutes: bounded, rising in their level, and wider for whom a list doubts."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from models.props import minutes
from models.props.minutes import LEAST, LEVELS, MOST, MinutesBelief


@pytest.fixture(scope="module")
def played(lessons: pl.DataFrame) -> pl.DataFrame:
    return lessons.filter("has_played")


@pytest.fixture(scope="module")
def learned(played: pl.DataFrame) -> MinutesBelief:
    return minutes.fit(played, played["played_minutes"].to_numpy(), np.ones(len(played)))


def test_the_expected_order_of_men_is_found(learned: MinutesBelief, played: pl.DataFrame) -> None:
    rows = played.filter("has_past").tail(200)
    assert np.corrcoef(learned.expected(rows), rows["played_minutes"].to_numpy())[0, 1] > 0.85
    mean = played.filter("has_past")
    assert learned.expected(mean).mean() == pytest.approx(mean["played_minutes"].mean(), abs=0.5)


def test_quantiles_rise_inside_the_bounds_and_hold_their_shares(learned: MinutesBelief, played: pl.DataFrame) -> None:
    quantiles = learned.quantiles(played)
    assert (np.diff(quantiles, axis=1) >= 0).all()
    assert quantiles.min() >= LEAST
    assert quantiles.max() <= MOST
    below = (played["played_minutes"].to_numpy()[:, None] <= quantiles).mean(axis=0)
    assert np.abs(below - LEVELS).max() < 0.06


def test_whom_the_list_doubts_is_as_open_as_who_missed_a_game(learned: MinutesBelief, played: pl.DataFrame) -> None:
    rows = played.filter("has_past", pl.col("missed_games") == 0).tail(50)
    doubtful = rows.with_columns(pl.lit("questionable").alias("listed_status"))
    weight = dict(zip(learned.spread.names, learned.spread.weights, strict=True))["is_doubtful"]
    widths = [np.ptp(learned.quantiles(each), axis=1).mean() for each in (rows, doubtful)]
    assert (widths[1] - widths[0]) * weight >= 0
    assert learned.expected(doubtful) == pytest.approx(learned.expected(rows))


def test_a_stranger_has_the_minutes_of_strangers(learned: MinutesBelief, played: pl.DataFrame) -> None:
    strangers = played.filter(~pl.col("has_past"))
    assert len(strangers) > 0
    assert set(learned.expected(strangers)) == {learned.newcomer}
