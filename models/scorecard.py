"""How forecasters did on the same matches, against what happened and against the close."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.resampling import block_mean_interval
from models import scores
from models.belief import Belief


@dataclass(frozen=True)
class Score:
    """Mean scores of one forecaster over n matches; differences from the close are paired, with a 95% interval.

    NaN where the close is missing. `kl_to_close` in nats, with its own 95% interval.
    """

    log_loss: float
    brier: float
    rps: float
    kl_to_close: float
    kl_to_close_ci95: tuple[float, float]
    log_loss_minus_close: float
    log_loss_minus_close_ci95: tuple[float, float]


def score(
    forecasters: Mapping[str, Belief],
    close: Belief,
    outcome: NDArray[np.int64],
    days: NDArray[np.int64],
    seed: int = 0,
) -> tuple[int, dict[str, Score]]:
    """Scores on the matches for which every forecaster and the close have a belief and the result is known.

    `outcome` (n,) of 0, 1, 2 or -1; `days` (n,) numbers the match days, whole days are resampled. Returns n and the
    scores; an empty dictionary where there is no common match.
    """
    common = (outcome >= 0) & close.present & np.logical_and.reduce([b.present for b in forecasters.values()])
    if not common.any():
        return 0, {}
    happened, reference = outcome[common], close.probabilities[common]
    close_loss = scores.log_loss(reference, happened)
    return int(common.sum()), {
        name: _score(belief.probabilities[common], reference, close_loss, happened, days[common], seed)
        for name, belief in forecasters.items()
    }


def _score(
    p: NDArray[np.float64],
    reference: NDArray[np.float64],
    close_loss: NDArray[np.float64],
    happened: NDArray[np.int64],
    days: NDArray[np.int64],
    seed: int,
) -> Score:
    loss, divergence = scores.log_loss(p, happened), scores.kl_divergence(reference, p)
    return Score(
        log_loss=float(loss.mean()),
        brier=float(scores.brier(p, happened).mean()),
        rps=float(scores.rps(p, happened).mean()),
        kl_to_close=float(divergence.mean()),
        kl_to_close_ci95=block_mean_interval(divergence, days, seed),
        log_loss_minus_close=float((loss - close_loss).mean()),
        log_loss_minus_close_ci95=block_mean_interval(loss - close_loss, days, seed),
    )
