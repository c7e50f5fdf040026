"""Proper scores of forecasts of a result, one number a match so that forecasters can be compared in pairs.

`p` is (n, k): home, draw, away, or home and away; `outcome` is (n,) of 0 to k - 1. Lower is better for all.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Outcomes = NDArray[np.int64]


def log_loss(p: Values, outcome: Outcomes) -> Values:
    """Minus the log of the probability given to what happened (Good, 1952)."""
    loss: Values = -np.log(p[np.arange(len(outcome)), outcome])
    return loss


def brier(p: Values, outcome: Outcomes) -> Values:
    """Squared distance to the outcome, summed over the classes: in [0, 2] (Brier, 1950)."""
    distance: Values = ((p - np.eye(p.shape[1])[outcome]) ** 2).sum(axis=1)
    return distance


def rps(p: Values, outcome: Outcomes) -> Values:
    """Ranked probability score over home, draw, away: in [0, 1] (Epstein, 1969; Constantinou and Fenton, 2012)."""
    gaps = np.cumsum(p - np.eye(p.shape[1])[outcome], axis=1)[:, :-1]
    score: Values = (gaps**2).sum(axis=1) / gaps.shape[1]
    return score


def kl_divergence(reference: Values, p: Values) -> Values:
    """Kullback–Leibler divergence of `p` from `reference`, in nats."""
    divergence: Values = (reference * np.log(reference / p)).sum(axis=1)
    return divergence
