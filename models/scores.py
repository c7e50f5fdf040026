"""Proper scores of 1X2 forecasts, one number a match so that forecasters can be compared in pairs.

`p` is (n, 3) in the order home, draw, away; `outcome` is (n,) with 0, 1, 2. Lower is better for all.
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
    """Squared distance to the outcome, summed over the three classes: in [0, 2] (Brier, 1950)."""
    distance: Values = ((p - np.eye(3)[outcome]) ** 2).sum(axis=1)
    return distance


def rps(p: Values, outcome: Outcomes) -> Values:
    """Ranked probability score over home, draw, away: in [0, 1] (Epstein, 1969; Constantinou and Fenton, 2012)."""
    gaps = np.cumsum(p - np.eye(3)[outcome], axis=1)[:, :2]
    score: Values = (gaps**2).sum(axis=1) / 2
    return score


def kl_divergence(reference: Values, p: Values) -> Values:
    """Kullback–Leibler divergence of `p` from `reference`, in nats."""
    divergence: Values = (reference * np.log(reference / p)).sum(axis=1)
    return divergence
