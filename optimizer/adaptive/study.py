"""Whether the adaptive policy may act: learned on some worlds, judged on others against the best fixed fraction.

The worlds of training and of test differ in their seeds and in their regimes. A policy that passes here has passed in
an invented world only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.resampling import block_mean_interval
from optimizer.adaptive.learning import Seed, best_fixed, learn
from optimizer.adaptive.policy import NOTHING_KNOWN, Bounds, Policy
from optimizer.adaptive.simulation import Outcome, simulate
from optimizer.adaptive.worlds import Regimes, Worlds, any_regimes, draw, join

TRAINING = (
    Regimes("steady", good_share=0.5, bad_share=0.5, good_days=50, bad_days=50, pull=0.5),
    Regimes("fading", good_share=0.8, bad_share=-0.2, good_days=60, bad_days=40, pull=0.5),
    Regimes("overconfident", good_share=0.4, bad_share=-0.4, good_days=40, bad_days=60, pull=0.3),
    Regimes("blind", good_share=0.6, bad_share=0.0, good_days=60, bad_days=40, pull=0.5, close_share=0.0),
)
TEST = (
    Regimes("honest", good_share=0.7, bad_share=0.7, good_days=50, bad_days=50, pull=0.0, bets=6),
    Regimes("quick changes", good_share=0.9, bad_share=-0.4, good_days=15, bad_days=15, pull=0.6),
    Regimes("slow changes", good_share=0.6, bad_share=-0.5, good_days=120, bad_days=80, pull=0.8, bets=3),
    Regimes("lost edge", good_share=0.1, bad_share=-0.5, good_days=20, bad_days=100, pull=0.4),
    Regimes("flattering close", good_share=0.6, bad_share=-0.5, good_days=50, bad_days=50, pull=0.5, clv_bias=0.5),
    Regimes("noisy close", good_share=0.7, bad_share=-0.3, good_days=50, bad_days=50, pull=0.5, clv_noise=0.15),
    Regimes("no close", good_share=0.8, bad_share=-0.2, good_days=60, bad_days=40, pull=0.5, close_share=0.0),
)
_ANY_KINDS = 40
_BOOTSTRAP_SEED = 1


@dataclass(frozen=True)
class Size:
    """Worlds of each kind of regimes in training and in test, days of each, generations of the search, repeats."""

    training_worlds: int = 150
    test_worlds: int = 320
    days: int = 250
    generations: int = 60
    repeats: int = 3


SIZE, BOUNDS = Size(), Bounds()


class _Test(NamedTuple):
    """Unseen worlds, and the blocks in which they are resampled."""

    worlds: Worlds
    blocks: NDArray[np.int64]


def study(seed: int, size: Size = SIZE, bounds: Bounds = BOUNDS) -> dict[str, Any]:
    """Learn, compare, decide, in `size.repeats` independent repeats; reproducible from the seed and ready for JSON.

    Growths are expected log growths of a bankroll over `size.days`. Each change is the learned policy less the fixed
    fraction in the same worlds, with a 95% bootstrap interval over worlds. The policy is `enabled` only if no repeat
    has an objection, so that no lucky seed can switch it on.
    """
    repeats = [_repeat((seed, number), size, bounds) for number in range(size.repeats)]
    return {
        "seed": seed,
        "days": size.days,
        "bounds": [bounds.low, bounds.high],
        "repeats": repeats,
        "enabled": not any(repeat["objections"] for repeat in repeats),
    }


def objections(pooled: Mapping[str, Any], by_regimes: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """What speaks against a policy, in sentences; none if it is better beyond chance and nowhere worse beyond chance.

    Over all test worlds the interval of the growth's change must lie above 0; in no kind of regimes may it lie below
    0; and the drawdown over all may not be deeper beyond its interval.
    """
    found = [] if pooled["growth_change_ci95"][0] > 0 else ["Growth over all test worlds is not better beyond chance."]
    found += [
        f"Growth is worse beyond chance in the worlds called {name}."
        for name, compared in by_regimes.items()
        if compared["growth_change_ci95"][1] < 0
    ]
    deeper = pooled["drawdown_change_ci95"][0] > 0
    return found + (["The largest drawdown over all test worlds is deeper beyond chance."] if deeper else [])


def _repeat(seed: Seed, size: Size, bounds: Bounds) -> dict[str, Any]:
    drawn = [draw(kind, size.training_worlds, size.days, (*seed, 0, place)) for place, kind in enumerate(TRAINING)]
    training = join(drawn)
    fixed = Policy.fixed(best_fixed(training, bounds), bounds)
    learned = learn(training, fixed, size.generations, seed)
    tests = _tests(seed, size)
    by_regimes = {name: _compared(learned, fixed, test) for name, test in tests.items()}
    pooled = _compared(learned, fixed, _pooled(list(tests.values())))
    return {
        "weights": list(learned.weights),
        "fixed_fraction": fixed.fraction(NOTHING_KNOWN),
        "training": _compared(learned, fixed, _Test(training, np.arange(len(training)))),
        "test": pooled,
        "test_by_regimes": by_regimes,
        "objections": objections(pooled, by_regimes),
    }


def _tests(seed: Seed, size: Size) -> dict[str, _Test]:
    """Unseen worlds by name: each kind of `TEST`, and kinds drawn at random, which are resampled as wholes."""
    found = {}
    for place, kind in enumerate(TEST):
        worlds = draw(kind, size.test_worlds, size.days, (*seed, 1, place))
        found[kind.name] = _Test(worlds, np.arange(len(worlds)))
    each = -(-size.test_worlds // _ANY_KINDS)
    kinds = any_regimes(_ANY_KINDS, (*seed, 2))
    drawn = join([draw(kind, each, size.days, (*seed, 3, place)) for place, kind in enumerate(kinds)])
    return found | {"any": _Test(drawn, np.repeat(np.arange(_ANY_KINDS), each))}


def _pooled(tests: list[_Test]) -> _Test:
    starts = np.cumsum([0, *(test.blocks.max() + 1 for test in tests[:-1])])
    blocks = np.concatenate([test.blocks + start for test, start in zip(tests, starts, strict=True)])
    return _Test(join([test.worlds for test in tests]), blocks)


def _compared(learned: Policy, fixed: Policy, test: _Test) -> dict[str, Any]:
    ours, theirs = simulate(learned, test.worlds), simulate(fixed, test.worlds)
    return {
        "worlds": len(test.worlds),
        "learned": _means(ours),
        "fixed": _means(theirs),
        **_change("growth", ours.expected_growth - theirs.expected_growth, test.blocks),
        **_change("realised_growth", ours.growth - theirs.growth, test.blocks),
        **_change("drawdown", ours.max_drawdown_share - theirs.max_drawdown_share, test.blocks),
    }


def _means(outcome: Outcome) -> dict[str, float]:
    return {
        "growth": float(outcome.expected_growth.mean()),
        "max_drawdown_share": float(outcome.max_drawdown_share.mean()),
        "mean_fraction": float(outcome.mean_fraction.mean()),
    }


def _change(name: str, differences: NDArray[np.float64], blocks: NDArray[np.int64]) -> dict[str, Any]:
    ends = block_mean_interval(differences, blocks, _BOOTSTRAP_SEED)
    return {f"{name}_change": float(differences.mean()), f"{name}_change_ci95": list(ends)}
