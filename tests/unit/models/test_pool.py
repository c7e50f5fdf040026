"""The log-opinion pool: who gets weight, what stays what it was, and what a missing member does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from models import scores
from models.belief import Belief
from models.pool import Pool, fit
from tests.unit.models.worlds import Floats, outcomes, truths

UNIFORM = np.full(3, 1 / 3)


def tempered(p: Floats, temperature: float) -> Belief:
    return Belief.of(p**temperature)


@settings(max_examples=40)
@given(seed=st.integers(0, 1000), weights=st.lists(st.floats(0.05, 1.5), min_size=1, max_size=4))
def test_the_blend_is_the_weighted_geometric_mean_computed_slowly(seed: int, weights: list[float]) -> None:
    members = {f"member {place}": truths(5, seed + place) for place in range(len(weights))}
    pool = Pool(dict(zip(members, weights, strict=True)))
    found = pool.blend({name: Belief(p) for name, p in members.items()}).probabilities
    for row in range(5):
        product = [1.0, 1.0, 1.0]
        for name, weight in pool.weights.items():
            product = [value * members[name][row][place] ** weight for place, value in enumerate(product)]
        assert found[row].tolist() == pytest.approx([value / sum(product) for value in product])


@given(seed=st.integers(0, 1000), share=st.floats(0, 1))
def test_two_identical_members_whose_weights_sum_to_one_are_that_member(seed: int, share: float) -> None:
    belief = Belief(truths(6, seed))
    blended = Pool({"one": share, "two": 1 - share}).blend({"one": belief, "two": belief})
    assert np.allclose(blended.probabilities, belief.probabilities, atol=1e-12)


def test_weights_that_sum_above_one_sharpen_and_below_one_flatten() -> None:
    belief = Belief(np.array([[0.5, 0.3, 0.2]]))
    sharp, flat = (Pool({"one": weight}).blend({"one": belief}).probabilities[0] for weight in (2.0, 0.5))
    assert sharp[0] > 0.5 > flat[0] > 1 / 3
    assert sharp == pytest.approx(np.array([0.25, 0.09, 0.04]) / 0.38)


def test_where_a_member_with_weight_has_no_belief_the_pool_has_none() -> None:
    p = truths(3, 1)
    gap = p.copy()
    gap[1] = np.nan
    members = {"whole": Belief(p), "gap": Belief(gap)}
    assert Pool({"whole": 0.5, "gap": 0.5}).blend(members).present.tolist() == [True, False, True]
    assert Pool({"whole": 1.0, "gap": 0.0}).blend(members).present.all()


def test_a_member_that_knows_the_truth_gets_the_weight() -> None:
    p = truths(4000, 2)
    members = {"truth": Belief(p), "noise": Belief(truths(4000, 3)), "flat": Belief.of(np.ones((4000, 3)))}
    pool = fit(members, outcomes(p, 4))
    assert pool.weights["truth"] == pytest.approx(1.0, abs=0.12)
    assert pool.weights["noise"] < 0.08


def test_a_member_that_sees_the_result_takes_everything_useful() -> None:
    p = truths(1000, 5)
    happened = outcomes(p, 6)
    seer = Belief.of(np.where(np.eye(3)[happened] > 0, 0.98, 0.01))
    pool = fit({"seer": seer, "truth": Belief(p)}, happened)
    assert pool.weights["seer"] > 1.0
    loss = scores.log_loss(pool.blend({"seer": seer, "truth": Belief(p)}).probabilities, happened).mean()
    assert loss <= scores.log_loss(seer.probabilities, happened).mean()


def test_the_temperature_of_an_overconfident_member_is_learned_back() -> None:
    p = truths(6000, 7)
    pool = fit({"loud": tempered(p, 2.0)}, outcomes(p, 8))
    assert pool.weights["loud"] == pytest.approx(0.5, abs=0.05)
    pool = fit({"shy": tempered(p, 0.5)}, outcomes(p, 8))
    assert pool.weights["shy"] == pytest.approx(2.0, abs=0.2)


def test_the_fit_is_the_minimum_that_a_plain_line_search_finds() -> None:
    p = truths(800, 9)
    happened, member = outcomes(p, 10), tempered(p, 1.6)

    def loss(weight: float) -> float:
        return float(scores.log_loss(Pool({"one": weight}).blend({"one": member}).probabilities, happened).mean())

    best = minimize_scalar(loss, bounds=(0.01, 3.0), method="bounded").x
    assert fit({"one": member}, happened).weights["one"] == pytest.approx(best, abs=2e-3)


def test_on_what_it_learned_from_the_pool_is_no_worse_than_its_best_member() -> None:
    for seed in range(5):
        p = truths(500, seed)
        happened = outcomes(p, seed + 50)
        members = {"loud": tempered(p, 1.8), "mixed": Belief.of(p + truths(500, seed + 99)), "other": Belief(p)}
        blended = fit(members, happened).blend(members)
        best = min(scores.log_loss(belief.probabilities, happened).mean() for belief in members.values())
        assert scores.log_loss(blended.probabilities, happened).mean() <= best + 1e-6


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_no_weight_is_ever_negative_even_for_a_member_that_is_always_wrong(seed: int) -> None:
    p = truths(300, seed)
    happened = outcomes(p, seed + 1)
    pool = fit({"truth": Belief(p), "contrary": Belief.of(1 / p)}, happened)
    assert min(pool.weights.values()) >= 0
    assert pool.weights["contrary"] < 0.5


def test_below_two_hundred_common_matches_the_weights_are_equal() -> None:
    p = truths(400, 12)
    gap = p.copy()
    gap[150:] = np.nan
    pool = fit({"truth": Belief(p), "gap": Belief(gap), "flat": Belief.of(np.ones((400, 3)))}, outcomes(p, 13))
    assert list(pool.weights.values()) == pytest.approx([1 / 3] * 3)


def test_matches_without_a_belief_teach_the_pool_nothing() -> None:
    p = truths(600, 14)
    happened = outcomes(p, 15)
    gap = p.copy()
    gap[400:] = np.nan
    with_gaps = fit({"one": Belief(gap), "two": tempered(p, 0.3)}, happened)
    cut = fit({"one": Belief(p[:400]), "two": tempered(p[:400], 0.3)}, happened[:400])
    assert dict(with_gaps.weights) == dict(cut.weights)


@pytest.mark.parametrize("weights", [{}, {"one": -0.1}, {"one": 1.0, "two": -1e-9}])
def test_a_pool_without_members_or_with_a_negative_weight_is_refused(weights: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="at least 0"):
        Pool(weights)


def test_a_pool_whose_members_all_earned_no_weight_is_still_a_belief() -> None:
    """DEFECT: fitted on members worse than nothing, every weight is 0, and blending raises numpy's AxisError."""
    p = truths(400, 16)
    members = {"contrary": Belief(p)}
    pool = fit(members, p.argmin(axis=1).astype(np.int64))
    assert dict(pool.weights) == {"contrary": 0.0}
    assert np.allclose(pool.blend(members).probabilities, UNIFORM)


def test_members_that_nearly_agree_are_weighed_to_the_end() -> None:
    """Soft labels and members that are near copies make a flat loss, on which a fit may stop too early."""
    p = truths(3_000, 21)
    generator = np.random.default_rng(22)
    members = {
        f"copy{place}": Belief.of(p * np.exp(generator.normal(0, noise, p.shape)))
        for place, noise in enumerate((0.03, 0.031, 0.05, 0.08, 0.1))
    }
    label = Belief.of(p * np.exp(generator.normal(0, 0.02, p.shape))).probabilities
    logs = np.stack([np.log(belief.probabilities) for belief in members.values()])
    pool = fit(members, label)
    blended = pool.blend(members).probabilities
    gradient = np.einsum("nk,mnk->m", blended - label, logs) / len(p)
    assert min(pool.weights.values()) > 0
    assert np.abs(gradient).max() < 2e-6, "the loss still falls"
