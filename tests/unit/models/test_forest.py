"""A random forest: it finds what moves the close, answers with the mean of its trees, and comes back from text."""

from __future__ import annotations

import json

import lightgbm
import numpy as np
import pytest

from models.belief import Belief
from models.families import forest
from models.families.forest import ForestBelief, ForestParameters
from models.families.memory import belief_of
from models.families.residual import lessons
from tests.unit.models.test_closing import divergence, world

SMALL = ForestParameters(rounds=20, leaves=32, minimum_leaf_matches=10, split_feature_share=0.75)


def learned(seed: int = 1, threads: int = 1) -> ForestBelief:
    features, close = world()
    return forest.fit(features, close, SMALL, seed, threads)


@pytest.fixture(scope="module")
def found() -> ForestBelief:
    return learned()


def test_what_moves_the_close_beyond_memory_is_learned(found: ForestBelief) -> None:
    fresh, close = world(2)
    memory = belief_of(fresh["memory_supremacy"].to_numpy(), fresh["memory_draw"].to_numpy())
    assert divergence(found.predict(fresh), close) < 0.15 * divergence(memory, close)


def test_the_answer_is_the_mean_of_the_trees(found: ForestBelief) -> None:
    features, _ = world(2)
    native = lightgbm.Booster(model_str=json.loads(found.to_text())[0])
    alone = [native.predict(features.to_numpy(), start_iteration=tree, num_iteration=1) for tree in range(SMALL.rounds)]
    assert np.allclose(found.supremacy.predict(features), np.mean(alone, axis=0), atol=1e-12)
    assert np.std(alone, axis=0).min() > 0, "each tree saw matches and features of its own"


def test_no_answer_lies_beyond_what_was_seen(found: ForestBelief) -> None:
    features, close = world()
    _, moves = lessons(features, close)
    far = features.with_columns(hidden=features["hidden"] * 100)
    answers = found.supremacy.predict(far)
    assert moves[:, 0].min() < answers.min() < answers.max() < moves[:, 0].max()


def test_matches_without_a_close_teach_nothing() -> None:
    features, close = world()
    gaps = close.probabilities.copy()
    gaps[1_000:] = np.nan
    part = forest.fit(features, Belief(gaps), SMALL, 1, 1)
    cut = forest.fit(features.head(1_000), Belief(close.probabilities[:1_000]), SMALL, 1, 1)
    assert part.to_text() == cut.to_text()


def test_a_forest_comes_back_from_text_and_finds_its_own_columns(found: ForestBelief) -> None:
    features, _ = world()
    again = ForestBelief.from_text(found.to_text())
    shuffled = features.select(reversed(features.columns))
    assert np.array_equal(again.predict(shuffled).probabilities, found.predict(features).probabilities)
    assert again.to_text() == ForestBelief.from_text(again.to_text()).to_text()


def test_the_number_of_threads_changes_no_bit_and_the_seed_does(found: ForestBelief) -> None:
    features, _ = world()
    one, other, stranger = (one.predict(features).probabilities for one in (found, learned(1, threads=2), learned(2)))
    assert np.array_equal(one, other)
    assert not np.array_equal(one, stranger)


def test_a_match_is_forecast_alone_as_in_company_and_no_match_gets_no_belief(found: ForestBelief) -> None:
    features, _ = world(2)
    alone = [found.predict(features[place : place + 1]).probabilities for place in range(20)]
    assert np.array_equal(np.vstack(alone), found.predict(features).probabilities[:20])
    assert found.predict(features.clear()).probabilities.shape == (0, 3)
