"""Rates per minute: a man's own, moved by what the league has shown to move them."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from models.props import rates
from models.props.form import rate
from models.props.lessons import MADE
from models.props.rates import RatesBelief
from models.props.words import COMPONENTS


@pytest.fixture(scope="module")
def played(lessons: pl.DataFrame) -> pl.DataFrame:
    return lessons.filter("has_played")


def learned(played: pl.DataFrame, counts: np.ndarray) -> RatesBelief:
    return rates.fit(played, counts, played["played_minutes"].to_numpy(), np.ones(len(played)))


def test_counts_foretold_add_up_to_those_made(played: pl.DataFrame) -> None:
    counts = played.select(MADE).to_numpy().astype(float)
    foretold = learned(played, counts).predict(played) * played["played_minutes"].to_numpy()[:, None]
    assert foretold.sum(axis=0) == pytest.approx(counts.sum(axis=0), rel=1e-3)


def test_who_rebounds_more_is_foretold_to(played: pl.DataFrame) -> None:
    counts = played.select(MADE).to_numpy().astype(float)
    place = COMPONENTS.index("rebounds")
    rows = played.filter("has_past")
    foretold = learned(played, counts).predict(rows)[:, place]
    assert np.corrcoef(foretold, rows[rate("rebounds")].to_numpy())[0, 1] > 0.9
    assert foretold.min() > 0


def test_what_moves_counts_in_truth_is_learned(played: pl.DataFrame) -> None:
    counts = played.select(MADE).to_numpy().astype(float)
    at_home = np.where(played["is_home"].to_numpy(), 2.0, 1.0)[:, None]
    home, away = (played.with_columns(pl.lit(side).alias("is_home")).filter("has_past") for side in (True, False))
    model = learned(played, counts * at_home)
    assert (model.predict(home) > model.predict(away)).mean() > 0.95


def test_without_a_past_the_leagues_rates_stand(played: pl.DataFrame) -> None:
    model = learned(played, played.select(MADE).to_numpy().astype(float))
    strangers = played.filter(~pl.col("has_past"))
    assert model.predict(strangers).mean(axis=0) == pytest.approx(np.array(model.league), rel=0.6)
