"""How forecasters of margin and total did on the same games, against what happened and against the closing lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from core.resampling import block_mean_interval
from models import scores
from models.basketball.belief import ScoreBelief
from models.basketball.grid import moneyline

Floats = NDArray[np.float64]
LEVELS = (0.5, 0.8, 0.94)
"""Central intervals whose coverage is told; the last is the share that the owner asked about."""


@dataclass(frozen=True)
class Score:
    """Means over n games; differences from the close are paired, with a 95% interval over whole days.

    `log_loss` (nats) and `brier` (0-2) of the winner; `accuracy`: share of games whose likelier winner won. Margin and
    total in points: mean absolute error against the result, root mean square distance to the closing line. `covered`:
    share of margins and totals inside the central intervals of `LEVELS`, counted whole.
    """

    log_loss: float
    log_loss_minus_close: float
    log_loss_minus_close_ci95: tuple[float, float]
    brier: float
    accuracy: float
    spread_mae: float
    spread_mae_minus_close: float
    spread_mae_minus_close_ci95: tuple[float, float]
    spread_rms_to_close: float
    total_mae: float
    total_mae_minus_close: float
    total_mae_minus_close_ci95: tuple[float, float]
    total_rms_to_close: float
    margins_covered: tuple[float, ...]
    totals_covered: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Judged:
    """One forecaster's losses on n games: each (n,)."""

    log_loss: Floats
    brier: Floats
    is_right: Floats
    spread: Floats
    total: Floats

    @classmethod
    def of(cls, belief: ScoreBelief, result: Floats) -> Judged:
        """Losses of beliefs about games whose margin and total (n, 2) are known."""
        home_won = (result[:, 0] > 0).astype(np.int64)
        chances = moneyline(belief)
        outcome = 1 - home_won
        return cls(
            scores.log_loss(chances, outcome), scores.brier(chances, outcome),
            ((chances[:, 0] > 0.5) == (home_won == 1)).astype(float),
            np.abs(belief.margin_mean - result[:, 0]), np.abs(belief.total_mean - result[:, 1]),
        )  # fmt: skip


def score(
    forecasters: Mapping[str, ScoreBelief],
    close: ScoreBelief,
    closing: Floats,
    result: Floats,
    days: NDArray[np.int64],
    seed: int = 0,
) -> dict[str, Score]:
    """Scores on games for which every forecaster and the close believe something and the result is known.

    `closing`, `result`: (n, 2) margins and totals in points. `days` (n,) numbers the days; whole days are resampled.
    A total that no line told (NaN) is left out of the distance to the closing total.
    """
    best = Judged.of(close, result)
    return {
        name: _score(belief, Judged.of(belief, result), best, closing, result, days, seed)
        for name, belief in forecasters.items()
    }


def _score(
    belief: ScoreBelief, own: Judged, close: Judged, closing: Floats, result: Floats, days: NDArray[np.int64], seed: int
) -> Score:
    loss, spread, total = own.log_loss - close.log_loss, own.spread - close.spread, own.total - close.total
    return Score(
        log_loss=float(own.log_loss.mean()),
        log_loss_minus_close=float(loss.mean()),
        log_loss_minus_close_ci95=block_mean_interval(loss, days, seed),
        brier=float(own.brier.mean()),
        accuracy=float(own.is_right.mean()),
        spread_mae=float(own.spread.mean()),
        spread_mae_minus_close=float(spread.mean()),
        spread_mae_minus_close_ci95=block_mean_interval(spread, days, seed),
        spread_rms_to_close=_rms(belief.margin_mean - closing[:, 0]),
        total_mae=float(own.total.mean()),
        total_mae_minus_close=float(total.mean()),
        total_mae_minus_close_ci95=block_mean_interval(total, days, seed),
        total_rms_to_close=_rms(belief.total_mean - closing[:, 1]),
        margins_covered=_covered(result[:, 0] - belief.margin_mean, belief.margin_sd),
        totals_covered=_covered(result[:, 1] - belief.total_mean, belief.total_sd),
    )


def _rms(distance: Floats) -> float:
    return float(np.sqrt(np.nanmean(distance**2)))


def _covered(surprise: Floats, sd: Floats) -> tuple[float, ...]:
    return tuple(float((np.abs(surprise) < sd * ndtri(0.5 + level / 2)).mean()) for level in LEVELS)
