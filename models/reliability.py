"""How calibrated a forecaster is on one market: slope, intercept, expected calibration error and its curve.

The maps that correct a forecaster belong in `calibrators`, proper scores in `scores`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

Values = NDArray[np.float64]
Integers = NDArray[np.int64]
Interval = tuple[float, float]

BINS = 20
DRAWS = 1000
_CHUNK = 2_000_000
"""Simulated outcomes held in memory at a time."""
_WILSON_Z = 1.959963984540054
_NEWTON_STEPS = 50


@dataclass(frozen=True)
class CurvePoint:
    """One bin of one outcome: mean forecast, share that happened, and its 95% Wilson (1927) interval."""

    selection: int
    n: int
    forecast: float
    happened: float
    happened_ci95: Interval


@dataclass(frozen=True)
class Reliability:
    """Calibration of n forecasts of k outcomes that exclude each other.

    `slope`, `intercept`: log-odds of outcome i against the last one are `intercept[i] + slope * forecast log-odds`; a
    calibrated forecaster has slope 1 and intercepts 0, an overconfident one a slope below 1. For two outcomes this is
    the logistic recalibration of Cox, "Two further applications of a model for binary regression" (1958). `slope_ci95`
    is cluster-robust by day. `ece`: expected calibration error in `bins` bins of equal count, the mean over outcomes
    (of two, the first alone); `ece_band95`: that of a perfect forecaster with the same probabilities. NaN where the
    forecasts hardly differ, or separate what happened without error, or where there is one day only.
    """

    n: int
    days: int
    slope: float
    slope_ci95: Interval
    intercept: tuple[float, ...]
    ece: float
    ece_band95: Interval
    bins: int
    curve: tuple[CurvePoint, ...]

    @property
    def slope_width(self) -> float:
        """Width of the slope's interval: how much the data can tell at all."""
        return self.slope_ci95[1] - self.slope_ci95[0]

    @property
    def slope_contains_one(self) -> bool:
        """Whether a slope of 1 is inside its 95% interval."""
        return self.slope_ci95[0] <= 1.0 <= self.slope_ci95[1]

    @property
    def inside(self) -> bool:
        """Whether the calibration error is at most the upper end of the perfect forecaster's band."""
        return self.ece <= self.ece_band95[1]

    def to_json(self) -> dict[str, object]:
        """Plain values, the verdicts among them."""
        return asdict(self) | {
            "slope_width": self.slope_width,
            "slope_contains_one": self.slope_contains_one,
            "inside": self.inside,
        }


def reliability(
    p: Values, outcome: Integers, days: Integers, seed: int, *, bins: int = BINS, draws: int = DRAWS
) -> Reliability:
    """Slope with its interval, calibration error with its band, and the curve of one market.

    `p`: (n, k) in (0, 1), rows summing to 1 or NaN. `outcome`: (n,) of 0 to k - 1, or -1 while unknown. `days`: (n,)
    numbers the match days. Rows without belief or outcome are left out; the order of rows does not matter. `draws`
    worlds are simulated for the band. Raises ValueError where no row is left.
    """
    usable = np.isfinite(p).all(axis=1) & (outcome >= 0)
    if not usable.any():
        raise ValueError("No forecast with a known outcome.")
    order = np.lexsort((outcome[usable], *p[usable].T, days[usable]))
    p, outcome, days = p[usable][order], outcome[usable][order], days[usable][order]
    estimate, interval = _recalibration(p, outcome, days)
    selections = range(p.shape[1] if p.shape[1] > 2 else 1)
    places = [_equal_count_bins(p[:, selection], bins) for selection in selections]
    happened = np.eye(p.shape[1])[outcome].T
    worlds = _perfect_errors(p, places, draws, seed)
    return Reliability(
        n=len(p),
        days=len(np.unique(days)),
        slope=float(estimate[0]),
        slope_ci95=interval,
        intercept=tuple(estimate[1:].tolist()),
        ece=float(np.mean([_error(p[:, one], happened[one], places[one]) for one in selections])),
        ece_band95=_pair(np.quantile(worlds, [0.025, 0.975])),
        bins=bins,
        curve=tuple(point for one in selections for point in _curve(one, p[:, one], happened[one], places[one])),
    )


def _recalibration(p: Values, outcome: Integers, days: Integers) -> tuple[Values, Interval]:
    """Slope and k - 1 intercepts of most likelihood by damped Newton steps, and the slope's interval.

    The variance is the sandwich over days, `H^-1 (G / (G - 1) Σ s s') H^-1` with the score s of each of G days (Liang
    and Zeger 1986), and the interval that of a t distribution with G - 1 degrees of freedom.
    """
    n, k = p.shape
    features = np.concatenate([np.log(p)[None], np.broadcast_to(np.eye(k)[:-1, None, :], (k - 1, n, k))])
    happened = np.eye(k)[outcome]
    estimate = np.eye(k)[0]
    for _ in range(_NEWTON_STEPS):
        scores, information = _score_and_information(estimate, features, happened)
        if not np.linalg.cond(information) < 1e12:
            break
        step = np.linalg.solve(information, scores.sum(axis=1))
        if np.abs(step).max() < 1e-10:
            return estimate, _sandwich(float(estimate[0]), scores, information, days)
        estimate = estimate + step / max(1.0, np.abs(step).max())
    return np.full(k, np.nan), (float("nan"), float("nan"))


def _score_and_information(parameters: Values, features: Values, happened: Values) -> tuple[Values, Values]:
    """Gradient of each row's log-likelihood, (k, n), and the information of all rows, (k, k)."""
    logits = np.einsum("m,mnk->nk", parameters, features)
    q = np.exp(logits - logits.max(axis=1, keepdims=True))
    q /= q.sum(axis=1, keepdims=True)
    centred = features - np.einsum("nk,mnk->mn", q, features)[:, :, None]
    return np.einsum("nk,mnk->mn", happened - q, features), np.einsum("mnk,nk,lnk->ml", centred, q, centred)


def _sandwich(slope: float, scores: Values, information: Values, days: Integers) -> Interval:
    """95% interval of the first parameter, robust to any dependence within a day."""
    starts = np.flatnonzero(np.diff(days, prepend=days[0] - 1))
    groups = len(starts)
    if groups < 2:
        return float("nan"), float("nan")
    influence = np.add.reduceat(np.linalg.inv(information)[0] @ scores, starts)
    half = stdtrit(groups - 1, 0.975) * np.sqrt(groups / (groups - 1) * (influence**2).sum())
    return slope - float(half), slope + float(half)


def _equal_count_bins(p: Values, bins: int) -> Integers:
    """(n,) the bin of each forecast; equal forecasts share one, so that the order of rows does not matter."""
    edges = np.sort(p)[np.arange(1, bins) * len(p) // bins]
    place: Integers = np.unique(np.searchsorted(edges, p, side="right"), return_inverse=True)[1]
    return place


def _error(p: Values, happened: Values, place: Integers) -> float:
    """Expected calibration error: mean distance of forecast and frequency, bins weighted by their count."""
    return float(np.abs(np.bincount(place, weights=happened - p)).sum() / len(p))


def _perfect_errors(p: Values, places: list[Integers], draws: int, seed: int) -> Values:
    """(draws,) calibration error in worlds where every forecast is the truth, outcomes independent given it."""
    generator = np.random.default_rng(seed)
    size = max(1, _CHUNK // len(p))
    chunks = [min(size, draws - done) for done in range(0, draws, size)]
    return np.concatenate([_errors_of_worlds(p, places, generator.random((worlds, len(p)))) for worlds in chunks])


def _errors_of_worlds(p: Values, places: list[Integers], uniform: Values) -> Values:
    """(worlds,) calibration error of the outcomes that uniform numbers (worlds, n) draw from `p`."""
    upper = np.cumsum(p, axis=1)
    outcome = np.add.reduce([uniform > upper[:, one] for one in range(p.shape[1] - 1)], axis=0, dtype=np.int8)
    errors = []
    for selection, place in enumerate(places):
        order = np.argsort(place, kind="stable")
        starts = np.searchsorted(place[order], np.arange(place.max() + 1))
        counts = np.add.reduceat((outcome == selection)[:, order], starts, axis=1, dtype=np.int64)
        errors.append(np.abs(counts - np.bincount(place, weights=p[:, selection])).sum(axis=1) / len(p))
    mean: Values = np.mean(errors, axis=0)
    return mean


def _curve(selection: int, p: Values, happened: Values, place: Integers) -> list[CurvePoint]:
    n = np.bincount(place)
    forecast, share = (np.bincount(place, weights=values) / n for values in (p, happened))
    centre = (share + _WILSON_Z**2 / (2 * n)) / (1 + _WILSON_Z**2 / n)
    half = _WILSON_Z / (1 + _WILSON_Z**2 / n) * np.sqrt(share * (1 - share) / n + _WILSON_Z**2 / (4 * n**2))
    columns = (n, forecast, share, np.maximum(centre - half, 0.0), np.minimum(centre + half, 1.0))
    return [
        CurvePoint(selection, int(count), mean, rate, (low, high))
        for count, mean, rate, low, high in zip(*(column.tolist() for column in columns), strict=True)
    ]


def _pair(values: Values) -> Interval:
    return float(values[0]), float(values[1])
