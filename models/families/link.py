"""From one difference between two sides to home, draw and away: the ordered logit, whatever rating gave the difference.

McCullagh, "Regression models for ordinal data" (1980). What the difference is made of belongs to the rating's own file.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.special import expit

from models.belief import Belief

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_LEAST = 1e-9
_NEUTRAL_MATCHES = 1.0
"""Weight of the matches without a favourite, half of them one standard deviation to each side, that open every fit."""
_STEPS, _HALVINGS = 100, 60
_TOLERANCE = 1e-14
"""Newton decrement at which the step at hand is the last one; the next would be its square."""


@dataclass(frozen=True)
class OrderedLogit:
    """Away < `low` < draw < `high` < home on the scale `slope * difference`, with logistic noise.

    Raises ValueError where a value is not finite, or `low` is above `high`.
    """

    slope: float
    low: float
    high: float

    def __post_init__(self) -> None:
        if not np.isfinite([self.slope, self.low, self.high]).all():
            raise ValueError("Slope and thresholds must be finite.")
        if self.low > self.high:
            raise ValueError("The threshold of a draw must not be above that of a home win.")

    def predict(self, difference: Floats) -> Belief:
        """`difference`: the home side's lead, home advantage included, (n,); NaN gives no belief."""
        lead = self.slope * difference
        home, away = expit(lead - self.high), expit(self.low - lead)
        draw = (1 - home) * (1 - away) * -np.expm1(self.low - self.high)
        return Belief.of(np.clip(np.column_stack([home, draw, away]), _LEAST, 1.0))

    def to_json(self) -> dict[str, object]:
        """Plain values for the registry."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, object]) -> OrderedLogit:
        """Read what `to_json` wrote."""
        return cls(**values)  # type: ignore[arg-type]


def fit(difference: Floats, outcome: Integers | Floats) -> OrderedLogit:
    """Maximum likelihood by damped Newton, its likelihood being concave (Pratt, 1981).

    `difference` (n,) on any scale, without NaN. `outcome`: (n,) of 0 home, 1 draw, 2 away; or (n, 3) probabilities of
    them, such as a closing price's. One match that could end in any way is added, so that few or one-sided results give
    a belief too; without a match it is 1/3 each. Raises ValueError where a value is not finite or a label unknown.
    """
    labels = _labels(outcome)
    if len(labels) != len(difference) or not (np.isfinite(difference).all() and np.isfinite(labels).all()):
        raise ValueError("Every match needs a finite difference and a label.")
    centre = float(difference.mean()) if len(difference) else 0.0
    scale = (float(difference.std()) if len(difference) else 0.0) or 1.0
    lead = np.append((difference - centre) / scale, [1.0, -1.0])
    slope, low, high = _minimise(lead, np.vstack([labels, np.full((2, 3), _NEUTRAL_MATCHES / 6)])).tolist()
    shift = slope * centre / scale
    return OrderedLogit(slope / scale, low + shift, high + shift)


def _labels(outcome: Integers | Floats) -> Floats:
    if outcome.ndim == 2:
        return outcome.astype(np.float64)
    if not np.isin(outcome, (0, 1, 2)).all():
        raise ValueError("A result is 0 for home, 1 for draw or 2 for away.")
    hard: Floats = np.eye(3)[outcome.astype(np.int64)]
    return hard


def _minimise(lead: Floats, labels: Floats) -> Floats:
    x = np.array([0.0, -0.5, 0.5])
    loss, gradient, curvature = _evaluate(lead, labels, x)
    for _ in range(_STEPS):
        step = np.linalg.solve(curvature, gradient)
        if float(gradient @ step) < _TOLERANCE:
            return np.asarray(x - step)
        for halving in range(_HALVINGS):
            tried = x - step * 0.5**halving
            if tried[1] < tried[2] and (found := _evaluate(lead, labels, tried))[0] < loss:
                break
        else:
            return x
        x, (loss, gradient, curvature) = tried, found
    return x


@njit(cache=True)  # type: ignore[untyped-decorator]
def _evaluate(lead, labels, x):  # type: ignore[no-untyped-def]
    """Mean log-loss at `x` = (slope, low, high), its gradient (3,) and its Hessian (3, 3).

    A draw is "no home win", "no away win" and the gap between the thresholds: its probability is s(high - z) s(z - low)
    (1 - exp(low - high)). So the loss is that of two logistic regressions, and a term of the gap alone.
    """
    total = labels.sum()
    loss, gradient, curvature = 0.0, np.zeros(3), np.zeros((3, 3))
    for match in range(len(lead)):
        won, drawn, lost = labels[match]
        for side, sign, yes, no in ((2, 1.0, won, drawn), (1, -1.0, lost, drawn)):
            lean = sign * (x[0] * lead[match] - x[side])
            odds = np.exp(-abs(lean))
            p = (1.0 if lean >= 0 else odds) / (1.0 + odds)
            loss += (yes + no) * (np.log(1.0 + odds) + max(-lean, 0.0)) + no * lean
            slope, bend = sign * ((yes + no) * p - yes), (yes + no) * p * (1.0 - p)
            gradient[0] += slope * lead[match]
            gradient[side] -= slope
            curvature[0, 0] += bend * lead[match] ** 2
            curvature[0, side] -= bend * lead[match]
            curvature[side, side] += bend
    draws, spread = labels[:, 1].sum(), np.expm1(x[2] - x[1])
    loss -= draws * np.log(spread / (spread + 1.0))
    bend = draws * (spread + 1.0) / spread**2
    gradient += np.array([0.0, draws / spread, -draws / spread])
    curvature += np.array([[0.0, 0.0, 0.0], [0.0, bend, -bend], [0.0, 0.0, bend]])
    return loss / total, gradient / total, (curvature + np.triu(curvature, 1).T) / total
