"""The worst scenarios: which they are, and what is lost in them on average."""

from __future__ import annotations

import numpy as np

from optimizer.portfolio.problem import Floats


def tail_weights(loss: Floats, weights: Floats, confidence: float) -> Floats:
    """(s,) weights of the worst 1 - `confidence` of all scenarios, sum 1.

    The mean loss under them is the conditional value at risk, and they are its subgradient in the losses (Rockafellar
    and Uryasev, 2000). `loss`, `weights`: (s,), `weights` sum to 1; `confidence`: in [0, 1).
    """
    order = np.argsort(-loss, kind="stable")
    before = np.concatenate([[0.0], np.cumsum(weights[order])[:-1]])
    tail = np.empty_like(weights)
    tail[order] = np.clip(1.0 - confidence - before, 0.0, weights[order])
    return np.asarray(tail / tail.sum(), dtype=float)


def conditional_value_at_risk(loss: Floats, weights: Floats, confidence: float) -> float:
    """Mean loss over the worst 1 - `confidence` of all scenarios, in the unit of `loss`; a gain is negative."""
    return float(tail_weights(loss, weights, confidence) @ loss)
