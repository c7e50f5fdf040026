"""Trees fitted to the closing price: they find what moves it, add it to memory, and come back from text unchanged."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from models import scores
from models.belief import Belief
from models.families.closing import ClosingBelief, ClosingParameters, fit
from models.families.memory import belief_of

PARAMETERS = ClosingParameters(rounds=60, learning_rate=0.2, minimum_leaf_matches=20)
MATCHES = 2_000


def world(seed: int = 1) -> tuple[pl.DataFrame, Belief]:
    """Closes that stand where memory says plus half of a signal that memory does not know."""
    generator = np.random.default_rng(seed)
    memory, hidden = generator.normal(0.4, 0.8, MATCHES), generator.normal(0, 1, MATCHES)
    draw = generator.normal(-0.05, 0.1, MATCHES)
    features = pl.DataFrame(
        {"memory_supremacy": memory, "memory_draw": draw, "hidden": hidden, "noise": generator.normal(size=MATCHES)}
    )
    return features, belief_of(memory + 0.5 * hidden, draw)


def divergence(found: Belief, close: Belief) -> float:
    return float(scores.kl_divergence(close.probabilities, found.probabilities).mean())


def test_what_moves_the_close_beyond_memory_is_learned() -> None:
    features, close = world()
    learned = fit(features, close, PARAMETERS, 1, 1)
    fresh, its_close = world(2)
    memory = belief_of(fresh["memory_supremacy"].to_numpy(), fresh["memory_draw"].to_numpy())
    assert divergence(learned.predict(fresh), its_close) < 0.15 * divergence(memory, its_close)


def test_matches_without_a_close_teach_nothing() -> None:
    features, close = world()
    gaps = close.probabilities.copy()
    gaps[1_000:] = np.nan
    part = fit(features, Belief(gaps), PARAMETERS, 1, 1)
    cut = fit(features.head(1_000), Belief(close.probabilities[:1_000]), PARAMETERS, 1, 1)
    assert part.to_text() == cut.to_text()


def test_a_learner_comes_back_from_text_and_finds_its_own_columns() -> None:
    features, close = world()
    learned = fit(features, close, PARAMETERS, 1, 1)
    again = ClosingBelief.from_text(learned.to_text())
    shuffled = features.select(reversed(features.columns))
    assert np.array_equal(again.predict(shuffled).probabilities, learned.predict(features).probabilities)


@pytest.mark.parametrize("threads", [1, 2])
def test_the_same_seed_gives_the_same_learner_on_any_thread(threads: int) -> None:
    features, close = world()
    one, other = (fit(features, close, PARAMETERS, 5, number).predict(features) for number in (1, threads))
    assert np.allclose(one.probabilities, other.probabilities, atol=1e-12)
