"""The study: learns what can be learned, switches on nothing that chance or one seed could have made."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from optimizer.adaptive import shadow
from optimizer.adaptive.learning import best_fixed, learn
from optimizer.adaptive.policy import Bounds, Policy
from optimizer.adaptive.simulation import simulate
from optimizer.adaptive.study import SIZE, TEST, TRAINING, Size, _pooled, _Test, objections, study
from optimizer.adaptive.worlds import Regimes, draw

SMALL = Size(training_worlds=10, test_worlds=40, days=60, generations=3, repeats=2)
KNOWN_EDGE = Regimes("known edge", good_share=1.0, bad_share=1.0, good_days=50, bad_days=50, pull=0.0)
BOUNDS = Bounds()


def compared(growth: tuple[float, float], drawdown: tuple[float, float] = (-0.1, 0.1)) -> dict[str, Any]:
    """What the rule reads of an invented comparison."""
    return {"growth_change_ci95": list(growth), "drawdown_change_ci95": list(drawdown)}


BETTER = compared((0.1, 0.2))


@pytest.mark.parametrize(
    ("pooled", "kind", "said"),
    [
        (BETTER, BETTER, []),
        (BETTER, compared((-0.1, 0.0)), []),
        (compared((-0.1, 0.2)), BETTER, ["not better"]),
        (BETTER, compared((-0.2, -0.1)), ["worlds called odd"]),
        (compared((0.1, 0.2), (0.01, 0.1)), BETTER, ["deeper"]),
        (compared((-0.2, -0.1), (0.1, 0.2)), compared((-0.2, -0.1)), ["not better", "odd", "deeper"]),
    ],
)  # fmt: skip
def test_a_policy_must_be_better_beyond_chance_and_nowhere_worse(
    pooled: dict[str, Any], kind: dict[str, Any], said: list[str]
) -> None:
    found = objections(pooled, {"usual": BETTER, "odd": kind})
    assert len(found) == len(said)
    assert all(part in sentence for part, sentence in zip(said, found, strict=True))


def test_a_study_is_ready_for_json_and_the_same_again() -> None:
    first = study(3, SMALL)
    assert json.loads(json.dumps(first)) == first
    assert study(3, SMALL) == first
    assert study(4, SMALL) != first
    assert first["enabled"] == (not any(repeat["objections"] for repeat in first["repeats"]))
    assert first["repeats"][0]["weights"] != first["repeats"][1]["weights"]
    assert set(first["repeats"][0]["test_by_regimes"]) == {kind.name for kind in TEST} | {"any"}
    assert first["repeats"][0]["test"]["worlds"] == 40 * (len(TEST) + 1)


def test_training_and_test_share_no_regimes() -> None:
    assert not {replace(kind, name="") for kind in TRAINING} & {replace(kind, name="") for kind in TEST}


def test_pooled_worlds_keep_their_blocks_apart() -> None:
    parts = [draw(KNOWN_EDGE, 3, 5, (place,)) for place in range(2)]
    found = _pooled([_Test(parts[0], np.array([0, 0, 1])), _Test(parts[1], np.array([0, 1, 2]))])
    assert found.blocks.tolist() == [0, 0, 1, 2, 3, 4]
    assert len(found.worlds) == 6


def test_where_edges_are_true_the_best_fixed_fraction_is_the_largest_and_where_they_are_lost_the_smallest() -> None:
    true, lost = (draw(replace(KNOWN_EDGE, good_share=s, bad_share=s), 40, 60, (1,)) for s in (1.0, -0.5))
    assert best_fixed(true, BOUNDS) > 0.48
    assert best_fixed(lost, BOUNDS) < 0.07


def test_overstated_edges_want_about_their_true_share_of_kelly() -> None:
    """Edges a third as large as stated: the growth-optimal stake is a third of stated Kelly."""
    overstated = draw(replace(KNOWN_EDGE, good_share=1 / 3, bad_share=1 / 3, bets=1.0), 400, 250, (2,))
    assert best_fixed(overstated, BOUNDS) == pytest.approx(1 / 3, abs=0.04)


def test_learning_finds_that_beaten_closes_are_worth_more_and_is_never_worse_in_training() -> None:
    changing = draw(replace(KNOWN_EDGE, good_share=1.0, bad_share=-0.6), 60, 120, (5,))
    start = Policy.fixed(best_fixed(changing, BOUNDS), BOUNDS)
    found = learn(changing, start, 25, (5,))
    ours, fixed = (simulate(policy, changing).expected_growth.mean() for policy in (found, start))
    assert ours > fixed
    assert found.weights[2] > 0.2
    assert learn(changing, start, 0, (5,)) == start


@pytest.mark.prove
def test_the_shipped_policy_is_what_its_study_found_and_decided() -> None:
    found = study(shadow.SHIPPED_SEED, SIZE)
    assert found["enabled"] == shadow.ENABLED
    assert shadow.SHIPPED.weights == pytest.approx(found["repeats"][0]["weights"], abs=0.01)
