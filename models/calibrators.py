"""Calibrators of a market's probabilities: each learns its map from probabilities and what happened.

Temperature: Guo et al., "On Calibration of Modern Neural Networks" (2017); so is vector scaling, which for two
outcomes is the beta calibration of Kull, Silva Filho and Flach (2017). Dirichlet: Kull et al., "Beyond temperature
scaling" (2019). Isotonic: Zadrozny and Elkan (2002). Which of them to take is chosen in `calibration`.

`p` is (n, k) with k outcomes that exclude each other; a row with NaN is "no belief" and stays so. `label` is what
happened, (n,) of 0 to k - 1; or soft labels, (n, k) of probabilities, such as the close.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import ClassVar, Protocol, Self

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression, minimize

Probabilities = NDArray[np.float64]
Label = NDArray[np.int64] | NDArray[np.float64]

DIRICHLET_PRIOR_SD = 0.1
"""Normal prior of the Dirichlet map's off-diagonal weights and intercepts around 0: the ridge of Kull et al."""
ISOTONIC_FLOOR = 1e-3
"""No outcome is impossible or certain because it never, or always, happened in the rows that were seen."""
_SMALLEST = 1e-12
_STEEPEST = 5.0
_TO_THE_END = {"ftol": 1e-15, "gtol": 1e-9, "maxiter": 5_000}


class Calibrator(Protocol):
    """A learned map from probabilities to probabilities; a row's answer has the same bits in any company."""

    name: ClassVar[str]

    @classmethod
    def fit(cls, p: Probabilities, label: Label) -> Self:
        """Least log-loss on rows that all have a belief and a label."""

    def apply(self, p: Probabilities) -> Probabilities:
        """(n, k) in (0, 1), rows summing to 1; NaN rows stay NaN."""

    def to_json(self) -> dict[str, object]:
        """Plain values; `from_json` reads them."""


@dataclass(frozen=True)
class Identity:
    """The forecaster is taken at its word."""

    name: ClassVar[str] = "identity"

    @classmethod
    def fit(cls, p: Probabilities, label: Label) -> Self:
        """Nothing to learn."""
        return cls()

    def apply(self, p: Probabilities) -> Probabilities:
        """The same values."""
        return p.copy()

    def to_json(self) -> dict[str, object]:
        """Only the name."""
        return {"name": self.name}


@dataclass(frozen=True)
class Temperature:
    """`p ** power`, rescaled: above 1 sharpens, below 1 flattens (the temperature is 1 / power)."""

    power: float
    name: ClassVar[str] = "temperature"

    @classmethod
    def fit(cls, p: Probabilities, label: Label) -> Self:
        """One power for all outcomes."""
        k = p.shape[1]
        (power,) = _least_loss(p, label, np.eye(k, k + 1)[None], np.ones(1), np.zeros(1), bounded=1)
        return cls(power)

    def apply(self, p: Probabilities) -> Probabilities:
        """(n, k), in the same order of likelihood."""
        return _softmax(self.power * _log(p))

    def to_json(self) -> dict[str, object]:
        """Name and power."""
        return {"name": self.name} | asdict(self)


@dataclass(frozen=True)
class Affine:
    """`softmax(weights @ log p + intercepts)`: `weights` (k, k), `intercepts` (k,), the last of them 0."""

    weights: tuple[tuple[float, ...], ...]
    intercepts: tuple[float, ...]
    name: ClassVar[str]

    def apply(self, p: Probabilities) -> Probabilities:
        """(n, k); each output adds its inputs one after the other, so no matrix product can reorder them."""
        logs = _log(p).T
        logits = [
            sum((weight * column for weight, column in zip(row, logs, strict=True)), start=np.full(len(p), intercept))
            for row, intercept in zip(self.weights, self.intercepts, strict=True)
        ]
        return _softmax(np.stack(logits, axis=1))

    def to_json(self) -> dict[str, object]:
        """Name, weights and intercepts."""
        return {"name": self.name} | asdict(self)


@dataclass(frozen=True)
class VectorScaling(Affine):
    """A slope of at least 0 and an intercept per outcome; with two outcomes, beta calibration."""

    name: ClassVar[str] = "vector"

    @classmethod
    def fit(cls, p: Probabilities, label: Label) -> Self:
        """2 k - 1 parameters, without a prior."""
        k = p.shape[1]
        basis = np.concatenate([_weights(k)[:: k + 1], _intercepts(k)])
        start = np.concatenate([np.ones(k), np.zeros(k - 1)])
        found = _least_loss(p, label, basis, start, np.zeros(2 * k - 1), bounded=k)
        return cls(tuple(map(tuple, np.diag(found[:k]).tolist())), (*found[k:], 0.0))


@dataclass(frozen=True)
class Dirichlet(Affine):
    """A full matrix of weights: an outcome's probability may also say something of the odds between two others."""

    name: ClassVar[str] = "dirichlet"

    @classmethod
    def fit(cls, p: Probabilities, label: Label) -> Self:
        """k * k + k - 1 parameters; off the diagonal and for intercepts a normal prior, so that few rows say little."""
        k = p.shape[1]
        start = np.concatenate([np.eye(k).ravel(), np.zeros(k - 1)])
        precision = np.where(start == 0.0, DIRICHLET_PRIOR_SD**-2, 0.0)
        basis = np.concatenate([_weights(k), _intercepts(k)])
        found = _least_loss(p, label, basis, start, precision, bounded=0)
        rows = np.reshape(found[: k * k], (k, k)).tolist()
        return cls(tuple(map(tuple, rows)), (*found[k * k :], 0.0))


@dataclass(frozen=True)
class Isotonic:
    """A rising curve for each outcome, then rescaled: straight between `knots` (x, y) of each, level outside them."""

    knots: tuple[tuple[tuple[float, float], ...], ...]
    name: ClassVar[str] = "isotonic"

    @classmethod
    def fit(cls, p: Probabilities, label: Label) -> Self:
        """Each outcome against all others by pooling adjacent violators."""
        happened = soft_label(label, p.shape[1])
        return cls(tuple(_rising(column, share) for column, share in zip(p.T, happened.T, strict=True)))

    def apply(self, p: Probabilities) -> Probabilities:
        """(n, k), each at least about `ISOTONIC_FLOOR`."""
        columns = [
            np.interp(column, *np.transpose(curve)).clip(ISOTONIC_FLOOR, 1.0 - ISOTONIC_FLOOR)
            for column, curve in zip(p.T, self.knots, strict=True)
        ]
        return np.stack(columns, axis=1) / _total(columns)

    def to_json(self) -> dict[str, object]:
        """Name and knots."""
        return {"name": self.name} | asdict(self)


CALIBRATORS: tuple[type[Calibrator], ...] = (Identity, Temperature, VectorScaling, Dirichlet, Isotonic)
"""From the simplest to the freest."""


def from_json(values: dict[str, object]) -> Calibrator:
    """Read what any calibrator's `to_json` wrote; raises KeyError for an unknown name."""
    kind = {calibrator.name: calibrator for calibrator in CALIBRATORS}[str(values["name"])]
    return kind(**{key: _tuples(value) for key, value in values.items() if key != "name"})


def _tuples(value: object) -> object:
    return tuple(map(_tuples, value)) if isinstance(value, list | tuple) else value


def _log(p: Probabilities) -> Probabilities:
    logs: Probabilities = np.log(np.maximum(p, _SMALLEST))
    return logs


def _total(columns: list[Probabilities] | Probabilities) -> Probabilities:
    """Sum of k columns (n,) one after the other, shaped (n, 1), so that a row has the same bits in any company."""
    total: Probabilities = sum(columns[1:], start=columns[0])[:, None]
    return total


def _softmax(logits: Probabilities) -> Probabilities:
    weights = np.maximum(np.exp(logits - logits.max(axis=1, keepdims=True)), _SMALLEST)
    shares: Probabilities = weights / _total(weights.T)
    return shares


def soft_label(label: Label, k: int) -> Probabilities:
    """(n, k) of probabilities, 0 and 1 for what happened."""
    soft: Probabilities = label.astype(float) if label.ndim == 2 else np.eye(k)[label.astype(np.int64)]
    return soft


def _weights(k: int) -> Probabilities:
    """(k * k, k, k + 1): each weight of an affine map on its own, row after row."""
    return np.eye(k * (k + 1)).reshape(k, k + 1, k, k + 1)[:, :k].reshape(k * k, k, k + 1)


def _intercepts(k: int) -> Probabilities:
    """(k - 1, k, k + 1): each intercept; the last outcome has none, as a number added to all logits changes nothing."""
    return np.eye(k * (k + 1)).reshape(k, k + 1, k, k + 1)[:-1, k]


def _least_loss(
    p: Probabilities, label: Label, basis: Probabilities, start: Probabilities, precision: Probabilities, bounded: int
) -> list[float]:
    """Parameters (m,) of least penalised log-loss, to six decimals, of logits `(Σ parameter * basis) @ (log p, 1)`.

    `basis`: (m, k, k + 1). `precision`: of a normal prior of each around 0. The first `bounded` lie in [0, 5].
    """
    n, k = p.shape
    happened = np.ascontiguousarray(soft_label(label, k).T)
    inputs = np.vstack([_log(p).T, np.ones(n)])

    def loss(parameters: Probabilities) -> tuple[float, Probabilities]:
        logits = np.einsum("rc,cn->rn", np.einsum("m,mrc->rc", parameters, basis), inputs)
        logits -= logits.max(axis=0)
        log_q = logits - np.log(np.exp(logits).sum(axis=0))
        value = -(log_q * happened).sum() + (precision * parameters**2).sum() / 2
        slopes = np.einsum("rn,cn->rc", np.exp(log_q) - happened, inputs)
        gradient = np.einsum("rc,mrc->m", slopes, basis) + precision * parameters
        return float(value) / n, gradient / n

    bounds = [(0.0, _STEEPEST)] * bounded + [(None, None)] * (len(start) - bounded)
    found = minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B", options=_TO_THE_END)
    return [round(float(value), 6) for value in found.x]


def _rising(p: Probabilities, share: Probabilities) -> tuple[tuple[float, float], ...]:
    """The ends of each level of the isotonic regression of `share` on `p`; equal values of `p` are one point."""
    x, place = np.unique(p, return_inverse=True)
    counts = np.bincount(place).astype(float)
    y = isotonic_regression(np.bincount(place, weights=share) / counts, weights=counts).x
    moves = np.diff(y) != 0.0
    end = np.concatenate([[True], moves]) | np.concatenate([moves, [True]])
    return tuple(zip(x[end].tolist(), y[end].round(9).tolist(), strict=True))
