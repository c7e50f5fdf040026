"""Calibrators on invented beliefs whose truth is known, and the choice among them."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from sklearn.isotonic import IsotonicRegression

from models import calibrators
from models.belief import Belief
from models.calibration import MINIMUM_ROWS, Choice, choose
from models.calibrators import (
    CALIBRATORS,
    DIRICHLET_PRIOR_SD,
    ISOTONIC_FLOOR,
    Calibrator,
    Dirichlet,
    Identity,
    Isotonic,
    Temperature,
    VectorScaling,
)
from models.scores import log_loss
from tests.unit.models.worlds import Floats, Integers, outcomes, truths

KINDS = pytest.mark.parametrize("kind", CALIBRATORS, ids=lambda kind: kind.name)


def pairs(n: int, seed: int) -> Floats:
    """True probabilities of n two-way markets."""
    first = np.random.default_rng(seed).beta(3.0, 3.0, n)
    return np.column_stack([first, 1.0 - first])


def tempered(p: Floats, power: float) -> Floats:
    weights: Floats = p**power
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def seasons(rows: int, n: int) -> Integers:
    return np.repeat(np.arange(2010, 2010 + rows // n), n)


def loss(calibrator: Calibrator, p: Floats, happened: Integers) -> float:
    return float(log_loss(calibrator.apply(p), happened).mean())


@KINDS
@pytest.mark.parametrize("world", [truths, pairs], ids=["three-way", "two-way"])
@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 1000), power=st.floats(0.3, 3.0))
def test_what_comes_out_are_probabilities_whatever_goes_in(
    kind: type[Calibrator], world: object, seed: int, power: float
) -> None:
    assert callable(world)
    p = world(400, seed)
    fitted = kind.fit(tempered(p, power), outcomes(p, seed + 1) if p.shape[1] == 3 else (p[:, 0] < 0.4).astype(int))
    extreme = np.vstack([p[:5], np.eye(p.shape[1]) * (1 - 2e-9) + 1e-9])
    found = fitted.apply(extreme / extreme.sum(axis=1, keepdims=True))
    assert ((found > 0) & (found < 1)).all()
    np.testing.assert_allclose(found.sum(axis=1), 1.0, atol=1e-12)


@KINDS
def test_no_belief_stays_none_and_a_row_has_the_same_bits_in_any_company(kind: type[Calibrator]) -> None:
    p = truths(700, 1)
    fitted = kind.fit(p, outcomes(p, 2))
    gaps = p.copy()
    gaps[[0, 13]] = np.nan
    together = fitted.apply(gaps)
    assert np.isnan(together[[0, 13]]).all()
    assert np.isfinite(np.delete(together, [0, 13], axis=0)).all()
    assert Belief(together).present.sum() == 698
    alone = np.vstack([fitted.apply(row) for row in np.array_split(gaps[::-1], 233)])[::-1]
    np.testing.assert_array_equal(alone, together)
    np.testing.assert_array_equal(fitted.apply(np.asfortranarray(gaps)), together)


@KINDS
def test_a_calibrator_comes_back_from_json_as_it_was(kind: type[Calibrator]) -> None:
    p = truths(500, 3)
    fitted = kind.fit(p, outcomes(p, 4))
    assert calibrators.from_json(json.loads(json.dumps(fitted.to_json()))) == fitted


def test_an_unknown_calibrator_is_refused() -> None:
    with pytest.raises(KeyError, match="platt"):
        calibrators.from_json({"name": "platt"})


@KINDS
def test_hard_outcomes_are_soft_labels_of_certainties(kind: type[Calibrator]) -> None:
    p = truths(600, 5)
    happened = outcomes(p, 6)
    assert kind.fit(p, happened) == kind.fit(p, np.eye(3)[happened])


@KINDS
def test_on_what_it_learned_from_no_calibrator_is_worse_than_the_forecaster(kind: type[Calibrator]) -> None:
    for seed, power in enumerate((0.5, 1.0, 2.0)):
        p = truths(800, seed)
        told, happened = tempered(p, power), outcomes(p, seed + 50)
        assert loss(kind.fit(told, happened), told, happened) <= loss(Identity(), told, happened) + 1e-3


@pytest.mark.parametrize("power", [0.5, 1.0, 2.0])
def test_temperature_learns_back_what_was_done_to_the_truth(power: float) -> None:
    p = truths(8_000, 7)
    assert Temperature.fit(tempered(p, power), p).power == pytest.approx(1.0 / power, abs=1e-5)
    assert Temperature.fit(tempered(p, power), outcomes(p, 8)).power == pytest.approx(1.0 / power, rel=0.06)


def test_vector_scaling_learns_back_slopes_and_intercepts() -> None:
    p = truths(3_000, 9)
    truth = VectorScaling(((1.3, 0.0, 0.0), (0.0, 0.8, 0.0), (0.0, 0.0, 1.1)), (0.2, -0.1, 0.0))
    found = VectorScaling.fit(p, truth.apply(p))
    np.testing.assert_allclose(found.weights, truth.weights, atol=1e-3)
    np.testing.assert_allclose(found.intercepts, truth.intercepts, atol=1e-3)


def test_of_two_outcomes_vector_scaling_is_beta_calibration() -> None:
    p = pairs(2_000, 10)
    happened = (np.random.default_rng(11).random(2_000) > p[:, 0] ** 1.5).astype(np.int64)
    found = VectorScaling.fit(p, happened)
    features = np.column_stack([np.log(p[:, 0]), -np.log(p[:, 1]), np.ones(2_000)])

    def beta_loss(parameters: Floats) -> float:
        return float(np.logaddexp(0.0, np.where(happened == 0, -1.0, 1.0) * (features @ parameters)).mean())

    best = minimize(beta_loss, np.array([1.0, 1.0, 0.0]), method="BFGS", options={"gtol": 1e-8})
    assert loss(found, p, happened) == pytest.approx(best.fun, abs=1e-9)
    ours = [found.weights[0][0], found.weights[1][1], found.intercepts[0]]
    np.testing.assert_allclose(ours, best.x, atol=2e-3)


def test_dirichlet_is_the_penalised_minimum_that_a_search_without_gradients_finds() -> None:
    p = truths(300, 12)
    happened = outcomes(tempered(p, 1.4), 13)

    def penalised(values: Floats) -> float:
        weights, intercepts = values[:9].reshape(3, 3), np.append(values[9:], 0.0)
        off = np.append(weights[~np.eye(3, dtype=bool)], intercepts)
        logits = np.log(p) @ weights.T + intercepts
        log_q = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        return float(-log_q[np.arange(300), happened].sum() + (off**2).sum() / DIRICHLET_PRIOR_SD**2 / 2)

    best = minimize(penalised, np.append(np.eye(3).ravel(), [0.0, 0.0]), method="BFGS", options={"gtol": 1e-4})
    found = Dirichlet.fit(p, happened)
    np.testing.assert_allclose(np.append(np.ravel(found.weights), found.intercepts[:2]), best.x, atol=2e-3)


def test_dirichlet_learns_that_one_outcome_tells_of_the_odds_between_the_others() -> None:
    p = truths(20_000, 14)
    truth = Dirichlet(((1.0, 0.3, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)), (0.0, 0.0, 0.0))
    happened = outcomes(truth.apply(p), 15)
    assert loss(Dirichlet.fit(p, happened), p, happened) < loss(VectorScaling.fit(p, happened), p, happened) - 5e-4


def test_isotonic_curves_are_those_of_scikit_learn_at_every_forecast() -> None:
    p = truths(1_000, 16).round(2).clip(0.01)
    happened = outcomes(truths(1_000, 16), 17)
    for place, curve in enumerate(Isotonic.fit(p, happened).knots):
        peer = IsotonicRegression().fit(p[:, place], happened == place)
        np.testing.assert_allclose(np.interp(p[:, place], *np.transpose(curve)), peer.predict(p[:, place]), atol=1e-8)


def test_isotonic_rules_nothing_out_that_never_happened() -> None:
    p = truths(300, 18)
    found = Isotonic.fit(p, np.zeros(300, dtype=np.int64)).apply(p)
    assert found.min() >= ISOTONIC_FLOOR / (1.0 + 2.0 * ISOTONIC_FLOOR)


def test_isotonic_bends_a_curve_that_no_power_straightens() -> None:
    p = pairs(6_000, 19)
    told = np.where(p > 0.5, 0.5 + (p - 0.5) * 0.2, p)
    told /= told.sum(axis=1, keepdims=True)
    happened = (np.random.default_rng(20).random(6_000) > p[:, 0]).astype(np.int64)
    assert loss(Isotonic.fit(told, happened), told, happened) < loss(Temperature.fit(told, happened), told, happened)


def test_a_calibrated_forecaster_is_mostly_left_alone() -> None:
    worlds = [truths(1_500, seed) for seed in range(10)]
    chosen = [choose(p, outcomes(p, seed + 77), seasons(1_500, 300)) for seed, p in enumerate(worlds)]
    assert sum(choice.calibrator == Identity() for choice in chosen) >= 7


def test_an_overconfident_forecaster_gets_a_temperature_and_is_told_by_how_much() -> None:
    p = truths(3_000, 21)
    choice = choose(tempered(p, 2.0), outcomes(p, 22), seasons(3_000, 500))
    assert isinstance(choice.calibrator, Temperature)
    assert choice.calibrator.power == pytest.approx(0.5, abs=0.06)
    assert choice.rows == 2_500
    identity = choice.candidates[0]
    assert identity.excess > 5.0 * identity.excess_se


def test_intercepts_that_no_temperature_gives_are_chosen_when_they_are_needed() -> None:
    p = truths(3_000, 23)
    skewed = p * np.array([1.8, 1.0, 0.7])
    choice = choose(skewed / skewed.sum(axis=1, keepdims=True), p, seasons(3_000, 500))
    assert isinstance(choice.calibrator, VectorScaling)


def slow_choice(p: Floats, happened: Integers, folds: Integers) -> tuple[dict[str, list[float]], str]:
    """Row by row: every calibrator fitted on what came before the row's fold; then the rule of one standard error."""
    losses: dict[str, list[float]] = {kind.name: [] for kind in CALIBRATORS}
    for fold in sorted(set(folds.tolist())):
        before = folds < fold
        if before.sum() < MINIMUM_ROWS:
            continue
        for kind in CALIBRATORS:
            fitted = kind.fit(p[before], happened[before])
            for row, result in zip(p[folds == fold], happened[folds == fold], strict=True):
                losses[kind.name].append(-float(np.log(fitted.apply(row[None])[0, result])))
    best = min(losses, key=lambda name: np.mean(losses[name]))
    for name, values in losses.items():
        excess = np.array(values) - np.array(losses[best])
        if excess.mean() <= excess.std() / np.sqrt(len(excess)):
            return losses, name
    raise AssertionError("The best is within one standard error of itself.")


@pytest.mark.parametrize("power", [1.0, 1.3, 1.6])
def test_the_choice_is_that_of_a_loop_over_folds_and_rows(power: float) -> None:
    p = truths(750, 24)
    told, happened, folds = tempered(p, power), outcomes(p, 25), seasons(750, 150)
    losses, name = slow_choice(told, happened, folds)
    choice = choose(told, happened, folds)
    assert choice.calibrator.name == name
    for candidate in choice.candidates:
        assert candidate.log_loss == pytest.approx(np.mean(losses[candidate.name]), abs=1e-12)


def test_a_fold_is_judged_by_calibrators_that_saw_nothing_of_it_or_later() -> None:
    p = truths(900, 26)
    told, happened, folds = tempered(p, 1.7), outcomes(p, 27), seasons(900, 300)
    first = choose(told[:600], happened[:600], folds[:600])
    turned = happened.copy()
    turned[600:] = (turned[600:] + 1) % 3
    later = choose(told, turned, folds)
    for short, long in zip(first.candidates, later.candidates, strict=True):
        last = log_loss(_fit(short.name, told[:600], happened[:600]).apply(told[600:]), turned[600:])
        assert long.log_loss == pytest.approx((300 * short.log_loss + last.sum()) / 600, abs=1e-12)


def _fit(name: str, p: Floats, happened: Integers) -> Calibrator:
    return next(kind for kind in CALIBRATORS if kind.name == name).fit(p, happened)


def test_rows_without_belief_or_outcome_teach_nothing() -> None:
    p = truths(900, 28)
    told, happened, folds = tempered(p, 1.5), outcomes(p, 29), seasons(900, 300)
    gaps, unknown = told.copy(), happened.copy()
    gaps[::7], unknown[::5] = np.nan, -1
    kept = np.isfinite(gaps).all(axis=1) & (unknown >= 0)
    assert choose(gaps, unknown, folds) == choose(told[kept], happened[kept], folds[kept])
    soft = np.where((unknown < 0)[:, None], np.nan, np.eye(3)[happened])
    assert choose(gaps, soft, folds) == choose(gaps, unknown, folds)


def test_without_earlier_folds_the_forecaster_is_taken_at_its_word() -> None:
    p = truths(400, 30)
    assert choose(tempered(p, 3.0), outcomes(p, 31), np.zeros(400, dtype=np.int64)) == Choice(Identity(), (), 0)


def test_a_choice_is_told_in_json_with_the_table_of_candidates() -> None:
    p = truths(600, 32)
    told = json.loads(json.dumps(choose(p, outcomes(p, 33), seasons(600, 300)).to_json()))
    assert [candidate["name"] for candidate in told["candidates"]] == [kind.name for kind in CALIBRATORS]
    assert told["rows"] == 300
    assert min(candidate["excess"] for candidate in told["candidates"]) == 0.0
