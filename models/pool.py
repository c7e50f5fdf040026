"""Blending beliefs: a log-opinion pool whose weights are learned out of fold, then a temperature.

Genest and Zidek (1986) for the pool; Guo et al., "On Calibration of Modern Neural Networks" (2017) for the temperature.
The temperature is the sum of the weights, so both are learned at once: `p ∝ exp(Σ w_m log p_m)`, w free above 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls
from scipy.special import log_softmax

from models.belief import Belief

MINIMUM_MATCHES = 200
"""Matches below which weights would be noise."""
Values = NDArray[np.float64]
_STEPS = 50
_CONVERGED = 1e-14
"""Members agree so much that the loss is nearly flat where their weights still move."""
_RIDGE = 1e-9


@dataclass(frozen=True)
class Pool:
    """Weights by member, each at least 0; their sum above 1 sharpens, below 1 flattens (that is the calibration)."""

    weights: Mapping[str, float]

    def __post_init__(self) -> None:
        if not self.weights or min(self.weights.values()) < 0:
            raise ValueError("A pool needs members with weights of at least 0.")

    def blend(self, members: Mapping[str, Belief]) -> Belief:
        """The pooled belief of n matches; "no belief" where a member with weight has none.

        Where no member has weight, all outcomes are as likely.
        """
        logits = np.zeros_like(members[next(iter(self.weights))].probabilities)
        for name, weight in sorted(self.weights.items()):
            if weight > 0:
                logits = logits + weight * np.log(members[name].probabilities)
        return Belief.of(np.exp(logits))


def fit(
    members: Mapping[str, Belief], label: NDArray[np.int64] | NDArray[np.float64], trusted: str | None = None
) -> Pool:
    """Weights of least log-loss on matches where every member has a belief.

    Under `MINIMUM_MATCHES` the member `trusted` has all the weight; without such a member all have the same.
    `label`: what happened, (n,) of 0 to k - 1; or soft labels, (n, k) of probabilities, such as the close.

    The members' beliefs must be out of fold: given by models that had not seen these outcomes.
    """
    names = list(members)
    present = np.logical_and.reduce([members[name].present for name in names])
    if present.sum() < MINIMUM_MATCHES:
        return Pool({name: float(name == trusted) if trusted else 1 / len(names) for name in names})
    logs = np.stack([np.log(members[name].probabilities[present]) for name in names])
    width = logs.shape[2]
    happened = np.asarray(label[present] if label.ndim == 2 else np.eye(width)[label[present].astype(np.int64)], float)
    weights = _minimum(logs, happened)
    return Pool({name: round(float(weight), 6) for name, weight in zip(names, weights, strict=True)})


def _minimum(logs: Values, happened: Values) -> Values:
    """Weights (m,) of least log-loss: Newton steps, each a non-negative least squares (Lawson and Hanson, 1974).

    `logs`: (m, n, k), log probabilities of m members; `happened`: (n, k).
    """
    weights = np.full(len(logs), 1 / len(logs))
    loss, slope, curvature = _expansion(weights, logs, happened)
    for _ in range(_STEPS):
        factor = np.linalg.cholesky(curvature)
        goal, _ = nnls(factor.T, np.linalg.solve(factor, curvature @ weights - slope))
        step, fall = goal - weights, float(slope @ (goal - weights))
        if -fall < _CONVERGED:
            break
        share = 1.0
        found = _expansion(goal, logs, happened)
        while found[0] > loss + 0.1 * share * fall and share > 1e-6:
            share /= 2
            found = _expansion(weights + share * step, logs, happened)
        weights, (loss, slope, curvature) = weights + share * step, found
    return weights


def _expansion(weights: Values, logs: Values, happened: Values) -> tuple[float, Values, Values]:
    """Mean log-loss at these weights, its gradient (m,) and Hessian (m, m) with a ridge for members that agree."""
    logits = np.tensordot(weights, logs, axes=1)
    told = log_softmax(logits, axis=1)
    p, n = np.exp(told), len(told)
    loss = float(-(happened * told).sum() / n)
    flat = logs.reshape(len(logs), -1)
    means = np.einsum("nk,mnk->mn", p, logs)
    curvature = (flat * p.ravel()) @ flat.T / n - means @ means.T / n
    return loss, flat @ (p - happened).ravel() / n, curvature + _RIDGE * np.eye(len(logs))
