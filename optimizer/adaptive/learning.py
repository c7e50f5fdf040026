"""Learning a policy on training worlds, and the best fixed fraction on the same ones.

How both do on other worlds belongs in `study`.
"""

from __future__ import annotations

import numpy as np
from cmaes import CMA  # type: ignore[import-untyped]

from optimizer.adaptive.policy import FEATURES, Bounds, Policy
from optimizer.adaptive.simulation import simulate
from optimizer.adaptive.worlds import Worlds

Seed = tuple[int, ...]
"""A few integers, so that streams of random numbers never meet."""
_FIXED_STEPS = 45
_FIRST_STEP = 0.5
_LARGEST_WEIGHT = 8.0


def best_fixed(worlds: Worlds, bounds: Bounds) -> float:
    """Of 45 fractions evenly between the bounds, the one of the highest mean expected log growth."""
    tried = np.linspace(bounds.low, bounds.high, _FIXED_STEPS + 2)[1:-1]
    growth = [_mean_growth(Policy.fixed(float(fraction), bounds), worlds) for fraction in tried]
    return float(tried[int(np.argmax(growth))])


def learn(worlds: Worlds, start: Policy, generations: int, seed: Seed) -> Policy:
    """The best policy that CMA-ES finds by mean expected log growth, never worse on these worlds than `start`.

    Hansen and Ostermeier (2001); weights stay within -8 and 8. Every candidate lives the same worlds. Same seed, same
    policy.
    """
    limits = np.tile([-_LARGEST_WEIGHT, _LARGEST_WEIGHT], (FEATURES + 1, 1))
    search = CMA(mean=np.array(start.weights), sigma=_FIRST_STEP, bounds=limits, seed=_one(seed))
    best, best_growth = start, _mean_growth(start, worlds)
    for _ in range(generations):
        told = []
        for _ in range(search.population_size):
            weights = search.ask()
            policy = Policy(tuple(map(float, weights)), start.bounds)
            growth = _mean_growth(policy, worlds)
            told.append((weights, -growth))
            if growth > best_growth:
                best, best_growth = policy, growth
        search.tell(told)
    return best


def _mean_growth(policy: Policy, worlds: Worlds) -> float:
    return float(simulate(policy, worlds).expected_growth.mean())


def _one(seed: Seed) -> int:
    return int(np.random.SeedSequence(seed).generate_state(1)[0])
