"""Boosted trees: the same seed is the same text, text is the whole model, and gaps are no obstacle."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from models.families import boosting
from models.families.boosting import BoostingBelief, BoostingParameters
from tests.unit.models.worlds import Integers, outcomes

SMALL = BoostingParameters(rounds=12, learning_rate=0.1, minimum_leaf_matches=20)


def learned_from(seed: int = 0, threads: int = 2, frame: pl.DataFrame | None = None) -> BoostingBelief:
    features, outcome = world()
    return boosting.fit(features if frame is None else frame, outcome, SMALL, seed, threads)


def world(n: int = 900) -> tuple[pl.DataFrame, Integers]:
    """One feature that decides, one that does not, one with gaps."""
    generator = np.random.default_rng(3)
    strength, noise = generator.normal(size=n), generator.normal(size=n)
    p = np.column_stack([np.exp(strength), np.ones(n), np.exp(-strength)])
    gaps = pl.Series(noise).set(pl.Series(generator.random(n) < 0.3), None)
    frame = pl.DataFrame({"strength": strength, "noise": noise, "gaps": gaps, "count": generator.integers(0, 9, n)})
    return frame, outcomes(p / p.sum(axis=1, keepdims=True), 4)


def test_the_same_seed_gives_the_same_text_and_another_seed_another() -> None:
    assert learned_from(5).to_text() == learned_from(5).to_text()
    assert learned_from(5).to_text() != learned_from(6).to_text()


def test_the_number_of_threads_changes_no_prediction() -> None:
    features, _ = world()
    one, two = (learned_from(5, threads).predict(features).probabilities for threads in (1, 2))
    assert np.array_equal(one, two)


def test_text_is_the_whole_model() -> None:
    features, _ = world()
    learned = learned_from()
    again = BoostingBelief.from_text(learned.to_text())
    assert again.feature_names == learned.feature_names == tuple(features.columns)
    assert np.array_equal(again.predict(features).probabilities, learned.predict(features).probabilities)
    assert again.to_text() == BoostingBelief.from_text(again.to_text()).to_text()


def test_a_feature_that_decides_is_learned() -> None:
    ends = pl.DataFrame({"strength": [3.0, -3.0], "noise": [0.0, 0.0], "gaps": [0.0, 0.0], "count": [4, 4]})
    strong, weak = learned_from().predict(ends).probabilities
    assert strong[0] > 0.45 > strong[2]
    assert weak[2] > 0.45 > weak[0]


def test_unknown_features_still_give_a_belief_and_null_means_the_same_as_nan() -> None:
    nothing = pl.DataFrame({name: [None] for name in ("strength", "noise", "gaps", "count")})
    nan = pl.DataFrame({name: [float("nan")] for name in ("strength", "noise", "gaps", "count")})
    learned = learned_from()
    assert learned.predict(nothing).present.all()
    assert np.array_equal(learned.predict(nothing).probabilities, learned.predict(nan).probabilities)


def test_columns_are_found_by_name_and_strangers_are_ignored() -> None:
    features, _ = world()
    learned = learned_from()
    turned = features.with_columns(stranger=pl.lit(1.0)).select(reversed(features.with_columns(stranger=1.0).columns))
    assert np.array_equal(learned.predict(turned).probabilities, learned.predict(features).probabilities)


def test_a_missing_column_is_refused() -> None:
    features, _ = world()
    learned = learned_from()
    with pytest.raises(pl.exceptions.ColumnNotFoundError, match="strength"):
        learned.predict(features.drop("strength"))


def test_no_match_gets_no_belief() -> None:
    features, _ = world()
    assert learned_from().predict(features.clear()).probabilities.shape == (0, 3)
