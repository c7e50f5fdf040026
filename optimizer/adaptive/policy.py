"""The adaptive staking policy: which Kelly fraction it asks for in which state.

How it was learned belongs in `learning`, whether it may act in `study`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from math import exp, isfinite

import numpy as np
from numpy.typing import NDArray

FEATURES = 5
CLV_T_CAP = 4.0
"""A t-value of recent closing-line values counts up to here, on both sides."""


@dataclass(frozen=True)
class Bounds:
    """The lowest and highest Kelly fraction that may ever be asked for: 0 <= low < high <= 1, else ValueError."""

    low: float = 0.05
    high: float = 0.5

    def __post_init__(self) -> None:
        if not 0 <= self.low < self.high <= 1:
            raise ValueError(f"A Kelly fraction is bounded between 0 and 1, not by {self.low} and {self.high}.")


@dataclass(frozen=True)
class State:
    """What is known before the day's stakes are set.

    `drawdown_share`: in [0, 1], below the highest bankroll so far. `clv_t`: t-value of recent closing-line values,
    0 without any; `clv_evidence_share`: how much of the memory of them is filled, in [0, 1]: see `signals`.
    `edge_uncertainty`: mean standard deviation of the day's edges over their size, 0 or more. `open_bets`: bets to be
    staked now, 0 or more. Raises ValueError for a NaN or a value out of range.
    """

    drawdown_share: float
    clv_t: float
    clv_evidence_share: float
    edge_uncertainty: float
    open_bets: int

    def __post_init__(self) -> None:
        if not all(isfinite(getattr(self, field.name)) for field in fields(self)):
            raise ValueError(f"A staking state has no missing values: {self}.")
        shares = (self.drawdown_share, self.clv_evidence_share)
        if not all(0 <= share <= 1 for share in shares) or min(self.edge_uncertainty, self.open_bets) < 0:
            raise ValueError(f"This is no state a bankroll can be in: {self}.")


NOTHING_KNOWN = State(drawdown_share=0.0, clv_t=0.0, clv_evidence_share=0.0, edge_uncertainty=0.0, open_bets=0)


@dataclass(frozen=True)
class Policy:
    """A Kelly fraction within bounds: a logistic function of five features.

    `weights`: bias, then one each for the drawdown in tenths, the t-value capped to 4, the evidence share, the edge
    uncertainty and the open bets in tens. With the five at 0 it is a fixed fraction. Raises ValueError for another
    number of weights.
    """

    weights: tuple[float, ...]
    bounds: Bounds = Bounds()

    def __post_init__(self) -> None:
        if len(self.weights) != FEATURES + 1 or not np.isfinite(self.weights).all():
            raise ValueError(f"A policy has {FEATURES + 1} finite weights, not {self.weights}.")

    @classmethod
    def fixed(cls, fraction: float, bounds: Bounds) -> Policy:
        """The policy that always asks for this fraction, strictly between the bounds."""
        share = (fraction - bounds.low) / (bounds.high - bounds.low)
        return cls((float(np.log(share / (1 - share))), *(0.0,) * FEATURES), bounds)

    def fraction(self, state: State) -> float:
        """The Kelly fraction for a state, within the bounds."""
        score = float(np.dot(self.weights, features(state)))
        return self.bounds.low + (self.bounds.high - self.bounds.low) * _logistic(score)


def features(state: State) -> NDArray[np.float64]:
    """(6,): 1 for the bias, then the state in numbers of the size of one."""
    clv_t = min(max(state.clv_t, -CLV_T_CAP), CLV_T_CAP)
    return np.array(
        [1.0, state.drawdown_share * 10, clv_t, state.clv_evidence_share, state.edge_uncertainty, state.open_bets / 10]
    )


def _logistic(score: float) -> float:
    return 1 / (1 + exp(-score)) if score >= 0 else 1 - 1 / (1 + exp(score))
