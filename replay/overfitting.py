"""How much of a backtest is luck of the search: Sharpe ratios deflated by the trials, and the chance of overfitting.

Returns are those of one period each (a week, a match day), as profit over bankroll or stake; Sharpe ratios are per
period, never annualised. Variants are the configurations that were tried, all of them, also those that were dropped.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from statistics import NormalDist

import numpy as np
import polars as pl
from numpy.typing import NDArray

Values = NDArray[np.float64]

EULER = 0.5772156649015329
BLOCKS = 16
"""Into how many blocks the periods are cut: 12,870 ways to choose the half that a search would have seen."""
MINIMUM_PERIODS = 10
"""Below this skew and kurtosis say nothing, and every answer is NaN."""
_CHUNK = 1_000
_STILL = 1e-18
"""Variance over squared mean below which a return only seems to move, by rounding."""
_NORMAL = NormalDist()


@dataclass(frozen=True)
class Trials:
    """Everything that was tried: `variants` (N,) hashes, `returns` (periods, N).

    Raises ValueError where a variant is named twice, shapes differ, or a return is not finite.
    """

    variants: tuple[str, ...]
    returns: Values

    def __post_init__(self) -> None:
        if self.returns.ndim != 2 or self.returns.shape[1] != len(self.variants):
            raise ValueError("Returns have one column a variant.")
        if len(set(self.variants)) < len(self.variants):
            raise ValueError("A variant is named twice.")
        if not np.isfinite(self.returns).all():
            raise ValueError("A return is not finite.")

    @classmethod
    def of(cls, profits: pl.DataFrame) -> Trials:
        """From rows of `variant_hash`, `period` and `profit`; several rows of one period add up, none is no profit.

        A period counts where any variant has a row in it.
        """
        wide = profits.pivot("variant_hash", index="period", values="profit", aggregate_function="sum").sort("period")
        names = sorted(name for name in wide.columns if name != "period")
        return cls(tuple(names), wide.select(names).fill_null(0.0).to_numpy().astype(np.float64))

    @property
    def periods(self) -> int:
        """Number of periods."""
        return len(self.returns)

    @property
    def count(self) -> int:
        """Number of variants tried."""
        return len(self.variants)

    @cached_property
    def sharpe(self) -> Values:
        """(N,) Sharpe ratio of each variant."""
        return sharpe_ratio(self.returns)

    @property
    def sharpe_variance(self) -> float:
        """Variance of the variants' Sharpe ratios; NaN for fewer than two variants."""
        return float(self.sharpe.var(ddof=1)) if self.count > 1 else math.nan

    @property
    def independent(self) -> float:
        """How many independent trials they are worth: `r + (1 - r) N`, r the mean correlation, in [1, N].

        Bailey and López de Prado (2014), appendix 3. Variants that never moved correlate with nobody.
        """
        if self.count == 1 or self.periods < 2:
            return float(self.count)
        spread = self.returns.std(axis=0)
        moving = np.where(spread > 0, spread, np.inf)
        scaled = (self.returns - self.returns.mean(axis=0)) / moving
        total = (scaled.sum(axis=1) ** 2).sum() - (scaled**2).sum()
        mean = min(max(float(total) / (self.periods * self.count * (self.count - 1)), 0.0), 1.0)
        return mean + (1 - mean) * self.count


@dataclass(frozen=True)
class Overfitting:
    """What is left of the chosen variant once the search is counted; NaN where there are too few periods or trials.

    `expected_maximum`: Sharpe ratio that the best of as many worthless variants would show. `probabilistic`,
    `deflated`: probability that the true Sharpe ratio lies above zero, above `expected_maximum`.
    `probability_of_overfitting`: how often the best half-sample variant is below the median on the other half.
    """

    variant: str
    periods: int
    trials: int
    independent_trials: float
    sharpe: float
    expected_maximum: float
    probabilistic: float
    deflated: float
    probability_of_overfitting: float


def judge(trials: Trials, variant: str) -> Overfitting:
    """Every statistic of the variant that was chosen out of all trials. Raises ValueError where it was not tried."""
    if variant not in trials.variants:
        raise ValueError(f"Variant {variant} is not among the trials.")
    chosen = trials.returns[:, trials.variants.index(variant)]
    return Overfitting(
        variant, trials.periods, trials.count, trials.independent,
        sharpe=float(sharpe_ratio(chosen)),
        expected_maximum=expected_maximum_sharpe(trials.count, trials.sharpe_variance),
        probabilistic=probabilistic_of(chosen),
        deflated=deflated_sharpe_ratio(chosen, trials.count, trials.sharpe_variance),
        probability_of_overfitting=probability_of_overfitting(trials.returns),
    )  # fmt: skip


def sharpe_ratio(returns: Values) -> Values:
    """Mean over standard deviation (n - 1) along the first axis; 0 where nothing moves (no bet), NaN for one period."""
    n = len(returns)
    if n < 2:
        return np.full(returns.shape[1:], np.nan)
    centre = returns.mean(axis=0)
    return _sharpe(np.zeros_like(centre), ((returns - centre) ** 2).sum(axis=0), n, centre)


def probabilistic_sharpe_ratio(
    sharpe: float, periods: int, skew: float = 0.0, kurtosis: float = 3.0, benchmark: float = 0.0
) -> float:
    """Probability that the true Sharpe ratio is above `benchmark`: Bailey and López de Prado (2012), formula 9.

    `Φ((SR - SR*) √(n - 1) / √(1 - skew·SR + (kurtosis - 1)/4·SR²))`; kurtosis is 3 for the normal. NaN for fewer than
    two periods, and where the moments contradict each other (a variance of at most 0).
    """
    variance = 1 - skew * sharpe + (kurtosis - 1) / 4 * sharpe**2
    if periods < 2 or not variance > 0 or math.isnan(benchmark):
        return math.nan
    return _NORMAL.cdf((sharpe - benchmark) * math.sqrt((periods - 1) / variance))


def expected_maximum_sharpe(trials: int, variance: float) -> float:
    """Largest Sharpe ratio to expect of N independent variants that are worth nothing; 0 for one.

    `√V ((1 - γ) Φ⁻¹(1 - 1/N) + γ Φ⁻¹(1 - 1/(N e)))`, V the variance of the trials' Sharpe ratios, γ Euler's constant:
    Bailey and López de Prado, "The Deflated Sharpe Ratio" (2014), formula 1. NaN where V is.
    """
    if trials < 1:
        raise ValueError("There was at least one trial.")
    if trials == 1:
        return 0.0
    far, farther = _NORMAL.inv_cdf(1 - 1 / trials), _NORMAL.inv_cdf(1 - 1 / (trials * math.e))
    return math.sqrt(variance) * ((1 - EULER) * far + EULER * farther)


def probabilistic_of(returns: Values, benchmark: float = 0.0) -> float:
    """`probabilistic_sharpe_ratio` of returns (n,) by their own skew and kurtosis; NaN under `MINIMUM_PERIODS`."""
    if len(returns) < MINIMUM_PERIODS or not returns.std() > 0:
        return math.nan
    z = (returns - returns.mean()) / returns.std()
    sharpe = float(sharpe_ratio(returns))
    return probabilistic_sharpe_ratio(sharpe, len(returns), float((z**3).mean()), float((z**4).mean()), benchmark)


def deflated_sharpe_ratio(returns: Values, trials: int, variance: float) -> float:
    """Probability that the true Sharpe ratio beats the luck of the search: Bailey and López de Prado (2014), formula 2.

    `returns`: (n,) of the chosen variant. `trials`: how many were tried, at least 1. `variance`: of their Sharpe
    ratios, per period. NaN under `MINIMUM_PERIODS`.
    """
    return probabilistic_of(returns, expected_maximum_sharpe(trials, variance))


def probability_of_overfitting(returns: Values, blocks: int = BLOCKS) -> float:
    """Share of splits in which the best variant of one half is at or below the median on the other half.

    Combinatorially symmetric cross-validation by Sharpe ratio: Bailey, Borwein, López de Prado and Zhu, "The
    Probability of Backtest Overfitting" (2017), 2. `returns`: (periods, variants); the periods are cut into an even
    number of blocks, whose lengths differ by at most one. NaN for fewer than two variants or two periods a block.
    """
    if blocks % 2 or blocks < 2:
        raise ValueError("Blocks come in two halves.")
    if len(returns) < 2 * blocks or returns.shape[1] < 2:
        return math.nan
    overfitted = [_is_overfitted(*halves) for halves in _halves(returns, blocks)]
    return float(np.concatenate(overfitted).mean())


def _halves(returns: Values, blocks: int) -> Iterator[tuple[Values, Values]]:
    """Sharpe ratios (splits, variants) on the half that a search sees and on the other, some splits at a time."""
    centre = returns.mean(axis=0)
    starts = np.arange(blocks) * len(returns) // blocks
    lengths = np.diff(np.append(starts, len(returns))).astype(float)
    sums, squares = (np.add.reduceat((returns - centre) ** power, starts, axis=0) for power in (1, 2))
    seen = np.zeros((math.comb(blocks, blocks // 2), blocks))
    np.put_along_axis(seen, np.array(list(combinations(range(blocks), blocks // 2))), 1.0, axis=1)
    for first in range(0, len(seen), _CHUNK):
        chosen = seen[first : first + _CHUNK]
        one, other = (_sharpe(half @ sums, half @ squares, half @ lengths, centre) for half in (chosen, 1 - chosen))
        yield one, other


def _sharpe(sums: Values, squares: Values, n: float | Values, centre: Values) -> Values:
    """Sharpe ratios from sums of deviations from `centre` and of their squares over n periods."""
    count = np.asarray(n, dtype=float).reshape((-1, 1)) if np.ndim(n) else n
    mean = sums / count
    variance = (squares - count * mean**2) / (count - 1)
    level = centre + mean
    moves = variance > _STILL * level**2
    ratio: Values = np.asarray(level / np.sqrt(np.where(moves, variance, np.inf)))
    return ratio


def _is_overfitted(seen: Values, unseen: Values) -> NDArray[np.bool_]:
    """Whether the best variant of the seen half ranks at or below the median of the unseen one; ties share a rank."""
    best = np.take_along_axis(unseen, seen.argmax(axis=1)[:, None], axis=1)
    rank = (unseen < best).sum(axis=1) + ((unseen == best).sum(axis=1) + 1) / 2
    low: NDArray[np.bool_] = rank / (unseen.shape[1] + 1) <= 0.5
    return low
