"""Blending beliefs: a log-opinion pool whose weights are learned out of fold, then a temperature.

Genest and Zidek (1986) for the pool; Guo et al., "On Calibration of Modern Neural Networks" (2017) for the temperature.
The temperature is the sum of the weights, so both are learned at once: `p ∝ exp(Σ w_m log p_m)`, w free above 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from models.belief import Belief

_TO_THE_END = {"ftol": 1e-15, "gtol": 1e-9, "maxiter": 5_000}
"""Members agree so much that the loss is nearly flat where their weights still move."""


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
        for name, weight in self.weights.items():
            if weight > 0:
                logits = logits + weight * np.log(members[name].probabilities)
        return Belief.of(np.exp(logits))


def fit(members: Mapping[str, Belief], label: NDArray[np.int64] | NDArray[np.float64]) -> Pool:
    """Weights of least log-loss on matches where every member has a belief; equal weights under 200 such matches.

    `label`: what happened, (n,) of 0, 1, 2; or soft labels, (n, 3) of probabilities, such as the close.

    The members' beliefs must be out of fold: given by models that had not seen these outcomes.
    """
    names = list(members)
    present = np.logical_and.reduce([members[name].present for name in names])
    if present.sum() < 200:
        return Pool(dict.fromkeys(names, 1 / len(names)))
    logs = np.stack([np.log(members[name].probabilities[present]) for name in names])
    happened = label[present] if label.ndim == 2 else np.eye(3)[label[present].astype(np.int64)]

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        logits = np.tensordot(weights, logs, axes=1)
        peak = logits.max(axis=1, keepdims=True)
        partition = np.exp(logits - peak).sum(axis=1, keepdims=True)
        p = np.exp(logits - peak) / partition
        value = -((logits - peak - np.log(partition)) * happened).sum(axis=1).mean()
        return float(value), np.einsum("nk,mnk->m", p - happened, logs) / len(happened)

    start = np.full(len(names), 1 / len(names))
    bounds = [(0.0, 3.0)] * len(names)
    found = minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B", options=_TO_THE_END)
    return Pool({name: round(float(weight), 6) for name, weight in zip(names, found.x, strict=True)})
