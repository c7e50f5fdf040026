"""Neural networks: they find what moves the close, stop in time, and are plain arithmetic on their weights."""

from __future__ import annotations

import json
import warnings
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.neural_network import MLPRegressor
from threadpoolctl import threadpool_limits

from models.belief import Belief
from models.families import network
from models.families.memory import belief_of, log_ratios
from models.families.network import Inputs, Network, NetworkBelief, NetworkParameters
from tests.unit.models.test_closing import MATCHES, divergence, world

SMALL = NetworkParameters(networks=2, units=8, learning_rate=0.02, l2=0.1, batch_matches=128)
NUMBERS = st.one_of(st.none(), st.just(float("nan")), st.floats(-1e6, 1e6))


def learned(seed: int = 1, threads: int = 1) -> NetworkBelief:
    features, close = world()
    return network.fit(features, close, SMALL, seed, threads)


@pytest.fixture(scope="module")
def found() -> NetworkBelief:
    return learned()


def test_what_moves_the_close_beyond_memory_is_learned(found: NetworkBelief) -> None:
    fresh, close = world(2)
    memory = belief_of(fresh["memory_supremacy"].to_numpy(), fresh["memory_draw"].to_numpy())
    assert divergence(found.predict(fresh), close) < 0.15 * divergence(memory, close)


def test_that_a_value_is_unknown_may_itself_move_the_close() -> None:
    features, close = world()
    unknown = pl.Series(np.random.default_rng(3).random(MATCHES) < 0.3)
    supremacy, draw = log_ratios(close).T
    moved = belief_of(supremacy + 0.8 * unknown.to_numpy(), draw)
    gaps = features.with_columns(noise=features["noise"].set(unknown, None))
    answers = network.fit(gaps, moved, SMALL, 1, 1).predict(gaps)
    shift = (log_ratios(answers)[:, 0] - supremacy)[unknown.to_numpy()]
    assert shift.mean() == pytest.approx(0.8, abs=0.1)


def test_matches_without_a_close_teach_nothing() -> None:
    features, close = world()
    gaps = close.probabilities.copy()
    gaps[1_000:] = np.nan
    part = network.fit(features, Belief(gaps), SMALL, 1, 1)
    cut = network.fit(features.head(1_000), Belief(close.probabilities[:1_000]), SMALL, 1, 1)
    assert part.to_text() == cut.to_text()


def test_training_stops_where_the_latest_matches_get_worse() -> None:
    """The earlier matches teach a slope that the latest contradict: every further pass is one too many."""
    values = np.random.default_rng(4).normal(size=(MATCHES, 1))
    slope = np.where(np.arange(MATCHES) < 0.85 * MATCHES, 1.0, -1.0)[:, None]
    steady, turned = np.hstack([values, values]), np.hstack([slope * values, slope * values])
    earlier_first, latest_first = (network._passes(values[::step], turned[::step], SMALL, 1) for step in (1, -1))
    assert earlier_first == 1 < latest_first
    assert network._passes(values, steady, SMALL, 1) > 5
    assert network._passes(values, steady, replace(SMALL, most_passes=3), 1) == 3


def test_networks_come_back_from_text_and_find_their_own_columns(found: NetworkBelief) -> None:
    features, _ = world()
    again = NetworkBelief.from_text(found.to_text())
    turned = features.with_columns(stranger=1.0).select("stranger", *reversed(features.columns))
    assert np.array_equal(again.predict(turned).probabilities, found.predict(features).probabilities)
    assert again.to_text() == found.to_text()
    assert set(json.loads(found.to_text())) == {"inputs", "network"}


def test_a_missing_column_is_refused(found: NetworkBelief) -> None:
    with pytest.raises(pl.exceptions.ColumnNotFoundError, match="hidden"):
        found.predict(world()[0].drop("hidden"))


def test_the_number_of_threads_changes_no_text(found: NetworkBelief) -> None:
    with threadpool_limits(1):
        assert learned(1, threads=2).to_text() == found.to_text()


def test_another_seed_is_another_ensemble_and_no_two_networks_of_one_are_alike(found: NetworkBelief) -> None:
    assert learned(2).to_text() != found.to_text()
    first, second = np.hsplit(found.network.inner, SMALL.networks)
    assert not np.array_equal(first, second)


@settings(max_examples=40, deadline=None)
@given(start=st.integers(0, MATCHES - 1), size=st.integers(0, 300))
def test_a_match_has_the_same_bits_in_any_company(found: NetworkBelief, start: int, size: int) -> None:
    features, _ = world()
    part = found.predict(features[start : start + size]).probabilities
    assert np.array_equal(part, found.predict(features).probabilities[start : start + size])


def test_one_wide_network_is_the_mean_of_its_networks_as_scikit_learn_computes_it() -> None:
    generator = np.random.default_rng(5)
    values, targets = generator.normal(size=(200, 6)), generator.normal(size=(200, 2))
    with warnings.catch_warnings(action="ignore"):
        trained = [
            MLPRegressor(hidden_layer_sizes=(7,), max_iter=5, random_state=seed).fit(values, targets)
            for seed in range(3)
        ]
    slow = 0.3 * np.mean([one.predict(values) for one in trained], axis=0)
    assert np.allclose(Network.mean(trained, 0.3).predict(values), slow, atol=1e-12)


@given(st.lists(NUMBERS, min_size=1, max_size=30))
def test_inputs_are_standard_scores_with_the_mean_for_gaps(column: list[float | None]) -> None:
    frame = pl.DataFrame({"x": pl.Series(column, dtype=pl.Float64, strict=False)})
    values = frame["x"].fill_null(float("nan")).to_numpy()
    known = values[~np.isnan(values)]
    inputs = Inputs.learn(frame).of(frame)
    assert np.isfinite(inputs).all()
    assert inputs.shape[1] == 1 + (len(known) < len(values))
    assert (inputs[np.isnan(values)] == [0.0, 1.0][: inputs.shape[1]]).all()
    if len(set(known)) < 2:
        assert (inputs[:, 0] == 0).all()
    elif known.std() > 1e-6:
        scores = np.clip((known - known.mean()) / known.std(), -6, 6)
        assert np.allclose(inputs[~np.isnan(values), 0], scores, atol=1e-4)


def test_a_column_that_never_differed_says_nothing_later() -> None:
    inputs = Inputs.learn(pl.DataFrame({"same": [0.1] * 7, "never": pl.Series([None] * 7, dtype=pl.Float64)}))
    later = inputs.of(pl.DataFrame({"same": [5.0], "never": [3.0]}))
    assert later.tolist() == [[0.0, 0.0, 0.0]]


def test_null_means_the_same_as_nan_and_nothing_known_still_gives_a_belief(found: NetworkBelief) -> None:
    features, _ = world(2)
    null, nan = (features.with_columns(hidden=pl.lit(value, pl.Float64)) for value in (None, float("nan")))
    assert found.predict(null).present.all()
    assert np.array_equal(found.predict(null).probabilities, found.predict(nan).probabilities)


def test_a_value_beyond_all_that_was_seen_moves_a_price_no_further_than_one_at_the_edge(found: NetworkBelief) -> None:
    features, _ = world(2)
    far, further = (features.with_columns(hidden=pl.lit(value)) for value in (1e3, 1e9))
    assert np.array_equal(found.predict(far).probabilities, found.predict(further).probabilities)


def test_no_match_gets_no_belief(found: NetworkBelief) -> None:
    assert found.predict(world()[0].clear()).probabilities.shape == (0, 3)
